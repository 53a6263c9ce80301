// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
//! The constants of csmtp_c.h, without the prefix CSMTP_.

/// success
pub const NO_ERROR: i32 = 0;
pub const WSA_STARTUP: i32 = 100;
pub const WSA_VER: i32 = 101;
pub const WSA_SEND: i32 = 102;
pub const WSA_RECV: i32 = 103;
/// the server or the proxy refused the connection, or cannot be reached
pub const WSA_CONNECT: i32 = 104;
/// no address was found for the server's name, or no server is set
pub const WSA_GETHOSTBY_NAME_ADDR: i32 = 105;
pub const WSA_INVALID_SOCKET: i32 = 106;
pub const WSA_HOSTNAME: i32 = 107;
pub const WSA_IOCTLSOCKET: i32 = 108;
pub const WSA_SELECT: i32 = 109;
pub const BAD_IPV4_ADDR: i32 = 110;
pub const UNDEF_MSG_HEADER: i32 = 200;
/// no sender: call CSmtp_SetSenderMail
pub const UNDEF_MAIL_FROM: i32 = 201;
pub const UNDEF_SUBJECT: i32 = 202;
/// no recipient at all
pub const UNDEF_RECIPIENTS: i32 = 203;
/// no login is set: call CSmtp_SetLogin, or turn authentication off in CSmtp_SetSMTPServer
pub const UNDEF_LOGIN: i32 = 204;
/// no password is set: call CSmtp_SetPassword
pub const UNDEF_PASSWORD: i32 = 205;
pub const BAD_LOGIN_PASSWORD: i32 = 206;
/// the server failed to prove that it knows the password (DIGEST-MD5, SCRAM)
pub const BAD_DIGEST_RESPONSE: i32 = 207;
pub const BAD_SERVER_NAME: i32 = 208;
/// the address of a recipient is NULL or empty, or that of an author is NULL
pub const UNDEF_RECIPIENT_MAIL: i32 = 209;
/// the server refused MAIL
pub const COMMAND_MAIL_FROM: i32 = 300;
/// the server refused EHLO or HELO
pub const COMMAND_EHLO: i32 = 301;
/// the server refused AUTH PLAIN
pub const COMMAND_AUTH_PLAIN: i32 = 302;
/// the server refused to start AUTH LOGIN
pub const COMMAND_AUTH_LOGIN: i32 = 303;
/// the server refused to start AUTH CRAM-MD5
pub const COMMAND_AUTH_CRAMMD5: i32 = 304;
/// the server refused to start AUTH DIGEST-MD5
pub const COMMAND_AUTH_DIGESTMD5: i32 = 305;
/// the server's DIGEST-MD5 challenge is invalid
pub const COMMAND_DIGESTMD5: i32 = 306;
/// the server refused DATA
pub const COMMAND_DATA: i32 = 307;
/// the server refused QUIT
pub const COMMAND_QUIT: i32 = 308;
/// the server refused a recipient (RCPT)
pub const COMMAND_RCPT_TO: i32 = 309;
/// the server refused the message after it was sent, or an attachment could not be read
pub const MSG_BODY_ERROR: i32 = 310;
/// the connection was lost, or there is no session
pub const CONNECTION_CLOSED: i32 = 400;
pub const SERVER_NOT_READY: i32 = 401;
/// no reply in time, or the greeting was not 220
pub const SERVER_NOT_RESPONDING: i32 = 402;
/// the connection was not established in time
pub const SELECT_TIMEOUT: i32 = 403;
/// a file is missing, unreadable or not a regular file
pub const FILE_NOT_EXIST: i32 = 404;
/// the message is larger than the server (SIZE, RFC 1870) or the service (CSmtp_SetTransport) accepts
pub const MSG_TOO_BIG: i32 = 405;
/// the server refused the login
pub const BAD_LOGIN_PASS: i32 = 406;
/// the reply is not valid SMTP, or replies no longer match the commands
pub const UNDEF_XYZ_RESPONSE: i32 = 407;
/// out of memory
pub const LACK_OF_MEMORY: i32 = 408;
pub const TIME_ERROR: i32 = 409;
pub const RECVBUF_IS_EMPTY: i32 = 410;
pub const SENDBUF_IS_EMPTY: i32 = 411;
/// the body has no line with this number
pub const OUT_OF_MSG_RANGE: i32 = 412;
/// the server refused STARTTLS
pub const COMMAND_EHLO_STARTTLS: i32 = 413;
/// certificate, TLS version or handshake: see the error text
pub const SSL_PROBLEM: i32 = 414;
pub const COMMAND_DATABLOCK: i32 = 415;
/// the server does not offer STARTTLS
pub const STARTTLS_NOT_SUPPORTED: i32 = 416;
/// no common SASL mechanism, or the login needs TLS: see the error text
pub const LOGIN_NOT_SUPPORTED: i32 = 417;
/// the handle is 0, was freed, or never existed
pub const BAD_HANDLE: i32 = 900;
/// this child process cannot use the handle or the library: see docs/embedding.md
pub const FORKED: i32 = 901;
/// an argument is NULL, out of range or unknown
pub const BAD_ARGUMENT: i32 = 902;
/// a text in the message or in the settings is invalid: the error text names the setter
pub const BAD_INPUT: i32 = 903;
/// canceled by CSmtp_Cancel, CSmtp_Free or a callback; or the pool accepts no more mails
pub const CANCELED: i32 = 904;
/// not possible now: called from a callback of the same handle, or the handle or the pool is in use (see the function)
pub const BUSY: i32 = 905;
/// the server does not offer a service extension that the message or the settings require
pub const NOT_OFFERED: i32 = 906;
/// no access token could be obtained from the token endpoint or the callback
pub const NO_TOKEN: i32 = 907;
/// the library cannot start, for example because of a limit on address space, threads or descriptors
pub const CANNOT_START: i32 = 908;
/// the file named by the environment variable CSMTP_CONFIG cannot be used
pub const BAD_CONFIG: i32 = 909;
/// internal error of the library; only this handle is affected
pub const INTERNAL: i32 = 999;
/// no TLS
pub const NO_SECURITY: i32 = 0;
/// STARTTLS, required (RFC 3207)
pub const USE_TLS: i32 = 1;
/// implicit TLS (RFC 8314)
pub const USE_SSL: i32 = 2;
/// leaves the security type unchanged
pub const DO_NOT_SET: i32 = 3;
/// STARTTLS if offered, else no TLS and no login
pub const USE_TLS_IF_OFFERED: i32 = 4;
pub const XPRIORITY_HIGH: i32 = 2;
pub const XPRIORITY_NORMAL: i32 = 3;
pub const XPRIORITY_LOW: i32 = 4;

/// Outcomes of a send: CSmtp_GetOutcome.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// the mail was not sent, or not completely, so it was not delivered
    NotSent,
    /// accepted for all recipients
    Accepted,
    /// accepted for some recipients
    Partial,
    /// refused with 4yz: try again later
    RejectedTemporary,
    /// refused with 5yz: do not send the same mail again
    RejectedPermanent,
    /// the whole message was sent, but the reply to it did not arrive or cannot be identified (RFC 1047)
    InDoubt,
    /// A value that a later version of the library has added.
    Other(i32),
}

impl From<i32> for Outcome {
    fn from(number: i32) -> Outcome {
        match number {
            0 => Outcome::NotSent,
            1 => Outcome::Accepted,
            2 => Outcome::Partial,
            3 => Outcome::RejectedTemporary,
            4 => Outcome::RejectedPermanent,
            5 => Outcome::InDoubt,
            other => Outcome::Other(other),
        }
    }
}


/// Steps of a session: CSmtp_GetPhase.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// no error, or an error that belongs to no step
    None,
    /// looking up the address of the server or the proxy
    Resolve,
    /// connecting
    Connect,
    /// the TLS handshake, also after STARTTLS
    Tls,
    /// the greeting
    Greeting,
    /// EHLO, HELO or LHLO
    Ehlo,
    /// STARTTLS
    Starttls,
    /// the login
    Auth,
    /// MAIL
    Mail,
    /// RCPT
    Rcpt,
    /// DATA, up to the reply 354
    Data,
    /// sending the message, after DATA or with BDAT
    Content,
    /// the reply after the message
    EndOfData,
    /// RSET
    Rset,
    /// NOOP
    Noop,
    /// QUIT
    Quit,
    /// A value that a later version of the library has added.
    Other(i32),
}

impl From<i32> for Phase {
    fn from(number: i32) -> Phase {
        match number {
            0 => Phase::None,
            1 => Phase::Resolve,
            2 => Phase::Connect,
            3 => Phase::Tls,
            4 => Phase::Greeting,
            5 => Phase::Ehlo,
            6 => Phase::Starttls,
            7 => Phase::Auth,
            8 => Phase::Mail,
            9 => Phase::Rcpt,
            10 => Phase::Data,
            11 => Phase::Content,
            12 => Phase::EndOfData,
            13 => Phase::Rset,
            14 => Phase::Noop,
            15 => Phase::Quit,
            other => Phase::Other(other),
        }
    }
}


/// Kinds of errors: CSmtp_GetErrorKind. Errors in different steps of a session
/// can have the same kind. Later versions may add kinds.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// no error
    None,
    /// no address was found for the name of the server or the proxy
    Resolve,
    /// the server or the proxy refused the connection, or cannot be reached
    Connect,
    /// a reply did not arrive in time, or the connection was not established in time
    Timeout,
    /// the connection was closed or lost
    Closed,
    /// certificate, TLS version or handshake
    Tls,
    /// the server sent a refusal: see CSmtp_GetLastReplyCode
    Refused,
    /// the reply is not valid SMTP, or not a reply to the command
    Protocol,
    /// the server does not offer what the settings or the message require
    Unsupported,
    /// an error on this side: an argument, a setting, a text or a file
    Local,
    /// canceled by CSmtp_Cancel, CSmtp_Free or a callback
    Canceled,
    /// no access token could be obtained
    Token,
    /// A value that a later version of the library has added.
    Other(i32),
}

impl From<i32> for Kind {
    fn from(number: i32) -> Kind {
        match number {
            0 => Kind::None,
            1 => Kind::Resolve,
            2 => Kind::Connect,
            3 => Kind::Timeout,
            4 => Kind::Closed,
            5 => Kind::Tls,
            6 => Kind::Refused,
            7 => Kind::Protocol,
            8 => Kind::Unsupported,
            9 => Kind::Local,
            10 => Kind::Canceled,
            11 => Kind::Token,
            other => Kind::Other(other),
        }
    }
}

/// connecting to one server: the total for all its addresses \[60,000\]
pub const TIMEOUT_CONNECT: i32 = 0;
/// the TLS handshake \[60,000\]
pub const TIMEOUT_TLS: i32 = 1;
/// the greeting \[300,000\]
pub const TIMEOUT_GREETING: i32 = 2;
/// any reply not listed here \[300,000\]
pub const TIMEOUT_COMMAND: i32 = 3;
/// the reply 354 to DATA \[120,000\]
pub const TIMEOUT_DATA_INIT: i32 = 4;
/// each write of the message \[180,000\]
pub const TIMEOUT_DATA_BLOCK: i32 = 5;
/// the reply after the message \[600,000\]
pub const TIMEOUT_DATA_END: i32 = 6;
/// the reply to QUIT \[5,000\]
pub const TIMEOUT_QUIT: i32 = 7;
/// one call in total \[0, no limit\]
pub const TIMEOUT_TOTAL: i32 = 8;
pub const TLS_1_0: i32 = 10;
pub const TLS_1_1: i32 = 11;
pub const TLS_1_2: i32 = 12;
pub const TLS_1_3: i32 = 13;
/// the certificate in PEM form
pub const CERTIFICATE_PEM: i32 = 0;
/// "CN=mail.example.com,O=Example" (RFC 2253)
pub const CERTIFICATE_SUBJECT: i32 = 1;
/// in the same form
pub const CERTIFICATE_ISSUER: i32 = 2;
/// host names and IP addresses for which the certificate is valid, separated by spaces
pub const CERTIFICATE_NAMES: i32 = 3;
/// "2026-01-31T12:00:00Z" (RFC 3339)
pub const CERTIFICATE_NOT_BEFORE: i32 = 4;
/// in the same form
pub const CERTIFICATE_NOT_AFTER: i32 = 5;
/// "RSA 2048", "ECDSA P-256" or "Ed25519"
pub const CERTIFICATE_KEY: i32 = 6;
/// the hash of the public key, in the form that CSmtp_SetPinnedPublicKey accepts
pub const CERTIFICATE_PIN: i32 = 7;
/// DATA
pub const DATA: i32 = 0;
/// BDAT, if the server offers CHUNKING (RFC 3030)
pub const BDAT: i32 = 1;
/// BDAT with unencoded attachments, if the server also offers BINARYMIME
pub const BINARY: i32 = 2;
/// a line sent to the server
pub const LOG_CLIENT: i32 = 0;
/// a line received from the server
pub const LOG_SERVER: i32 = 1;
/// an event such as "connected to 192.0.2.1:587"
pub const LOG_EVENT: i32 = 2;
/// a connection was opened
pub const EVENT_CONNECTED: i32 = 1;
/// no connection could be opened
pub const EVENT_NOT_CONNECTED: i32 = 2;
/// the TLS handshake has succeeded
pub const EVENT_TLS: i32 = 3;
/// the server has accepted the login
pub const EVENT_LOGIN: i32 = 4;
/// the login has failed
pub const EVENT_LOGIN_FAILED: i32 = 5;
/// the session is ready for mails
pub const EVENT_READY: i32 = 6;
/// the connection has ended; 'error' is 0 if the library has ended it
pub const EVENT_DISCONNECTED: i32 = 7;
/// a mail was accepted for all or some of its recipients
pub const EVENT_SENT: i32 = 8;
/// a mail was refused with 4yz or 5yz
pub const EVENT_REFUSED: i32 = 9;
/// the outcome of a mail is CSMTP_IN_DOUBT
pub const EVENT_DOUBT: i32 = 10;
/// a mail was not sent
pub const EVENT_FAILED: i32 = 11;
/// an attempt has failed because of the server; the mail is sent over another session if possible
pub const EVENT_RETRY: i32 = 12;
/// a relay of a pool gets no mail for the time that 'total' gives
pub const EVENT_PAUSED: i32 = 13;
/// a relay of a pool works again
pub const EVENT_RESUMED: i32 = 14;
/// mails that the relay accepted, for all or some of the recipients
pub const POOL_SENT: i32 = 0;
/// mails that the relay refused with 4yz or 5yz
pub const POOL_REFUSED: i32 = 1;
/// mails whose outcome is CSMTP_IN_DOUBT
pub const POOL_DOUBTFUL: i32 = 2;
/// attempts that failed before the relay could accept the mail
pub const POOL_FAILED: i32 = 3;
/// sessions that are open, or being opened
pub const POOL_SESSIONS: i32 = 4;
/// mails that are being sent
pub const POOL_ACTIVE: i32 = 5;
/// 0: the relay works; 1: the relay is paused after a failure; 2: one mail is being sent to test it
pub const POOL_HEALTH: i32 = 6;
/// milliseconds until the relay's pause ends
pub const POOL_PAUSE: i32 = 7;
/// mails that the relay accepted in the last minute
pub const POOL_RATE: i32 = 8;
/// it is not known whether the mail was delivered
pub const UNKNOWN: i32 = 0;
/// the mail was delivered
pub const DELIVERED: i32 = 1;
/// the mail was not delivered, and will not be delivered
pub const NOT_DELIVERED: i32 = 2;
