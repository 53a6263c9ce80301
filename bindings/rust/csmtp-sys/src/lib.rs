// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
//! The functions of csmtp_c.h, as C declares them. Crate csmtp has a safe interface.
#![no_std]
#![allow(non_camel_case_types, non_snake_case, rustdoc::bare_urls)]
use core::ffi::{c_char, c_int, c_uint, c_void};

/// success
pub const CSMTP_NO_ERROR: c_int = 0;
pub const CSMTP_WSA_STARTUP: c_int = 100;
pub const CSMTP_WSA_VER: c_int = 101;
pub const CSMTP_WSA_SEND: c_int = 102;
pub const CSMTP_WSA_RECV: c_int = 103;
/// the server or the proxy refused the connection, or cannot be reached
pub const CSMTP_WSA_CONNECT: c_int = 104;
/// no address was found for the server's name, or no server is set
pub const CSMTP_WSA_GETHOSTBY_NAME_ADDR: c_int = 105;
pub const CSMTP_WSA_INVALID_SOCKET: c_int = 106;
pub const CSMTP_WSA_HOSTNAME: c_int = 107;
pub const CSMTP_WSA_IOCTLSOCKET: c_int = 108;
pub const CSMTP_WSA_SELECT: c_int = 109;
pub const CSMTP_BAD_IPV4_ADDR: c_int = 110;
pub const CSMTP_UNDEF_MSG_HEADER: c_int = 200;
/// no sender: call CSmtp_SetSenderMail
pub const CSMTP_UNDEF_MAIL_FROM: c_int = 201;
pub const CSMTP_UNDEF_SUBJECT: c_int = 202;
/// no recipient at all
pub const CSMTP_UNDEF_RECIPIENTS: c_int = 203;
/// no login is set: call CSmtp_SetLogin, or turn authentication off in CSmtp_SetSMTPServer
pub const CSMTP_UNDEF_LOGIN: c_int = 204;
/// no password is set: call CSmtp_SetPassword
pub const CSMTP_UNDEF_PASSWORD: c_int = 205;
pub const CSMTP_BAD_LOGIN_PASSWORD: c_int = 206;
/// the server failed to prove that it knows the password (DIGEST-MD5, SCRAM)
pub const CSMTP_BAD_DIGEST_RESPONSE: c_int = 207;
pub const CSMTP_BAD_SERVER_NAME: c_int = 208;
/// the address of a recipient is NULL or empty, or that of an author is NULL
pub const CSMTP_UNDEF_RECIPIENT_MAIL: c_int = 209;
/// the server refused MAIL
pub const CSMTP_COMMAND_MAIL_FROM: c_int = 300;
/// the server refused EHLO or HELO
pub const CSMTP_COMMAND_EHLO: c_int = 301;
/// the server refused AUTH PLAIN
pub const CSMTP_COMMAND_AUTH_PLAIN: c_int = 302;
/// the server refused to start AUTH LOGIN
pub const CSMTP_COMMAND_AUTH_LOGIN: c_int = 303;
/// the server refused to start AUTH CRAM-MD5
pub const CSMTP_COMMAND_AUTH_CRAMMD5: c_int = 304;
/// the server refused to start AUTH DIGEST-MD5
pub const CSMTP_COMMAND_AUTH_DIGESTMD5: c_int = 305;
/// the server's DIGEST-MD5 challenge is invalid
pub const CSMTP_COMMAND_DIGESTMD5: c_int = 306;
/// the server refused DATA
pub const CSMTP_COMMAND_DATA: c_int = 307;
/// the server refused QUIT
pub const CSMTP_COMMAND_QUIT: c_int = 308;
/// the server refused a recipient (RCPT)
pub const CSMTP_COMMAND_RCPT_TO: c_int = 309;
/// the server refused the message after it was sent, or an attachment could not be read
pub const CSMTP_MSG_BODY_ERROR: c_int = 310;
/// the connection was lost, or there is no session
pub const CSMTP_CONNECTION_CLOSED: c_int = 400;
pub const CSMTP_SERVER_NOT_READY: c_int = 401;
/// no reply in time, or the greeting was not 220
pub const CSMTP_SERVER_NOT_RESPONDING: c_int = 402;
/// the connection was not established in time
pub const CSMTP_SELECT_TIMEOUT: c_int = 403;
/// a file is missing, unreadable or not a regular file
pub const CSMTP_FILE_NOT_EXIST: c_int = 404;
/// the message is larger than the server (SIZE, RFC 1870) or the service (CSmtp_SetTransport) accepts
pub const CSMTP_MSG_TOO_BIG: c_int = 405;
/// the server refused the login
pub const CSMTP_BAD_LOGIN_PASS: c_int = 406;
/// the reply is not valid SMTP, or replies no longer match the commands
pub const CSMTP_UNDEF_XYZ_RESPONSE: c_int = 407;
/// out of memory
pub const CSMTP_LACK_OF_MEMORY: c_int = 408;
pub const CSMTP_TIME_ERROR: c_int = 409;
pub const CSMTP_RECVBUF_IS_EMPTY: c_int = 410;
pub const CSMTP_SENDBUF_IS_EMPTY: c_int = 411;
/// the body has no line with this number
pub const CSMTP_OUT_OF_MSG_RANGE: c_int = 412;
/// the server refused STARTTLS
pub const CSMTP_COMMAND_EHLO_STARTTLS: c_int = 413;
/// certificate, TLS version or handshake: see the error text
pub const CSMTP_SSL_PROBLEM: c_int = 414;
pub const CSMTP_COMMAND_DATABLOCK: c_int = 415;
/// the server does not offer STARTTLS
pub const CSMTP_STARTTLS_NOT_SUPPORTED: c_int = 416;
/// no common SASL mechanism, or the login needs TLS: see the error text
pub const CSMTP_LOGIN_NOT_SUPPORTED: c_int = 417;
/// the handle is 0, was freed, or never existed
pub const CSMTP_BAD_HANDLE: c_int = 900;
/// this child process cannot use the handle or the library: see docs/embedding.md
pub const CSMTP_FORKED: c_int = 901;
/// an argument is NULL, out of range or unknown
pub const CSMTP_BAD_ARGUMENT: c_int = 902;
/// a text in the message or in the settings is invalid: the error text names the setter
pub const CSMTP_BAD_INPUT: c_int = 903;
/// canceled by CSmtp_Cancel, CSmtp_Free or a callback; or the pool accepts no more mails
pub const CSMTP_CANCELED: c_int = 904;
/// not possible now: called from a callback of the same handle, or the handle or the pool is in use (see the function)
pub const CSMTP_BUSY: c_int = 905;
/// the server does not offer a service extension that the message or the settings require
pub const CSMTP_NOT_OFFERED: c_int = 906;
/// no access token could be obtained from the token endpoint or the callback
pub const CSMTP_NO_TOKEN: c_int = 907;
/// the library cannot start, for example because of a limit on address space, threads or descriptors
pub const CSMTP_CANNOT_START: c_int = 908;
/// the file named by the environment variable CSMTP_CONFIG cannot be used
pub const CSMTP_BAD_CONFIG: c_int = 909;
/// internal error of the library; only this handle is affected
pub const CSMTP_INTERNAL: c_int = 999;
/// no TLS
pub const CSMTP_NO_SECURITY: c_int = 0;
/// STARTTLS, required (RFC 3207)
pub const CSMTP_USE_TLS: c_int = 1;
/// implicit TLS (RFC 8314)
pub const CSMTP_USE_SSL: c_int = 2;
/// leaves the security type unchanged
pub const CSMTP_DO_NOT_SET: c_int = 3;
/// STARTTLS if offered, else no TLS and no login
pub const CSMTP_USE_TLS_IF_OFFERED: c_int = 4;
pub const CSMTP_XPRIORITY_HIGH: c_int = 2;
pub const CSMTP_XPRIORITY_NORMAL: c_int = 3;
pub const CSMTP_XPRIORITY_LOW: c_int = 4;
/// the mail was not sent, or not completely, so it was not delivered
pub const CSMTP_NOT_SENT: c_int = 0;
/// accepted for all recipients
pub const CSMTP_ACCEPTED: c_int = 1;
/// accepted for some recipients
pub const CSMTP_PARTIAL: c_int = 2;
/// refused with 4yz: try again later
pub const CSMTP_REJECTED_TEMPORARY: c_int = 3;
/// refused with 5yz: do not send the same mail again
pub const CSMTP_REJECTED_PERMANENT: c_int = 4;
/// the whole message was sent, but the reply to it did not arrive or cannot be identified (RFC 1047)
pub const CSMTP_IN_DOUBT: c_int = 5;
/// no error, or an error that belongs to no step
pub const CSMTP_PHASE_NONE: c_int = 0;
/// looking up the address of the server or the proxy
pub const CSMTP_PHASE_RESOLVE: c_int = 1;
/// connecting
pub const CSMTP_PHASE_CONNECT: c_int = 2;
/// the TLS handshake, also after STARTTLS
pub const CSMTP_PHASE_TLS: c_int = 3;
/// the greeting
pub const CSMTP_PHASE_GREETING: c_int = 4;
/// EHLO, HELO or LHLO
pub const CSMTP_PHASE_EHLO: c_int = 5;
/// STARTTLS
pub const CSMTP_PHASE_STARTTLS: c_int = 6;
/// the login
pub const CSMTP_PHASE_AUTH: c_int = 7;
/// MAIL
pub const CSMTP_PHASE_MAIL: c_int = 8;
/// RCPT
pub const CSMTP_PHASE_RCPT: c_int = 9;
/// DATA, up to the reply 354
pub const CSMTP_PHASE_DATA: c_int = 10;
/// sending the message, after DATA or with BDAT
pub const CSMTP_PHASE_CONTENT: c_int = 11;
/// the reply after the message
pub const CSMTP_PHASE_END_OF_DATA: c_int = 12;
/// RSET
pub const CSMTP_PHASE_RSET: c_int = 13;
/// NOOP
pub const CSMTP_PHASE_NOOP: c_int = 14;
/// QUIT
pub const CSMTP_PHASE_QUIT: c_int = 15;
/// no error
pub const CSMTP_KIND_NONE: c_int = 0;
/// no address was found for the name of the server or the proxy
pub const CSMTP_KIND_RESOLVE: c_int = 1;
/// the server or the proxy refused the connection, or cannot be reached
pub const CSMTP_KIND_CONNECT: c_int = 2;
/// a reply did not arrive in time, or the connection was not established in time
pub const CSMTP_KIND_TIMEOUT: c_int = 3;
/// the connection was closed or lost
pub const CSMTP_KIND_CLOSED: c_int = 4;
/// certificate, TLS version or handshake
pub const CSMTP_KIND_TLS: c_int = 5;
/// the server sent a refusal: see CSmtp_GetLastReplyCode
pub const CSMTP_KIND_REFUSED: c_int = 6;
/// the reply is not valid SMTP, or not a reply to the command
pub const CSMTP_KIND_PROTOCOL: c_int = 7;
/// the server does not offer what the settings or the message require
pub const CSMTP_KIND_UNSUPPORTED: c_int = 8;
/// an error on this side: an argument, a setting, a text or a file
pub const CSMTP_KIND_LOCAL: c_int = 9;
/// canceled by CSmtp_Cancel, CSmtp_Free or a callback
pub const CSMTP_KIND_CANCELED: c_int = 10;
/// no access token could be obtained
pub const CSMTP_KIND_TOKEN: c_int = 11;
/// connecting to one server: the total for all its addresses \[60,000\]
pub const CSMTP_TIMEOUT_CONNECT: c_int = 0;
/// the TLS handshake \[60,000\]
pub const CSMTP_TIMEOUT_TLS: c_int = 1;
/// the greeting \[300,000\]
pub const CSMTP_TIMEOUT_GREETING: c_int = 2;
/// any reply not listed here \[300,000\]
pub const CSMTP_TIMEOUT_COMMAND: c_int = 3;
/// the reply 354 to DATA \[120,000\]
pub const CSMTP_TIMEOUT_DATA_INIT: c_int = 4;
/// each write of the message \[180,000\]
pub const CSMTP_TIMEOUT_DATA_BLOCK: c_int = 5;
/// the reply after the message \[600,000\]
pub const CSMTP_TIMEOUT_DATA_END: c_int = 6;
/// the reply to QUIT \[5,000\]
pub const CSMTP_TIMEOUT_QUIT: c_int = 7;
/// one call in total \[0, no limit\]
pub const CSMTP_TIMEOUT_TOTAL: c_int = 8;
pub const CSMTP_TLS_1_0: c_int = 10;
pub const CSMTP_TLS_1_1: c_int = 11;
pub const CSMTP_TLS_1_2: c_int = 12;
pub const CSMTP_TLS_1_3: c_int = 13;
/// the certificate in PEM form
pub const CSMTP_CERTIFICATE_PEM: c_int = 0;
/// "CN=mail.example.com,O=Example" (RFC 2253)
pub const CSMTP_CERTIFICATE_SUBJECT: c_int = 1;
/// in the same form
pub const CSMTP_CERTIFICATE_ISSUER: c_int = 2;
/// host names and IP addresses for which the certificate is valid, separated by spaces
pub const CSMTP_CERTIFICATE_NAMES: c_int = 3;
/// "2026-01-31T12:00:00Z" (RFC 3339)
pub const CSMTP_CERTIFICATE_NOT_BEFORE: c_int = 4;
/// in the same form
pub const CSMTP_CERTIFICATE_NOT_AFTER: c_int = 5;
/// "RSA 2048", "ECDSA P-256" or "Ed25519"
pub const CSMTP_CERTIFICATE_KEY: c_int = 6;
/// the hash of the public key, in the form that CSmtp_SetPinnedPublicKey accepts
pub const CSMTP_CERTIFICATE_PIN: c_int = 7;
/// DATA
pub const CSMTP_DATA: c_int = 0;
/// BDAT, if the server offers CHUNKING (RFC 3030)
pub const CSMTP_BDAT: c_int = 1;
/// BDAT with unencoded attachments, if the server also offers BINARYMIME
pub const CSMTP_BINARY: c_int = 2;
/// a line sent to the server
pub const CSMTP_LOG_CLIENT: c_int = 0;
/// a line received from the server
pub const CSMTP_LOG_SERVER: c_int = 1;
/// an event such as "connected to 192.0.2.1:587"
pub const CSMTP_LOG_EVENT: c_int = 2;
/// a connection was opened
pub const CSMTP_EVENT_CONNECTED: c_int = 1;
/// no connection could be opened
pub const CSMTP_EVENT_NOT_CONNECTED: c_int = 2;
/// the TLS handshake has succeeded
pub const CSMTP_EVENT_TLS: c_int = 3;
/// the server has accepted the login
pub const CSMTP_EVENT_LOGIN: c_int = 4;
/// the login has failed
pub const CSMTP_EVENT_LOGIN_FAILED: c_int = 5;
/// the session is ready for mails
pub const CSMTP_EVENT_READY: c_int = 6;
/// the connection has ended; 'error' is 0 if the library has ended it
pub const CSMTP_EVENT_DISCONNECTED: c_int = 7;
/// a mail was accepted for all or some of its recipients
pub const CSMTP_EVENT_SENT: c_int = 8;
/// a mail was refused with 4yz or 5yz
pub const CSMTP_EVENT_REFUSED: c_int = 9;
/// the outcome of a mail is CSMTP_IN_DOUBT
pub const CSMTP_EVENT_DOUBT: c_int = 10;
/// a mail was not sent
pub const CSMTP_EVENT_FAILED: c_int = 11;
/// an attempt has failed because of the server; the mail is sent over another session if possible
pub const CSMTP_EVENT_RETRY: c_int = 12;
/// a relay of a pool gets no mail for the time that 'total' gives
pub const CSMTP_EVENT_PAUSED: c_int = 13;
/// a relay of a pool works again
pub const CSMTP_EVENT_RESUMED: c_int = 14;
/// mails that the relay accepted, for all or some of the recipients
pub const CSMTP_POOL_SENT: c_int = 0;
/// mails that the relay refused with 4yz or 5yz
pub const CSMTP_POOL_REFUSED: c_int = 1;
/// mails whose outcome is CSMTP_IN_DOUBT
pub const CSMTP_POOL_DOUBTFUL: c_int = 2;
/// attempts that failed before the relay could accept the mail
pub const CSMTP_POOL_FAILED: c_int = 3;
/// sessions that are open, or being opened
pub const CSMTP_POOL_SESSIONS: c_int = 4;
/// mails that are being sent
pub const CSMTP_POOL_ACTIVE: c_int = 5;
/// 0: the relay works; 1: the relay is paused after a failure; 2: one mail is being sent to test it
pub const CSMTP_POOL_HEALTH: c_int = 6;
/// milliseconds until the relay's pause ends
pub const CSMTP_POOL_PAUSE: c_int = 7;
/// mails that the relay accepted in the last minute
pub const CSMTP_POOL_RATE: c_int = 8;
/// it is not known whether the mail was delivered
pub const CSMTP_UNKNOWN: c_int = 0;
/// the mail was delivered
pub const CSMTP_DELIVERED: c_int = 1;
/// the mail was not delivered, and will not be delivered
pub const CSMTP_NOT_DELIVERED: c_int = 2;
pub type CSmtpHandle = usize;
pub type CSmtpReadFunction = Option<unsafe extern "C" fn(user: *mut c_void, buffer: *mut c_void, capacity: usize) -> i64>;
pub type CSmtpTokenFunction = Option<unsafe extern "C" fn(user: *mut c_void, refused: c_int) -> *const c_char>;
pub type CSmtpDoneFunction = Option<unsafe extern "C" fn(user: *mut c_void, h: CSmtpHandle, error: c_int)>;
pub type CSmtpSendingFunction = Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, relay: c_uint, message_id: *const c_char) -> c_int>;
pub type CSmtpEndedFunction = Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, relay: c_uint, outcome: c_int, queue_id: *const c_char, reply: *const c_char) -> c_int>;
pub type CSmtpReconcileFunction = Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, relay: c_uint, message_id: *const c_char) -> c_int>;
pub type CSmtpProgressFunction = Option<unsafe extern "C" fn(user: *mut c_void, sent: i64, total: i64) -> c_int>;
pub type CSmtpLogFunction = Option<unsafe extern "C" fn(user: *mut c_void, direction: c_int, line: *const c_char)>;
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct CSmtpEvent {
    pub size: usize,
    pub kind: c_int,
    pub relay: c_uint,
    pub name: *const c_char,
    pub server: *const c_char,
    pub outcome: c_int,
    pub error: c_int,
    pub reply_code: c_int,
    pub attempts: c_uint,
    pub recipients: c_uint,
    pub accepted: c_uint,
    pub octets: i64,
    pub resolve: i64,
    pub connect: i64,
    pub tls: i64,
    pub greeting: i64,
    pub ehlo: i64,
    pub login: i64,
    pub envelope: i64,
    pub content: i64,
    pub reply: i64,
    pub total: i64,
}
pub type CSmtpEventFunction = Option<unsafe extern "C" fn(user: *mut c_void, event: *const CSmtpEvent)>;

unsafe extern "C" {
    /// Makes an object with default settings. Settings that class CSmtp also has have
    /// the same defaults. Returns the object's handle, or 0 on failure;
    /// CSmtp_GetLastError(0) then returns the error number.
    pub fn CSmtp_New() -> CSmtpHandle;
    /// Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
    /// reply, and frees h. The function ignores 0 and handles that do not exist. It
    /// cancels calls on h from other threads. It waits until the done callback of an
    /// asynchronous Send has returned, even if another thread is already freeing h.
    /// It does not wait in two cases, because waiting would cause a deadlock: the done
    /// callback of h itself calls CSmtp_Free; or the done callbacks of two handles
    /// each call CSmtp_Free or CSmtp_Wait with the other handle. For the handle
    /// of a pool, see CSmtp_PoolNew.
    pub fn CSmtp_Free(h: CSmtpHandle);
    /// Makes an object with a copy of the settings and the message of h. It does not
    /// copy the session or the callbacks (log, event, progress and token). Returns
    /// the new handle, or 0 on failure, as CSmtp_New does.
    pub fn CSmtp_Clone(h: CSmtpHandle) -> CSmtpHandle;
    /// Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
    /// Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
    /// group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
    /// full-width @). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    /// \[message\]
    pub fn CSmtp_AddRecipient(h: CSmtpHandle, email: *const c_char, name: *const c_char) -> c_int;
    /// \[message\]
    pub fn CSmtp_AddCCRecipient(h: CSmtpHandle, email: *const c_char, name: *const c_char) -> c_int;
    /// \[message\]
    pub fn CSmtp_AddBCCRecipient(h: CSmtpHandle, email: *const c_char, name: *const c_char) -> c_int;
    /// Attaches a file. The file is opened when the message is built; the function
    /// that builds the message returns CSMTP_FILE_NOT_EXIST if the file cannot be
    /// read. The attachment's name is the last component of 'path'. Slash and
    /// backslash both separate components, because the recipient's system may use
    /// either. Returns CSMTP_FILE_NOT_EXIST if 'path' is "".
    /// \[message\]
    pub fn CSmtp_AddAttachment(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// Adds a line to the body. CR, LF and CRLF in 'text' are line breaks.
    /// \[message\]
    pub fn CSmtp_AddMsgLine(h: CSmtpHandle, text: *const c_char) -> c_int;
    /// Clears what belongs to one message: recipients of all kinds, bodies,
    /// attachments, images, invitation, and everything else that a function marked
    /// \[message\] stored. It keeps the subject, sender, Reply-To, X-Mailer, priority,
    /// charset, read receipt and the setting of CSmtp_SetHTML, as class CSmtp does.
    /// The next mail gets a new Message-ID.
    pub fn CSmtp_ClearMessage(h: CSmtpHandle) -> c_int;
    /// Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
    /// lines of the body.
    pub fn CSmtp_DelRecipients(h: CSmtpHandle) -> c_int;
    ///
    pub fn CSmtp_DelCCRecipients(h: CSmtpHandle) -> c_int;
    ///
    pub fn CSmtp_DelBCCRecipients(h: CSmtpHandle) -> c_int;
    ///
    pub fn CSmtp_DelAttachments(h: CSmtpHandle) -> c_int;
    ///
    pub fn CSmtp_DelMsgLines(h: CSmtpHandle) -> c_int;
    /// Removes a line of the body. Lines are numbered from 0. Returns
    /// CSMTP_OUT_OF_MSG_RANGE if there is no such line.
    pub fn CSmtp_DelMsgLine(h: CSmtpHandle, line: c_uint) -> c_int;
    /// Replaces a line of the body. Lines are numbered from 0. If 'text' is NULL,
    /// the function does nothing. Returns CSMTP_OUT_OF_MSG_RANGE if there is no such
    /// line.
    pub fn CSmtp_ModMsgLine(h: CSmtpHandle, line: c_uint, text: *const c_char) -> c_int;
    /// Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
    /// is not a valid handle.
    pub fn CSmtp_GetRecipientCount(h: CSmtpHandle) -> c_uint;
    ///
    pub fn CSmtp_GetCCRecipientCount(h: CSmtpHandle) -> c_uint;
    ///
    pub fn CSmtp_GetBCCRecipientCount(h: CSmtpHandle) -> c_uint;
    ///
    pub fn CSmtp_GetMsgLines(h: CSmtpHandle) -> c_uint;
    /// Returns a line of the body. Lines are numbered from 0. Returns NULL if there
    /// is no such line; the last error is then CSMTP_OUT_OF_MSG_RANGE.
    pub fn CSmtp_GetMsgLineText(h: CSmtpHandle, line: c_uint) -> *const c_char;
    /// Sets the Subject. A trailing line break is removed.
    /// \[setting\]
    pub fn CSmtp_SetSubject(h: CSmtpHandle, subject: *const c_char) -> c_int;
    /// Sets the name shown with the sender's address in From.
    /// \[setting\]
    pub fn CSmtp_SetSenderName(h: CSmtpHandle, name: *const c_char) -> c_int;
    /// Sets the sender: the address in From, and the envelope's reverse-path unless
    /// CSmtp_SetEnvelopeFrom sets another. Sending a mail without a sender returns
    /// CSMTP_UNDEF_MAIL_FROM.
    /// \[setting\]
    pub fn CSmtp_SetSenderMail(h: CSmtpHandle, email: *const c_char) -> c_int;
    /// Sets Reply-To: an address, an address with a name, or a list of them,
    /// separated by commas. "" removes the field.
    /// \[setting\]
    pub fn CSmtp_SetReplyTo(h: CSmtpHandle, reply_to: *const c_char) -> c_int;
    /// Sets the field X-Mailer. "" (the default) leaves the field out.
    /// \[setting\]
    pub fn CSmtp_SetXMailer(h: CSmtpHandle, x_mailer: *const c_char) -> c_int;
    /// Sets the charset of all texts of the message, by its IANA name. The default
    /// is "US-ASCII". With "US-ASCII", 8-bit text is sent as UTF-8 if it is valid
    /// UTF-8, and otherwise in the charset of the locale: the charset that LC_ALL,
    /// LC_CTYPE or LANG named at the first call to the library, or, on Windows, the
    /// ANSI code page. If the text is not valid in that charset, it is sent as
    /// unknown-8bit (RFC 1428), with the body in base64. The log says which charset
    /// was used. Addresses must be UTF-8. Building the message returns
    /// CSMTP_BAD_INPUT if the charset is unknown.
    /// \[setting\]
    pub fn CSmtp_SetCharSet(h: CSmtpHandle, charset: *const c_char) -> c_int;
    /// If 'strict' is 1, building the message returns CSMTP_BAD_INPUT in two cases:
    /// the charset is "US-ASCII" and a text is neither ASCII nor valid UTF-8; or a
    /// subject, X-Mailer or name contains a control character. If 'strict' is 0 (the
    /// default), the library sends the text as described under CSmtp_SetCharSet in
    /// the first case, and replaces each control character with a space in the
    /// second case. CR and LF within a subject, X-Mailer or name are always refused.
    /// \[setting\]
    pub fn CSmtp_SetStrict(h: CSmtpHandle, strict: c_int) -> c_int;
    /// 1 requests a read receipt (message disposition notification, RFC 8098), to be
    /// sent to the address in Reply-To, or to the sender if there is no Reply-To. 0
    /// (the default) requests none.
    /// \[setting\]
    pub fn CSmtp_SetReadReceipt(h: CSmtpHandle, request_receipt: c_int) -> c_int;
    /// Sets the priority shown to the recipient: CSMTP_XPRIORITY_... Any other number
    /// means CSMTP_XPRIORITY_NORMAL, which adds no field, because spam filters treat
    /// a priority field in normal mail as suspicious.
    /// \[setting\]
    pub fn CSmtp_SetXPriority(h: CSmtpHandle, priority: c_int) -> c_int;
    /// 1 sends the lines of the body as HTML; 0 (the default) sends them as plain
    /// text. In class CSmtp this is the member m_bHTML.
    /// \[setting\]
    pub fn CSmtp_SetHTML(h: CSmtpHandle, html: c_int) -> c_int;
    /// Returns 1 if the lines of the body are HTML, else 0.
    pub fn CSmtp_GetHTML(h: CSmtpHandle) -> c_int;
    /// Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
    /// returns the address that CSmtp_SetSenderMail stored.
    pub fn CSmtp_GetSubject(h: CSmtpHandle) -> *const c_char;
    ///
    pub fn CSmtp_GetSenderName(h: CSmtpHandle) -> *const c_char;
    ///
    pub fn CSmtp_GetMailFrom(h: CSmtpHandle) -> *const c_char;
    ///
    pub fn CSmtp_GetReplyTo(h: CSmtpHandle) -> *const c_char;
    ///
    pub fn CSmtp_GetXMailer(h: CSmtpHandle) -> *const c_char;
    /// Returns the priority: CSMTP_XPRIORITY_...
    pub fn CSmtp_GetXPriority(h: CSmtpHandle) -> c_int;
    /// Sets the server. 'server' is a host name, an IP address, or a list of
    /// servers, such as "a.example:587, b.example:465, \[::1\]:25", which are tried in
    /// order. The library goes on to the next server if a server cannot be reached
    /// or replies 4yz to the login or to MAIL, or if the connection is lost before
    /// the whole mail has been sent. It never resends a mail that may have been
    /// delivered. See also CSmtp_SetServerPause. 'port' applies if 'server', or an
    /// entry of the list, has no port of its own; 0 means 25, or 465 with
    /// CSMTP_USE_SSL. If 'authenticate' is 1, the library logs in to every server
    /// that offers AUTH; if 'authenticate' is 0, the library never logs in.
    /// Connecting fails if 'server' is invalid.
    /// \[setting\]
    pub fn CSmtp_SetSMTPServer(h: CSmtpHandle, server: *const c_char, port: u16, authenticate: c_int) -> c_int;
    /// Sets the security type: CSMTP_NO_SECURITY (the default), CSMTP_USE_TLS,
    /// CSMTP_USE_SSL or CSMTP_USE_TLS_IF_OFFERED. CSMTP_DO_NOT_SET changes nothing.
    /// Returns CSMTP_BAD_ARGUMENT for any other number.
    /// \[setting\]
    pub fn CSmtp_SetSecurityType(h: CSmtpHandle, security_type: c_int) -> c_int;
    /// Returns the security type.
    pub fn CSmtp_GetSecurityType(h: CSmtpHandle) -> c_int;
    /// Set the login, and the password. "" clears the value. The library never
    /// shows a password in an error text or a log.
    /// \[setting\]
    pub fn CSmtp_SetLogin(h: CSmtpHandle, login: *const c_char) -> c_int;
    /// \[setting\]
    pub fn CSmtp_SetPassword(h: CSmtpHandle, password: *const c_char) -> c_int;
    /// Sets the name sent with EHLO. "" restores the default: without a proxy, the
    /// name of this host; with a proxy, "\[127.0.0.1\]", so that the server learns
    /// neither the name nor the address of this host.
    /// \[setting\]
    pub fn CSmtp_SetLocalHostName(h: CSmtpHandle, name: *const c_char) -> c_int;
    /// Returns the name that CSmtp_SetLocalHostName set, or else the name of this
    /// host.
    pub fn CSmtp_GetLocalHostName(h: CSmtpHandle) -> *const c_char;
    /// Returns the local IP address of the open session. Without a session, returns
    /// the address that this host's name resolves to, or "" if the name has no
    /// address. With a proxy but no session, the function looks up no name and
    /// returns "".
    pub fn CSmtp_GetLocalHostIP(h: CSmtpHandle) -> *const c_char;
    /// Closes the session if one is open, connects to a server, starts TLS and logs
    /// in. 'server', 'port' and 'authenticate' have the same meaning as in
    /// CSmtp_SetSMTPServer, but are not stored. security_type is stored unless it is
    /// CSMTP_DO_NOT_SET. Each of 'login' and 'password' is stored unless it is NULL
    /// or "".
    /// *
    /// The next mails use this session. If a setting on which the session depends
    /// has changed, the next mail opens a new session. The session depends on the
    /// server or its domain (CSmtp_SetServerDomain), the security type, the login,
    /// the password, the token, the mechanism, the TLS settings, the proxy, the
    /// local address, the local host name, LMTP and the extensions that are turned
    /// off. Clearing a login, password or token does not count as a change. New
    /// timeouts and a new log apply to the open session.
    pub fn CSmtp_ConnectRemoteServer(h: CSmtpHandle, server: *const c_char, port: u16, security_type: c_int, authenticate: c_int, login: *const c_char, password: *const c_char) -> c_int;
    /// Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
    /// reply. Returns 0 if there is no session, or if the server has already closed it
    /// or does not reply in time, and CSMTP_COMMAND_QUIT if the server refused
    /// QUIT.
    pub fn CSmtp_DisconnectRemoteServer(h: CSmtpHandle) -> c_int;
    /// Sends the message over the open session. If no session is open, the function
    /// opens one and closes it after the mail. The mail goes to all recipients or to
    /// none, unless CSmtp_SetPartialDelivery(h, 1) was called. If the mail
    /// transaction fails, the session is closed. After any error, the handle can be
    /// used again, and CSmtp_GetOutcome returns the outcome of the mail.
    pub fn CSmtp_Send(h: CSmtpHandle) -> c_int;
    /// Returns the error number of the last failed call on h. Returns 0 if none has
    /// failed, or after a call that sent mail or connected successfully. If h is 0,
    /// returns the error number of this thread's last call to a function that makes
    /// a handle, such as CSmtp_New, or of its last call with an invalid handle,
    /// whichever is later.
    pub fn CSmtp_GetLastError(h: CSmtpHandle) -> c_int;
    /// Returns the text of the last error: the sentence for the error number
    /// (CSmtp_GetErrorText), then what was being done, what the server said and what
    /// to do. The text never shows a secret. If the server quotes a password or
    /// token, even encoded (in base64, for example), the library replaces the secret
    /// with "****" in every text, reply, result row and log line. A secret of fewer
    /// than four characters is replaced only where it stands alone: in quotes or
    /// brackets, or at the end of a line after a colon or "=".
    pub fn CSmtp_GetLastErrorText(h: CSmtpHandle) -> *const c_char;
    /// Returns the reply that caused the error, such as "530 5.7.0 Access denied".
    /// After a successful send, returns the reply that accepted the mail. Returns ""
    /// if there is no such reply.
    pub fn CSmtp_GetLastReply(h: CSmtpHandle) -> *const c_char;
    /// Returns the reply code of that reply, such as 530; 0 if there is none.
    pub fn CSmtp_GetLastReplyCode(h: CSmtpHandle) -> c_int;
    /// Returns the enhanced status code of that reply, such as "5.7.0" (RFC 3463); ""
    /// if there is none.
    pub fn CSmtp_GetLastEnhancedCode(h: CSmtpHandle) -> *const c_char;
    /// Returns the outcome of the last attempt to send:
    /// *
    /// CSMTP_ACCEPTED: the server accepted the mail for all recipients.
    /// *
    /// CSMTP_PARTIAL: the server accepted the mail for some of the recipients
    /// (CSmtp_SetPartialDelivery, LMTP, or several transactions).
    /// *
    /// CSMTP_REJECTED_TEMPORARY, CSMTP_REJECTED_PERMANENT: the server refused MAIL
    /// or a later command. TEMPORARY means that the reply was 4yz, PERMANENT that it
    /// was 5yz.
    /// *
    /// CSMTP_NOT_SENT: the attempt failed before MAIL was sent (for example, at the
    /// login), or the connection was lost before the last octet of the message was
    /// sent.
    /// *
    /// CSMTP_IN_DOUBT: the last octet was sent, but the connection was lost before
    /// the reply, or the library cannot tell to which command a reply belongs. The
    /// mail may have been delivered, and a second attempt may deliver a second copy
    /// (RFC 1047).
    /// *
    /// Over SMTP and LMTP, a mail is never IN_DOUBT if a reply has arrived that
    /// certainly belongs to its message.
    /// *
    /// If a reply decided the outcome, and the outcome is not IN_DOUBT, then the
    /// error number, the error text, the text of the reply and the codes all
    /// describe that reply. If a mail was refused more than once, the reply used is
    /// the first permanent refusal (5yz) in the order of the recipients, or else the
    /// first temporary one (4yz). The same rule applies to LMTP, to BDAT, to a mail
    /// sent in several transactions (LIMITS RCPTMAX, RFC 9422), and to each mail of
    /// a batch. For ACCEPTED, and for PARTIAL if the send returns 0,
    /// CSmtp_GetLastReply and the codes describe the reply that accepted the mail.
    /// For PARTIAL, if the send returns an error, the error number, the error text,
    /// the reply and the codes describe the failure for the other recipients.
    /// *
    /// If the connection is lost after a refusal and before the message is sent, the
    /// refusal decides the outcome. There is one exception: if partial delivery is
    /// allowed and the server accepted another recipient after the refusal, the
    /// outcome is NOT_SENT.
    /// *
    /// If partial delivery is off and the server does not offer PIPELINING, the
    /// library sends no more RCPT after the first refusal. CSmtp_GetResultCode
    /// returns 0 for a recipient without a reply.
    /// *
    /// Each reply belongs to one command. If a reply is missing or there is one too
    /// many, replies no longer match the commands: the error is
    /// CSMTP_UNDEF_XYZ_RESPONSE. The mail is then IN_DOUBT if its last octet was
    /// sent and the library cannot say with certainty which reply belongs to its
    /// message.
    pub fn CSmtp_GetOutcome(h: CSmtpHandle) -> c_int;
    /// Returns the sentence for an error number; "" for 0. It never returns NULL.
    pub fn CSmtp_GetErrorText(error: c_int) -> *const c_char;
    /// Returns the version of the library, such as "1.0.0".
    pub fn CSmtp_GetVersion() -> *const c_char;
    /// Replaces all lines of the body with 'text'. A line end at the end of 'text' does
    /// not add an empty line.
    /// \[message\]
    pub fn CSmtp_SetTextBody(h: CSmtpHandle, text: *const c_char) -> c_int;
    /// Adds an HTML form of the body to the plain text (multipart/alternative). ""
    /// removes the HTML form.
    /// \[message\]
    pub fn CSmtp_SetHTMLBody(h: CSmtpHandle, html: *const c_char) -> c_int;
    /// 1 marks the plain text as format=flowed (RFC 3676), and breaks its long lines
    /// so that mail programs can join them again. If a line of the program's text
    /// ends in a space, the next line is its continuation, unless the next line is
    /// empty, has a different number of quote marks ("\>"), or is "-- ", the line
    /// before a signature. 0 is the default.
    /// \[setting\]
    pub fn CSmtp_SetFlowed(h: CSmtpHandle, flowed: c_int) -> c_int;
    /// 1 sends 8-bit text without an encoding if the server offers 8BITMIME (RFC
    /// 6152). 0 (the default) encodes 8-bit text as quoted-printable or base64,
    /// which every server relays unchanged.
    /// \[setting\]
    pub fn CSmtp_SetEightBit(h: CSmtpHandle, eight_bit: c_int) -> c_int;
    /// Attaches a file under another name or with a content type of your choice. The
    /// parameters name and content_type may be NULL or "", which means that the
    /// library derives the value from 'path'. A name that consists of blanks counts
    /// as "". Only the last component of a name or path is sent.
    /// \[message\]
    pub fn CSmtp_AddAttachmentAs(h: CSmtpHandle, path: *const c_char, name: *const c_char, content_type: *const c_char) -> c_int;
    /// Adds an attachment from memory: 'size' octets at 'data'. The library copies
    /// them. If content_type is NULL or "", the library derives it from 'name'.
    /// \[message\]
    pub fn CSmtp_AddAttachmentData(h: CSmtpHandle, name: *const c_char, content_type: *const c_char, data: *const c_void, size: usize) -> c_int;
    /// Adds an attachment whose content the function 'read' provides. 'size' is the
    /// number of octets, or -1 if it is not known. 'user' is passed to 'read', and
    /// must stay valid as long as h or any clone of h has the attachment. Returns
    /// CSMTP_BAD_ARGUMENT if 'size' is less than -1.
    /// \[message\]
    pub fn CSmtp_AddAttachmentReader(h: CSmtpHandle, name: *const c_char, content_type: *const c_char, size: i64, read: CSmtpReadFunction, user: *mut c_void) -> c_int;
    /// Add an image from a file, or from 'size' octets at 'data', which the library
    /// copies. The HTML body shows the image with \<img src="cid:CONTENT_ID"\> (RFC
    /// 2392).
    /// \[message\]
    pub fn CSmtp_AddInlineImage(h: CSmtpHandle, path: *const c_char, content_id: *const c_char) -> c_int;
    /// \[message\]
    pub fn CSmtp_AddInlineImageData(h: CSmtpHandle, content_id: *const c_char, name: *const c_char, content_type: *const c_char, data: *const c_void, size: usize) -> c_int;
    /// Adds an invitation or another calendar message (RFC 6047). 'method' is its
    /// iCalendar METHOD, such as "REQUEST"; 'calendar' is the iCalendar text. If both
    /// are "", the function removes the calendar message.
    /// \[message\]
    pub fn CSmtp_SetCalendar(h: CSmtpHandle, method: *const c_char, calendar: *const c_char) -> c_int;
    /// Adds a header field, such as Content-Language. Building the message returns
    /// CSMTP_BAD_INPUT if the field has its own function, such as Subject, or is
    /// reserved for the library or for servers.
    /// \[message\]
    pub fn CSmtp_AddHeader(h: CSmtpHandle, name: *const c_char, value: *const c_char) -> c_int;
    /// Removes the fields that CSmtp_AddHeader added.
    pub fn CSmtp_DelHeaders(h: CSmtpHandle) -> c_int;
    /// Sets the Message-ID: "\<left@right\>", with or without the brackets. With "" (the
    /// default), the library makes a new one for each mail. Returns CSMTP_BAD_INPUT for
    /// anything else (RFC 5322, section 3.6.4).
    /// \[message\]
    pub fn CSmtp_SetMessageID(h: CSmtpHandle, message_id: *const c_char) -> c_int;
    /// Returns the Message-ID that was set, or else that of the mail that was last
    /// sent, saved or rendered; "" after CSmtp_ClearMessage.
    pub fn CSmtp_GetMessageID(h: CSmtpHandle) -> *const c_char;
    /// Sets the Date, in seconds since 1970-01-01 UTC. 0 (the default) means the time
    /// of sending. Returns CSMTP_BAD_ARGUMENT if the year is before 1900 or after 9999,
    /// and for -1, which time and mktime return on failure.
    /// \[message\]
    pub fn CSmtp_SetDate(h: CSmtpHandle, seconds: i64) -> c_int;
    /// Adds an author to From, after the address that CSmtp_SetSenderMail sets. The
    /// parameter name may be NULL. A mail with several authors has a Sender (RFC
    /// 5322, section 3.6.2): the one that CSmtp_SetSender set, or else the first
    /// author. Returns CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL.
    /// \[message\]
    pub fn CSmtp_AddFrom(h: CSmtpHandle, email: *const c_char, name: *const c_char) -> c_int;
    /// Sets the Sender: the address of the person who submits the mail for its
    /// authors. The parameter name may be NULL.
    /// \[message\]
    pub fn CSmtp_SetSender(h: CSmtpHandle, email: *const c_char, name: *const c_char) -> c_int;
    /// Set In-Reply-To and References: Message-IDs separated by spaces, or a value
    /// that is copied from a received mail. The functions use only the identifiers
    /// that are in angle brackets, and ignore everything else (RFC 5322, section
    /// 4.5.4). If there are more than 20 References, only the first one and the last
    /// 19 are sent. "" removes the field.
    /// \[message\]
    pub fn CSmtp_SetInReplyTo(h: CSmtpHandle, message_ids: *const c_char) -> c_int;
    /// \[message\]
    pub fn CSmtp_SetReferences(h: CSmtpHandle, message_ids: *const c_char) -> c_int;
    /// Sets Auto-Submitted (RFC 3834): "auto-generated" or "auto-replied". ""
    /// removes the field.
    /// \[message\]
    pub fn CSmtp_SetAutoSubmitted(h: CSmtpHandle, keyword: *const c_char) -> c_int;
    /// Sets List-Unsubscribe (RFC 2369), such as "\<https://...\>, \<mailto:...\>". If
    /// one_click is 1, List-Unsubscribe-Post (RFC 8058) is added. "" removes both
    /// fields.
    /// \[message\]
    pub fn CSmtp_SetListUnsubscribe(h: CSmtpHandle, uris: *const c_char, one_click: c_int) -> c_int;
    /// Sets the pass phrase for the keys and files that are passed afterwards to
    /// CSmtp_AddDKIMKey, CSmtp_AddDKIMKeyFile, CSmtp_SetSMIMEKey,
    /// CSmtp_SetSMIMEKeyFile, CSmtp_SetClientCertificate, CSmtp_SetCAFile and
    /// CSmtp_SetOAuth2Certificate. The function does not affect keys and files that
    /// are already set. "" clears the pass phrase.
    /// \[setting\]
    pub fn CSmtp_SetKeyPassphrase(h: CSmtpHandle, passphrase: *const c_char) -> c_int;
    /// Adds a DKIM signature (RFC 6376, RFC 8463). 'key' is the text of a private key,
    /// RSA or Ed25519. One signature is made per key. Returns CSMTP_BAD_INPUT if the
    /// key, the domain or the selector is invalid.
    /// \[setting\]
    pub fn CSmtp_AddDKIMKey(h: CSmtpHandle, domain: *const c_char, selector: *const c_char, key: *const c_char) -> c_int;
    /// Adds a DKIM signature, as CSmtp_AddDKIMKey does, with the key in a file.
    /// Returns CSMTP_FILE_NOT_EXIST if the file cannot be read.
    /// \[setting\]
    pub fn CSmtp_AddDKIMKeyFile(h: CSmtpHandle, domain: *const c_char, selector: *const c_char, path: *const c_char) -> c_int;
    /// Removes all DKIM keys.
    pub fn CSmtp_DelDKIMKeys(h: CSmtpHandle) -> c_int;
    /// Signs with S/MIME (RFC 8551). 'certificate' is the text of a certificate and
    /// its chain, and 'key' is the text of the private key, RSA or ECDSA. If 'key'
    /// is "", 'certificate' must also contain the key. If 'certificate' is "",
    /// S/MIME signing is turned off. Signing is also turned off if the certificate
    /// or the key is invalid; the function then returns CSMTP_BAD_INPUT.
    /// \[setting\]
    pub fn CSmtp_SetSMIMEKey(h: CSmtpHandle, certificate: *const c_char, key: *const c_char) -> c_int;
    /// Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
    /// in files. The parameter key_file may be NULL or "" if certificate_file also
    /// contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read.
    /// \[setting\]
    pub fn CSmtp_SetSMIMEKeyFile(h: CSmtpHandle, certificate_file: *const c_char, key_file: *const c_char) -> c_int;
    /// Builds the message that CSmtp_Send would send, before dot-stuffing. Stores the
    /// address of its octets in *data and their number in *size. *data has the same
    /// lifetime as a string returned by a getter (see Strings). After an error, *data
    /// is NULL and *size is 0.
    pub fn CSmtp_RenderMessage(h: CSmtpHandle, data: *mut *const c_char, size: *mut usize) -> c_int;
    /// Writes to a file (.eml) the octets that CSmtp_RenderMessage returns. A new
    /// file gets its mode from the umask. An existing file keeps its mode, even if
    /// 'path' is a symbolic link to it. The existing file is replaced only after all
    /// octets have been written, so an error leaves it unchanged. Returns
    /// CSMTP_FILE_NOT_EXIST if the file cannot be written.
    pub fn CSmtp_SaveMessage(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// 1 (the default) verifies the server's certificate. 0 accepts any certificate;
    /// this gives no protection against an active attacker.
    /// \[setting\]
    pub fn CSmtp_SetVerifyPeer(h: CSmtpHandle, verify: c_int) -> c_int;
    /// Sets a file of certificate authorities to trust instead of those of the
    /// system. "" restores the system's authorities. A certificate in OpenSSL's
    /// format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
    /// TLS servers.
    /// \[setting\]
    pub fn CSmtp_SetCAFile(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// Sets a directory of files of certificate authorities, which are used like the
    /// file of CSmtp_SetCAFile. If a file and a directory are set, the authorities
    /// of both are trusted.
    /// \[setting\]
    pub fn CSmtp_SetCADirectory(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// Sets the files of the client's certificate and of its private key. The
    /// parameter key_file may be NULL or "" if certificate_file also contains the
    /// key. A certificate_file of "" removes the certificate. If the key is
    /// encrypted, call CSmtp_SetKeyPassphrase first.
    /// \[setting\]
    pub fn CSmtp_SetClientCertificate(h: CSmtpHandle, certificate_file: *const c_char, key_file: *const c_char) -> c_int;
    /// Accepts only a server that has one of the public keys in 'pins':
    /// "sha256//BASE64", or several of these separated by ";", as in curl. ""
    /// removes the pins. The certificate is verified as well. Returns
    /// CSMTP_BAD_ARGUMENT if 'pins' has any other form.
    /// \[setting\]
    pub fn CSmtp_SetPinnedPublicKey(h: CSmtpHandle, pins: *const c_char) -> c_int;
    /// Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
    /// CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
    /// limit. An upper limit helps with servers that implement a newer version
    /// incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
    /// \[setting\]
    pub fn CSmtp_SetTLSMinVersion(h: CSmtpHandle, version: c_int) -> c_int;
    /// \[setting\]
    pub fn CSmtp_SetTLSMaxVersion(h: CSmtpHandle, version: c_int) -> c_int;
    /// Sets the host name that the certificate must have, if it differs from the name
    /// of the server. "" restores the name of the server.
    /// \[setting\]
    pub fn CSmtp_SetTLSServerName(h: CSmtpHandle, name: *const c_char) -> c_int;
    /// Returns the TLS version and the cipher suite of the open session, such as "TLS
    /// 1.3, TLS_AES_128_GCM_SHA256"; "" without TLS or without a session.
    pub fn CSmtp_GetTLSInfo(h: CSmtpHandle) -> *const c_char;
    /// Returns one field of a certificate that the server presented in the open
    /// session. 'field' is CSMTP_CERTIFICATE_... Index 0 is the server's own
    /// certificate; the higher indexes are its chain. Returns "" if there is no such
    /// certificate.
    pub fn CSmtp_GetPeerCertificate(h: CSmtpHandle, index: c_uint, field: c_int) -> *const c_char;
    /// Sets the SASL mechanisms to try, in order, separated by spaces, for example
    /// "XOAUTH2" or "SCRAM-SHA-256 PLAIN". "" restores the default: the strongest that
    /// the server offers. Returns CSMTP_BAD_ARGUMENT for an unknown mechanism; the
    /// error text lists the known ones.
    /// \[setting\]
    pub fn CSmtp_SetAuthMechanism(h: CSmtpHandle, mechanisms: *const c_char) -> c_int;
    /// Sets the identity to act as (authorization identity, RFC 4422), if it differs
    /// from the identity of the login. "" clears it.
    /// \[setting\]
    pub fn CSmtp_SetAuthorizationID(h: CSmtpHandle, id: *const c_char) -> c_int;
    /// Allows or forbids logins over an unencrypted connection (CSMTP_NO_SECURITY).
    /// 0 never sends a password or a token in the clear. 1 allows both, if the
    /// server offers no mechanism that protects them. If this function is not
    /// called, the library can send a password in the clear, but not a token: if a
    /// token is set, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED before
    /// a connection is made. With CSMTP_USE_TLS_IF_OFFERED, the library never logs in
    /// without TLS.
    /// \[setting\]
    pub fn CSmtp_SetClearLogin(h: CSmtpHandle, allow: c_int) -> c_int;
    /// 1 requires a login: if the server does not offer AUTH, or if authentication is
    /// turned off, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED. 0 restores
    /// the default: a server that does not offer AUTH receives the mail without a
    /// login, which the log and CSmtp_GetLoginSkipped report.
    /// \[setting\]
    pub fn CSmtp_SetLoginRequired(h: CSmtpHandle, required: c_int) -> c_int;
    /// Sets an OAuth 2.0 access token, which is used instead of the password, with
    /// XOAUTH2 or OAUTHBEARER (RFC 7628). "" clears the token.
    /// \[setting\]
    pub fn CSmtp_SetAccessToken(h: CSmtpHandle, token: *const c_char) -> c_int;
    /// Sets the function that the library asks for a token at each login. 'user' is
    /// passed to fn. The parameter fn may be NULL, which removes the function.
    /// \[setting\]
    pub fn CSmtp_SetTokenCallback(h: CSmtpHandle, function: CSmtpTokenFunction, user: *mut c_void) -> c_int;
    /// Let the library get its tokens itself, with client credentials or a refresh
    /// token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
    /// "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
    /// mail. Handles with the same settings share their tokens. The library connects
    /// to the server of token_url through the proxy of CSmtp_SetProxy. Return
    /// CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
    /// returns CSMTP_NO_TOKEN.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2ClientCredentials(h: CSmtpHandle, token_url: *const c_char, client_id: *const c_char, client_secret: *const c_char, scope: *const c_char) -> c_int;
    /// \[setting\]
    pub fn CSmtp_SetOAuth2RefreshToken(h: CSmtpHandle, token_url: *const c_char, client_id: *const c_char, client_secret: *const c_char, refresh_token: *const c_char, scope: *const c_char) -> c_int;
    /// Sets a file in which the library stores the tokens that it gets with the
    /// settings of the other CSmtp_SetOAuth2 functions. Processes that use the same
    /// file share the tokens, and a new refresh token from the token server is not
    /// lost. If no other CSmtp_SetOAuth2 function is called, the file must come from
    /// the program csmtp-login (see docs/oauth2.md): it then also contains the token
    /// URL and the client id. Passing "", or calling CSmtp_SetAccessToken or
    /// CSmtp_SetTokenCallback, clears the setting.
    /// *
    /// If several processes need a new token, only one of them requests it. The file
    /// is replaced as a whole, so that it is complete at all times. It must be a
    /// regular file with the mode 0600 that belongs to the user, and not a symbolic
    /// link; on Windows, only the user and administrators may have access. If the
    /// file does not exist and another CSmtp_SetOAuth2 function was called, the
    /// library creates it. If the file does not exist and no such function was
    /// called, or if the file is damaged or was written for another client id or
    /// mailbox, connecting returns CSMTP_NO_TOKEN. If the file cannot be written,
    /// the mail is sent anyway: see CSmtp_GetOAuth2TokenFileError.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2TokenFile(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// Returns the reason why the token file could not be written or locked in the
    /// last session; "" if there was no such error. The log also contains the
    /// reason.
    pub fn CSmtp_GetOAuth2TokenFileError(h: CSmtpHandle) -> *const c_char;
    /// Returns the new refresh token, if the token server has replaced the one that
    /// was set. Returns "" if the token was not replaced, or if the new one is in
    /// the token file. Store the result, because the old refresh token may no longer
    /// be valid.
    pub fn CSmtp_GetOAuth2RefreshToken(h: CSmtpHandle) -> *const c_char;
    /// Lets the library get its tokens with client credentials and a certificate
    /// instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
    /// key, and must be registered with the provider. The files are PEM, DER or PKCS
    /// #12. The parameter key_file may be NULL or "" if certificate_file also
    /// contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
    /// first. The files are read again for each session. 'algorithm' is "PS256" or
    /// "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
    /// parameter scope may be NULL or "", which means the provider's scope for mail.
    /// Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
    /// the function works like CSmtp_SetOAuth2ClientCredentials.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2Certificate(h: CSmtpHandle, token_url: *const c_char, client_id: *const c_char, certificate_file: *const c_char, key_file: *const c_char, algorithm: *const c_char, scope: *const c_char) -> c_int;
    /// Lets the library get its tokens with client credentials and, instead of a
    /// secret, a token of another identity provider (RFC 7523, section 2.2), such as
    /// Kubernetes. assertion_file is the path of a file that contains this token.
    /// The file is read for each request, because the provider replaces the token.
    /// The file need not exist yet. The parameter scope may be NULL or "", which
    /// means the provider's scope for mail. In all other respects, the function
    /// works like CSmtp_SetOAuth2ClientCredentials.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2AssertionFile(h: CSmtpHandle, token_url: *const c_char, client_id: *const c_char, assertion_file: *const c_char, scope: *const c_char) -> c_int;
    /// Lets the library get its tokens as a Google service account with domain-wide
    /// delegation (RFC 7523, section 2.1). key_file is the account's key file in
    /// JSON. The file is read again for each session. 'mailbox' is the user for whom
    /// the account acts. The parameter mailbox may be NULL or "", which means the
    /// login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
    /// https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
    /// read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
    /// account.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2ServiceAccount(h: CSmtpHandle, key_file: *const c_char, mailbox: *const c_char, scope: *const c_char) -> c_int;
    /// Lets the library get its tokens with the identity that a cloud provider has
    /// assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
    /// "google", which may be followed by ":" and the URL of the metadata server.
    /// This URL must be https, or http at a loopback or link-local address. By
    /// default, "azure" uses the environment variables IDENTITY_ENDPOINT and
    /// IDENTITY_HEADER, which App Service sets, or else the metadata server of
    /// virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
    /// else the metadata server. client_id selects one of several identities: for
    /// "azure" its client id, for "google" the address of a service account. The
    /// parameters client_id and scope may be NULL or "". With "google", the service
    /// account acts for the user of CSmtp_SetLogin. The service account needs
    /// domain-wide delegation, and the role Service Account Token Creator on itself.
    /// \[setting\]
    pub fn CSmtp_SetOAuth2ManagedIdentity(h: CSmtpHandle, cloud: *const c_char, client_id: *const c_char, scope: *const c_char) -> c_int;
    /// Gets an access token without connecting to the mail server, to check the
    /// settings. Returns CSMTP_NO_TOKEN if no token is obtained; the error text
    /// contains the error of the token server and what to do. Returns
    /// CSMTP_BAD_ARGUMENT if no source of tokens is set.
    pub fn CSmtp_CheckToken(h: CSmtpHandle) -> c_int;
    /// Returns the main claims in the token that the last CSmtp_CheckToken got, such
    /// as "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires
    /// 2027-01-31T12:00:00Z"; "" if the token is not a JSON Web Token. The function
    /// never returns the token itself.
    pub fn CSmtp_GetTokenInfo(h: CSmtpHandle) -> *const c_char;
    /// Returns the SASL mechanism used to log in to the open session, such as
    /// "SCRAM-SHA-256-PLUS"; "" without a session or a login.
    pub fn CSmtp_GetAuthMechanismUsed(h: CSmtpHandle) -> *const c_char;
    /// Returns 1 if a login is set, but the library did not log in to the open
    /// session (or to the last one, if none is open), because the server did not
    /// offer AUTH; otherwise 0. See CSmtp_SetLoginRequired.
    pub fn CSmtp_GetLoginSkipped(h: CSmtpHandle) -> c_int;
    /// Uses the servers that 'domain' publishes (SRV records, RFC 6186 and RFC 8314)
    /// instead of the server set with CSmtp_SetSMTPServer. "" clears the domain: the
    /// server of CSmtp_SetSMTPServer is then used again. While a domain is set,
    /// connecting returns CSMTP_BAD_ARGUMENT if the server of CSmtp_SetSMTPServer is
    /// a Unix socket, or if a proxy is set: a proxy cannot look up these records, and
    /// a DNS query without the proxy would reveal where the mail goes.
    /// \[setting\]
    pub fn CSmtp_SetServerDomain(h: CSmtpHandle, domain: *const c_char) -> c_int;
    /// Sets the local IP address to connect from. "" restores the default: the
    /// system chooses the address. Connecting returns CSMTP_BAD_INPUT if 'address'
    /// is not an IP address.
    /// \[setting\]
    pub fn CSmtp_SetLocalAddress(h: CSmtpHandle, address: *const c_char) -> c_int;
    /// Connects through a proxy: "socks5://user:password@host:port", "http://..." or
    /// "https://..." (CONNECT). "" removes the proxy. The proxy looks up the
    /// server's name; this host looks up only the proxy's name. Connecting returns
    /// CSMTP_BAD_INPUT if 'url' is invalid.
    /// \[setting\]
    pub fn CSmtp_SetProxy(h: CSmtpHandle, url: *const c_char) -> c_int;
    /// Sets how mail is sent. "smtp", or "", is the default. "microsoft-graph" and
    /// "gmail-api" send mail over HTTPS (port 443), for networks and tenants in
    /// which SMTP is not possible. These transports use sendMail of Microsoft Graph
    /// and messages.send of the Gmail API. Returns CSMTP_BAD_ARGUMENT for any other
    /// name.
    /// *
    /// The service gets the message that a mail server would get, plus a Bcc field.
    /// The service removes this field before delivery. Both services require an
    /// access token: see CSmtp_SetAccessToken, CSmtp_SetOAuth2ClientCredentials and
    /// CSmtp_SetOAuth2RefreshToken. Without a token, the error is CSMTP_NO_TOKEN.
    /// The mail is sent from the mailbox that the login names; if no login is set,
    /// it is sent from the mailbox to which the token belongs. The settings for
    /// server, port, security type, password, EHLO name and service extensions are
    /// not used. The proxy, the timeouts, the log and the TLS settings apply. If
    /// CSmtp_SetProxy is not called, the proxy is that of the environment
    /// (HTTPS_PROXY). Token requests go through the same proxy.
    /// *
    /// The service reads the sender and the recipients from the header. Sending
    /// therefore returns CSMTP_BAD_INPUT, and sends nothing, in these cases: the
    /// reverse-path is not in From or Sender; the recipients of CSmtp_SendRaw are
    /// not those in To, Cc and Bcc; the message has Resent-* fields; or partial
    /// delivery, DSN, REQUIRETLS, MT-PRIORITY, DELIVERBY, FUTURERELEASE or LMTP is
    /// set. Microsoft Graph accepts messages of up to 3,145,728 octets (4 MiB in
    /// base64), and the Gmail API up to 36,700,160. For a larger message, sending
    /// returns CSMTP_MSG_TOO_BIG.
    /// *
    /// The HTTP status decides the outcome. A status of 202 from Microsoft Graph
    /// or 200 from the Gmail API means ACCEPTED. 429 and 503 are REJECTED_TEMPORARY: see
    /// CSmtp_GetRetryAfter. 500, 502, 504 and a connection that is lost after the
    /// last octet are IN_DOUBT. Other responses are REJECTED_PERMANENT. After 401,
    /// the library gets a new token and tries once more. A redirect is not followed.
    /// CSmtp_GetLastReply returns the response in the form of an SMTP reply, such as
    /// "451 HTTP 429 Too Many Requests: ...", and CSmtp_GetQueueID returns the
    /// message id of Gmail.
    /// *
    /// CSmtp_ConnectRemoteServer gets a token and opens the connection, which is
    /// used for the next mails. CSmtp_KeepAlive sends nothing, and opens the
    /// connection again if the service has closed it. CSmtp_SendBatch sends the
    /// mails one after another, and stops at a response that also applies to the
    /// next mails, such as 429. CSmtp_GetExtensions and CSmtp_GetAuthMechanismUsed
    /// return "".
    /// \[setting\]
    pub fn CSmtp_SetTransport(h: CSmtpHandle, transport: *const c_char) -> c_int;
    /// Sets the https URL of the service that CSmtp_SetTransport has chosen, for
    /// example "https://graph.microsoft.us" for a national cloud. "" restores the
    /// default of the service. Returns CSMTP_BAD_ARGUMENT if 'url' is not an https
    /// URL, or has a user, a query or a fragment. The access token is sent to this
    /// server.
    /// \[setting\]
    pub fn CSmtp_SetTransportEndpoint(h: CSmtpHandle, url: *const c_char) -> c_int;
    /// Sets how many seconds a server in a list is paused after it has failed.
    /// During the pause, the library tries the other servers first. The default is
    /// 60. With 0, servers that failed are not remembered. All handles of the
    /// process share the record of failed servers.
    /// \[setting\]
    pub fn CSmtp_SetServerPause(h: CSmtpHandle, seconds: c_uint) -> c_int;
    /// Turns off the service extensions named in 'extensions', which are separated
    /// by spaces, for example "PIPELINING SIZE". The library does not use them even
    /// if the server offers them, and CSmtp_GetExtension does not return them. This
    /// helps with servers that offer extensions that do not work. "" clears the
    /// list. Returns CSMTP_BAD_ARGUMENT if 'extensions' contains STARTTLS (see
    /// CSmtp_SetSecurityType) or anything that is not a keyword. The library itself
    /// turns off PIPELINING in one case: if MAIL and RCPT are sent together to a
    /// server for the first time, and the server does not reply to RCPT within 10
    /// seconds, the library sends the mail over a new session without PIPELINING.
    /// This happens at most once per handle and server, and the log says so.
    /// \[setting\]
    pub fn CSmtp_SetExtensionOff(h: CSmtpHandle, extensions: *const c_char) -> c_int;
    /// 1 uses LMTP (RFC 2033), with a reply for each recipient. 0 (the default) uses
    /// SMTP. With both protocols, the server may be a Unix socket: "unix:/path".
    /// \[setting\]
    pub fn CSmtp_SetLMTP(h: CSmtpHandle, lmtp: c_int) -> c_int;
    /// Sets the timeout of a step, in milliseconds. 'step' is CSMTP_TIMEOUT_... If
    /// 'milliseconds' is 0, the default is restored. Returns CSMTP_BAD_ARGUMENT for
    /// an unknown step.
    /// \[setting\]
    pub fn CSmtp_SetTimeout(h: CSmtpHandle, step: c_int, milliseconds: c_uint) -> c_int;
    /// Keeps the open session alive, because servers close idle sessions: sends NOOP
    /// or, over HTTPS, connects again if the service has closed the connection.
    /// Returns CSMTP_CONNECTION_CLOSED if there is no session, or if the connection
    /// was lost.
    pub fn CSmtp_KeepAlive(h: CSmtpHandle) -> c_int;
    /// Returns the address and port that the open session is connected to, such as
    /// "192.0.2.1:587" or "\[2001:db8::1\]:465", or the path of a Unix socket. With a
    /// proxy, returns the proxy's address. Without a session, returns the address of
    /// the last connection that the last attempt to send or connect opened, even if
    /// that attempt then failed; "" if it opened no connection.
    pub fn CSmtp_GetPeerAddress(h: CSmtpHandle) -> *const c_char;
    /// Returns the parameters of a service extension that the server offers in the
    /// open session, such as "35882577" for "SIZE"; "" if the extension has no
    /// parameters. Returns NULL if the server does not offer the extension, or if
    /// there is no session.
    pub fn CSmtp_GetExtension(h: CSmtpHandle, name: *const c_char) -> *const c_char;
    /// Returns all service extensions of the open session, sorted by name, one per
    /// line, such as "8BITMIME\nSIZE 35882577\n". Returns "" if there are none, or if
    /// there is no session.
    pub fn CSmtp_GetExtensions(h: CSmtpHandle) -> *const c_char;
    /// Sets the reverse-path, if it differs from the address of CSmtp_SetSenderMail:
    /// one address without a name, or "\<\>" for the null reverse-path. "" restores the
    /// sender's address.
    /// \[setting\]
    pub fn CSmtp_SetEnvelopeFrom(h: CSmtpHandle, email: *const c_char) -> c_int;
    /// 1 sends the mail to the accepted recipients even if others are refused;
    /// sending then fails only if no recipient is accepted. If the server refuses
    /// recipients because one transaction has too many of them, the library sends
    /// the mail to these recipients in further transactions. 0 (the default) sends
    /// the mail to all recipients or to none.
    /// \[setting\]
    pub fn CSmtp_SetPartialDelivery(h: CSmtpHandle, partial: c_int) -> c_int;
    /// Requests delivery status notifications (RFC 3461) for all recipients.
    /// 'notify' is "NEVER", or one or more of "SUCCESS", "FAILURE" and "DELAY",
    /// separated by commas. 'ret' is "FULL" or "HDRS". The notification contains
    /// envelope_id. Each of the three arguments may be "". If the server does not
    /// offer DSN, the mail is sent without the DSN parameters. CSmtp_ClearMessage
    /// clears envelope_id, but neither 'notify' nor 'ret'. Returns
    /// CSMTP_BAD_ARGUMENT if 'notify' or 'ret' is invalid.
    /// \[setting; envelope_id: message\]
    pub fn CSmtp_SetDSN(h: CSmtpHandle, notify: *const c_char, ret: *const c_char, envelope_id: *const c_char) -> c_int;
    /// Requests notifications for one recipient; 'notify' has the same meaning as in
    /// CSmtp_SetDSN. 'original' is the address to which the mail was originally sent,
    /// or "".
    /// \[message\]
    pub fn CSmtp_SetRecipientDSN(h: CSmtpHandle, email: *const c_char, notify: *const c_char, original: *const c_char) -> c_int;
    /// Sets how the message is transmitted (RFC 3030): CSMTP_DATA (the default),
    /// CSMTP_BDAT or CSMTP_BINARY. CSMTP_BDAT needs CHUNKING; if the server does not
    /// offer CHUNKING, DATA is used. CSMTP_BINARY needs BINARYMIME as well, and
    /// sends attachments unencoded; if the server does not offer BINARYMIME,
    /// CSMTP_BINARY has the same effect as CSMTP_BDAT. Returns CSMTP_BAD_ARGUMENT
    /// for any other number.
    /// \[setting\]
    pub fn CSmtp_SetChunking(h: CSmtpHandle, mode: c_int) -> c_int;
    /// 1 requires TLS on every hop to the recipient (REQUIRETLS, RFC 8689). 0 is the
    /// default.
    /// \[setting\]
    pub fn CSmtp_SetRequireTLS(h: CSmtpHandle, require: c_int) -> c_int;
    /// Sets the transfer priority, -9 to 9 (MT-PRIORITY, RFC 6710). Returns
    /// CSMTP_BAD_ARGUMENT for any other number.
    /// \[message\]
    pub fn CSmtp_SetMTPriority(h: CSmtpHandle, priority: c_int) -> c_int;
    /// Sets a time limit for the delivery, in seconds (DELIVERBY, RFC 2852). If the
    /// mail is not delivered within that time, the server notifies the sender if
    /// 'mode' is "N", or returns the mail if 'mode' is "R". If 'seconds' is 0, the
    /// limit is cleared, and the parameter mode may be NULL. Returns
    /// CSMTP_BAD_ARGUMENT for any other 'mode'.
    /// \[message\]
    pub fn CSmtp_SetDeliverBy(h: CSmtpHandle, seconds: c_int, mode: *const c_char) -> c_int;
    /// Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
    /// asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
    /// the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
    /// request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
    /// CSmtp_SetDate refuses.
    /// \[message\]
    pub fn CSmtp_SetHoldFor(h: CSmtpHandle, seconds: c_uint) -> c_int;
    /// \[message\]
    pub fn CSmtp_SetHoldUntil(h: CSmtpHandle, seconds: i64) -> c_int;
    /// Sends a complete message (RFC 5322): 'size' octets at 'data'. 'from' is the
    /// reverse-path; "\<\>" means the null reverse-path. The parameter from may be
    /// NULL or "": the reverse-path is then the address in the field Sender, or else
    /// in From. An address set with CSmtp_SetEnvelopeFrom takes precedence over
    /// 'from' and these fields. 'recipients' is a list, separated by commas. The
    /// parameter recipients may be NULL: the recipients are then the addresses in
    /// To, Cc and Bcc. The library removes Bcc and corrects line breaks. Returns
    /// CSMTP_UNDEF_RECIPIENTS if there is no recipient, and CSMTP_UNDEF_MAIL_FROM if
    /// there is no reverse-path; otherwise returns what CSmtp_Send returns.
    pub fn CSmtp_SendRaw(h: CSmtpHandle, data: *const c_void, size: usize, from: *const c_char, recipients: *const c_char) -> c_int;
    /// Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
    /// from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw.
    pub fn CSmtp_SendRawFile(h: CSmtpHandle, path: *const c_char, from: *const c_char, recipients: *const c_char) -> c_int;
    /// Sends the messages of the n handles in 'mails' over the open session of h, or
    /// over a new one. Server, login, TLS, timeouts and log are those of h. Message,
    /// envelope and progress callback are those of each mail. With PIPELINING, a
    /// mail takes one round trip. With CSMTP_BDAT, a group of up to 32 small mails
    /// takes only one round trip in total.
    /// *
    /// If 'results' is not NULL, stores n numbers in it: for each mail, the number
    /// that CSmtp_Send would have returned. The getters on each handle in 'mails'
    /// return the error, outcome, reply and result rows of its mail. Returns 0 if
    /// all mails were accepted, and otherwise the first nonzero result, which is
    /// also the last error of h.
    /// *
    /// After a refused mail, the batch continues. The library sends the remaining
    /// mails over a new session in these cases:
    /// *
    /// - The server closed the session between two mails, or after it refused a mail
    /// with a reply other than 421.
    /// *
    /// - The server replied to MAIL that the session has had too many mails.
    /// *
    /// - CSmtp_SetSMTPServer has set a list with another server, and either the
    /// session ended or the server replied 4yz to MAIL. The mails are then sent to
    /// the other server.
    /// *
    /// - A local error, such as an unreadable attachment, stopped a mail while it
    /// was being sent.
    /// *
    /// - The library had sent the commands of the next mail without waiting for the
    /// reply to a message, and the connection was lost before the replies to these
    /// commands arrived. Some servers offer PIPELINING but cannot handle commands
    /// that arrive before they have replied to the message. During the next 24
    /// hours, every handle of the process waits for the reply to a message before
    /// it sends that server another command.
    /// *
    /// If the session ends in any other way, the mails that follow are NOT_SENT and
    /// can be sent again.
    /// *
    /// If the connection is lost, at most one mail is IN_DOUBT; with CSMTP_BDAT, at
    /// most the mails of one group are. If replies no longer match the commands,
    /// earlier mails whose replies the library could not match with certainty are
    /// IN_DOUBT as well. The library never resends a mail that is IN_DOUBT.
    /// *
    /// Nothing is sent, and the call returns CSMTP_BAD_ARGUMENT, if h is one of the
    /// mails or a mail occurs twice. Nothing is sent, and the call returns
    /// CSMTP_BUSY, if another thread is using the handle of a mail or an
    /// asynchronous Send of a mail is under way. Until the batch ends, CSmtp_Cancel
    /// and CSmtp_Free, called with h or with a handle in 'mails', cancel the batch,
    /// and other calls on these handles return CSMTP_BUSY.
    pub fn CSmtp_SendBatch(h: CSmtpHandle, mails: *const CSmtpHandle, n: usize, results: *mut c_int) -> c_int;
    /// Starts an asynchronous Send: a thread of the library sends the message as
    /// CSmtp_Send does, while this function returns at once. If the result is 0, fn
    /// is called when the Send has ended; if h is freed before that, fn gets
    /// CSMTP_CANCELED. 'user' is passed to fn and must stay valid until fn has
    /// returned. The parameter fn may be NULL: to learn the result, call CSmtp_Poll
    /// or CSmtp_Wait. Returns CSMTP_BUSY if an earlier asynchronous Send on h is
    /// under way. A Send counts as under way until its fn has returned; for calls
    /// made by fn itself, the Send has already ended. If the thread that called
    /// CSmtp_SendAsync then calls another function on h, that call waits until the
    /// Send has ended. CSmtp_Cancel, CSmtp_Free, CSmtp_Poll and CSmtp_Wait are
    /// exceptions: they do not wait in this way. The order of the Send and later
    /// calls is not guaranteed if another thread was using h when CSmtp_SendAsync
    /// was called.
    /// *
    /// If h has no open session, the Send uses a shared session. All handles with
    /// the same settings together have up to four such sessions. After a Send, a
    /// shared session stays open for ten seconds, or until the last of these handles
    /// is freed, whichever comes first.
    pub fn CSmtp_SendAsync(h: CSmtpHandle, function: CSmtpDoneFunction, user: *mut c_void) -> c_int;
    /// Returns CSMTP_BUSY while the asynchronous Send is under way. Once the Send
    /// has ended, returns its error number, or 0 if the mail was accepted; by then,
    /// fn has returned, unless fn itself calls CSmtp_Poll. Returns
    /// CSMTP_BAD_ARGUMENT if no asynchronous Send was started.
    pub fn CSmtp_Poll(h: CSmtpHandle) -> c_int;
    /// Waits until the asynchronous Send has ended, but not longer than
    /// 'milliseconds' ms. Then returns what CSmtp_Poll returns. If the done
    /// callbacks of two handles each call CSmtp_Free or CSmtp_Wait with the other
    /// handle, waiting would cause a deadlock: CSmtp_Wait then returns CSMTP_BUSY at
    /// once.
    pub fn CSmtp_Wait(h: CSmtpHandle, milliseconds: c_uint) -> c_int;
    /// Cancels the running call on h, or the asynchronous Send of h. The canceled
    /// call returns CSMTP_CANCELED within 100 ms; CSmtp_Cancel itself returns at
    /// once. A callback may call CSmtp_Cancel to cancel the call during which the
    /// callback runs. Later calls are not affected.
    pub fn CSmtp_Cancel(h: CSmtpHandle) -> c_int;
    /// Makes a pool without relays. Returns its handle, or 0 on failure, as
    /// CSmtp_New does. CSmtp_Free cancels the mails of a pool, waits until their
    /// callbacks have returned (except a callback that calls CSmtp_Free), and
    /// closes the sessions.
    pub fn CSmtp_PoolNew() -> CSmtpHandle;
    /// Adds a relay that has the settings of the handle 'relay': server, login, TLS,
    /// timeouts, log and so on. Changing or freeing that handle later has no
    /// effect on the pool. The log and token callbacks of 'relay' run on threads
    /// of the library. Neither of the two is called again before its previous call
    /// has returned, but both can run at the same time. They can be called until
    /// CSmtp_Free has freed the pool. The restrictions on callbacks of the pool (see
    /// above) apply to these callbacks too. 'name' is used in error texts. The
    /// parameter name may be NULL or "", which means the name of the server. Returns
    /// CSMTP_BAD_ARGUMENT if 'relay' is a pool.
    pub fn CSmtp_PoolAddRelay(pool: CSmtpHandle, relay: CSmtpHandle, name: *const c_char) -> c_int;
    /// Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
    /// distributed in proportion to the weights.
    pub fn CSmtp_PoolSetWeight(pool: CSmtpHandle, relay: c_uint, weight: c_uint) -> c_int;
    /// Sets the maximum number of sessions with a relay, from 1 to 1,000. The
    /// default is 4.
    pub fn CSmtp_PoolSetSessions(pool: CSmtpHandle, relay: c_uint, sessions: c_uint) -> c_int;
    /// Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
    /// evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
    /// If 'mails' is 0 (the default), there is no limit.
    pub fn CSmtp_PoolSetRate(pool: CSmtpHandle, relay: c_uint, mails: c_uint, seconds: c_uint) -> c_int;
    /// Sets the number of mails after which a session is closed. 0 (the default) means no limit.
    pub fn CSmtp_PoolSetSessionMails(pool: CSmtpHandle, relay: c_uint, mails: c_uint) -> c_int;
    /// Sets how long a session without a mail stays open, in milliseconds. The
    /// default is 10,000.
    pub fn CSmtp_PoolSetIdle(pool: CSmtpHandle, relay: c_uint, milliseconds: c_uint) -> c_int;
    /// Sets the maximum number of mails that wait in the pool. The default is 1,000;
    /// 0 means no limit.
    pub fn CSmtp_PoolSetQueue(pool: CSmtpHandle, mails: c_uint) -> c_int;
    /// Sets the pause of a relay after a failure, in milliseconds: during the pause,
    /// the relay gets no mail. The first pause is 'first' (the default is 1,000).
    /// After each pause, the relay gets one mail. If this mail fails too, the next
    /// pause is twice as long, but at most 'longest' (the default is 300,000).
    pub fn CSmtp_PoolSetPause(pool: CSmtpHandle, first: c_uint, longest: c_uint) -> c_int;
    /// Sets how long a mail waits for a relay if all relays have failed. The time is
    /// in milliseconds, and begins with the call to CSmtp_PoolSubmit. With 0 (the
    /// default), the mail fails immediately.
    pub fn CSmtp_PoolSetPatience(pool: CSmtpHandle, milliseconds: c_uint) -> c_int;
    /// Sets the journal: two callbacks that record each attempt, for example in a
    /// database. After a crash of the program, a mail with a recorded beginning and
    /// no recorded end is in doubt. The parameters named begin and end may be NULL.
    /// A callback that is NULL is not called. Returns CSMTP_BUSY if the pool has
    /// mails.
    pub fn CSmtp_PoolSetJournal(pool: CSmtpHandle, begin: CSmtpSendingFunction, end: CSmtpEndedFunction, user: *mut c_void) -> c_int;
    /// Sets the function that is called for each mail in doubt. After
    /// CSMTP_DELIVERED, the outcome of the mail is CSMTP_ACCEPTED. After
    /// CSMTP_NOT_DELIVERED, the mail is sent again; if all relays are paused, the
    /// mail first waits for the end of a pause. After CSMTP_UNKNOWN, the mail stays
    /// in doubt. The parameter fn may be NULL: mails in doubt then stay in doubt.
    /// Returns CSMTP_BUSY if the pool has mails.
    pub fn CSmtp_PoolSetReconcile(pool: CSmtpHandle, function: CSmtpReconcileFunction, user: *mut c_void) -> c_int;
    /// Sets where the callbacks of the pool run, except the log and token callbacks
    /// of its relays. With 1, the callbacks run on threads of the program, inside
    /// its calls to CSmtp_PoolWait, CSmtp_PoolDrain, CSmtp_PoolSend and CSmtp_Free,
    /// and inside CSmtp_PoolSubmit while that function waits. The program must then
    /// call CSmtp_PoolWait often, because the pool does nothing more with a mail
    /// until its callback has run. With 0 (the default), the callbacks run on
    /// threads of the library. Returns CSMTP_BUSY if the pool has mails.
    pub fn CSmtp_PoolSetCallbacksInWait(pool: CSmtpHandle, in_wait: c_int) -> c_int;
    /// Sends the message of 'mail' and waits for the result. Returns what CSmtp_Send
    /// would have returned; the getters on 'mail' describe the outcome. The message
    /// and envelope settings of 'mail' apply; its server settings and its callbacks
    /// are ignored. Until the function returns, CSmtp_Cancel and CSmtp_Free on
    /// 'mail' cancel the mail, and other calls on 'mail' return CSMTP_BUSY.
    pub fn CSmtp_PoolSend(pool: CSmtpHandle, mail: CSmtpHandle) -> c_int;
    /// Puts a copy of the message of 'mail' in the queue. 'mail' can be changed or
    /// freed as soon as the call has returned. Attached files are opened during the
    /// call, but read later: if such a file has changed by the time the mail is
    /// sent, the mail ends with CSMTP_MSG_BODY_ERROR. Functions that were passed to
    /// CSmtp_AddAttachmentReader are called during this call. If the queue is full,
    /// the function waits for at most 'milliseconds' ms (UINT_MAX: without limit),
    /// and returns CSMTP_BUSY if the queue is still full. In a callback of the pool,
    /// it does not wait. The program chooses 'id', which identifies the mail in the
    /// journal. If 'id' is NULL or "", the Message-ID is used.
    /// *
    /// The function makes a handle for the copy and stores the handle in *copied
    /// before fn is called. Until the mail has ended, only getters, CSmtp_Cancel and
    /// CSmtp_Free may be called on that handle; other functions return CSMTP_BUSY.
    /// Until then, CSmtp_GetOutcome returns CSMTP_NOT_SENT, CSmtp_GetLastError
    /// returns 0, and CSmtp_Free cancels the mail and returns at once. At the end,
    /// fn is called with 'user', the handle and the error number. The getters on the
    /// handle then describe the outcome, and fn may pass the handle to
    /// CSmtp_PoolSubmit to send the mail again with the same Message-ID. The library
    /// frees the handle when fn has returned. The parameters id, fn and copied may
    /// be NULL. After CSmtp_PoolDrain, the function returns CSMTP_CANCELED. It can
    /// also return any error that CSmtp_RenderMessage returns.
    pub fn CSmtp_PoolSubmit(pool: CSmtpHandle, mail: CSmtpHandle, id: *const c_char, milliseconds: c_uint, function: CSmtpDoneFunction, user: *mut c_void, copied: *mut CSmtpHandle) -> c_int;
    /// Waits until all mails have ended and their callbacks have returned, for at
    /// most 'milliseconds' ms (UINT_MAX: without limit). Returns CSMTP_BUSY if mails
    /// remain.
    pub fn CSmtp_PoolWait(pool: CSmtpHandle, milliseconds: c_uint) -> c_int;
    /// Makes the pool refuse further mails, and then waits as CSmtp_PoolWait does. At
    /// the end of a program, call this function before CSmtp_Free.
    pub fn CSmtp_PoolDrain(pool: CSmtpHandle, milliseconds: c_uint) -> c_int;
    /// Returns one statistic of a relay; 'what' selects it (CSMTP_POOL_...).
    /// Returns 0 if there is no such relay.
    pub fn CSmtp_PoolGetCount(pool: CSmtpHandle, relay: c_uint, what: c_int) -> c_uint;
    /// Returns the number of mails that wait for a relay.
    pub fn CSmtp_PoolGetQueued(pool: CSmtpHandle) -> c_uint;
    /// Return the name of a relay, and the text of the last error that the relay
    /// caused. Return "" if there is no such relay or error.
    pub fn CSmtp_PoolGetRelayName(pool: CSmtpHandle, relay: c_uint) -> *const c_char;
    ///
    pub fn CSmtp_PoolGetRelayError(pool: CSmtpHandle, relay: c_uint) -> *const c_char;
    /// Returns the step in which the last call failed: CSMTP_PHASE_... If the
    /// library found an invalid setting before it connected, returns the step that
    /// would use this setting (for a missing password, CSMTP_PHASE_AUTH). Returns
    /// CSMTP_PHASE_NONE if the error, such as an invalid argument, belongs to no
    /// step, or if CSmtp_GetLastError returns 0.
    pub fn CSmtp_GetPhase(h: CSmtpHandle) -> c_int;
    /// Returns the kind of the error of the last call: CSMTP_KIND_... Together with
    /// the step, the kind distinguishes errors that have the same number. An example
    /// is CSMTP_SERVER_NOT_RESPONDING: its kind is CSMTP_KIND_TIMEOUT,
    /// CSMTP_KIND_REFUSED (the greeting was a refusal, such as 554) or
    /// CSMTP_KIND_PROTOCOL (the greeting was not SMTP). Returns CSMTP_KIND_NONE if
    /// CSmtp_GetLastError returns 0.
    pub fn CSmtp_GetErrorKind(h: CSmtpHandle) -> c_int;
    /// Returns 1 if the last call failed because of the login, and the same login
    /// will fail again: the login, password or token is missing, is wrong, or cannot
    /// be sent with the mechanisms and the security type that are set; the account
    /// is not permitted to use the mechanism; or the server requires a login.
    /// Returns 0 after a temporary failure, such as the reply 454, and for all other
    /// errors. If the result is 1, a program should ask for other credentials and
    /// not try again, because servers lock accounts after several failures.
    pub fn CSmtp_IsLoginError(h: CSmtpHandle) -> c_int;
    /// Returns 1 if it makes sense to send the mail of the last attempt again later:
    /// the attempt failed, nothing was delivered to any recipient, and the same call
    /// may succeed without a change. Otherwise returns 0.
    /// *
    /// It returns 1 for a reply of 4yz to any command, including AUTH; for a
    /// connection that was refused, timed out, or was lost before the last octet of
    /// the message was sent; for a name that could not be looked up; for a token
    /// endpoint that cannot be reached or replies with HTTP status 429 or 5xx; and
    /// for a file that changed while it was being sent.
    /// *
    /// It returns 0 after success; for CSMTP_PARTIAL and CSMTP_IN_DOUBT; for a reply
    /// of 5yz, such as 535 (wrong password) or 550; for an error in a certificate, a
    /// setting or a text; for any file error except such a change; for an extension
    /// that the server does not offer; and for a canceled call. After
    /// CSmtp_SendBatch(h, ...), the result for h is 1 only if the result for each of
    /// the mails is 1; so the result is 0 if one of the mails was accepted, because
    /// another call would send that mail again. Wait some minutes before each further attempt, and
    /// limit the number of attempts.
    pub fn CSmtp_IsSafeToRetry(h: CSmtpHandle) -> c_int;
    /// Returns the number of seconds to wait before the next mail, if the service
    /// chosen with CSmtp_SetTransport has requested a delay (the HTTP field
    /// Retry-After); otherwise 0.
    pub fn CSmtp_GetRetryAfter(h: CSmtpHandle) -> c_int;
    /// Returns the server's queue id for the last mail that was accepted; "" if the
    /// reply contains none.
    pub fn CSmtp_GetQueueID(h: CSmtpHandle) -> *const c_char;
    /// Returns the number of result rows: one for each recipient of the last attempt,
    /// in the order To, Cc, Bcc.
    pub fn CSmtp_GetResultCount(h: CSmtpHandle) -> c_uint;
    /// Returns the address of a row's recipient; NULL if there is no such row.
    pub fn CSmtp_GetResultRecipient(h: CSmtpHandle, row: c_uint) -> *const c_char;
    /// Returns 1 if the mail was accepted for the recipient of a row, else 0.
    pub fn CSmtp_GetResultAccepted(h: CSmtpHandle, row: c_uint) -> c_int;
    /// Return the reply code (such as 550), the enhanced status code (such as
    /// "5.1.1") and the whole reply for the recipient of a row. Return 0 or "" if
    /// there is no such row or no reply.
    pub fn CSmtp_GetResultCode(h: CSmtpHandle, row: c_uint) -> c_int;
    ///
    pub fn CSmtp_GetResultEnhancedCode(h: CSmtpHandle, row: c_uint) -> *const c_char;
    ///
    pub fn CSmtp_GetResultReply(h: CSmtpHandle, row: c_uint) -> *const c_char;
    /// Sets the progress callback. The parameter fn may be NULL, which removes the
    /// callback. 'user' is passed to fn.
    /// \[setting\]
    pub fn CSmtp_SetProgressCallback(h: CSmtpHandle, function: CSmtpProgressFunction, user: *mut c_void) -> c_int;
    /// Sets the log callback. The parameter fn may be NULL, which removes the
    /// callback. 'user' is passed to fn.
    /// \[setting\]
    pub fn CSmtp_SetLogCallback(h: CSmtpHandle, function: CSmtpLogFunction, user: *mut c_void) -> c_int;
    /// Appends to a file the lines that a log callback would receive, each with the
    /// time and the direction. "" ends the logging to the file. A new file gets mode
    /// 0600. An existing file keeps its mode; if other users can read it, the log
    /// contains a warning at each connection. Returns CSMTP_FILE_NOT_EXIST if the
    /// file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
    /// mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
    /// descriptor N. If that descriptor is later closed, or reused for another file,
    /// no more lines are written. A FIFO needs a reader; lines are lost if the
    /// reader reads nothing for one second.
    /// \[setting\]
    pub fn CSmtp_SetLogFile(h: CSmtpHandle, path: *const c_char) -> c_int;
    /// Records in a file the sessions that are opened after this call, as a
    /// transcript that csmtp-testserver can replay. Passwords, tokens and the
    /// responses of a login are always masked. If 'contents' is 0, the messages are
    /// left out, and these texts are replaced: mail addresses, even encoded ones;
    /// their local parts and domains where they occur alone and have at least 3
    /// characters; the login; the names of this host; and IP addresses. For the
    /// details, see docs/recording.md. If 'contents' is not 0, the messages and all
    /// these texts are recorded unchanged. If a later call to this function sets
    /// 'contents' to 0 during a session, the rest of that session is recorded as if
    /// 'contents' had been 0. The file is rewritten at the end of each library call
    /// that uses the session, and gets mode 0600. If several handles of the process
    /// record to the same file, the file contains the sessions of all of them; the
    /// first session replaces the old content of the file. "" ends the recording.
    /// Returns CSMTP_FILE_NOT_EXIST if the file cannot be written, is a symbolic
    /// link, has other hard links, is not a regular file, or belongs to another
    /// user.
    /// \[setting\]
    pub fn CSmtp_SetRecordFile(h: CSmtpHandle, path: *const c_char, contents: c_int) -> c_int;
    /// Sets the event callback, with which a program counts connections and mails
    /// and measures how long they take. The handle h can also be that of a pool: fn
    /// is then told about all its relays and mails. In a pool, fn runs where the
    /// other callbacks of the pool run, but only one call at a time; the event
    /// callbacks of its relays and mails are not called. In a batch, only the event
    /// callback of the handle h of CSmtp_SendBatch is called. Set the callback
    /// before a connection is opened: otherwise the callback gets no events of that
    /// connection, and the steps of the mails sent over it are not measured. The
    /// asynchronous Sends of a handle with an event callback do not share their
    /// session with other handles; the end of that session is reported on a thread
    /// of the library. The parameter fn may be NULL, which removes the callback.
    /// docs/events.md explains the events.
    /// \[setting\]
    pub fn CSmtp_SetEventCallback(h: CSmtpHandle, function: CSmtpEventFunction, user: *mut c_void) -> c_int;
}
