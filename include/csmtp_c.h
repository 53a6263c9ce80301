/* SPDX-License-Identifier: MIT
 *
 * csmtp_c.h: the C contract of libcsmtp, and its manual. Only what this file
 * declares is public. A number or a function here never changes its meaning.
 *
 * Strings. A string that you pass in is NUL-terminated and in the charset of
 * CSmtp_SetCharSet (addresses, host names, paths and everything about the
 * connection are in UTF-8). The library copies it before the call returns. A
 * string that a getter returns belongs to the library and to the thread that
 * called. It stays valid until the same thread calls the same getter (with the
 * same index) on the same handle again and gets a different text, until the
 * handle is freed, or until the thread ends (on a thread of the library: until
 * the callback returns). No other call of another thread changes or frees it. A
 * getter returns "" rather than NULL, unless its comment says otherwise.
 *
 * Results. A function that returns int gives one of the numbers below, 0 for
 * success, unless its comment says that it gives a count or a value. For
 * details, call CSmtp_GetLastErrorText and the functions beside it afterwards.
 *
 * Message and settings. CSmtp_ClearMessage clears what functions marked
 * [message] have set, and keeps what functions marked [setting] have set.
 *
 * Handles. A handle is a number that is never used twice; 0 means none. A call
 * with a handle that does not exist gives CSMTP_BAD_HANDLE. Any thread may use
 * any handle; calls on one handle wait for each other. CSmtp_Cancel never waits.
 *
 * Processes. The library starts at the first call. A child forked before that
 * may use the library as its parent may. A child forked later may use new
 * handles, and gets CSMTP_FORKED for its parent's handles (see the README).
 *
 * Callbacks run on the thread that made the call, with its signal mask, and
 * never after that call has returned. Callbacks of CSmtp_SendAsync run on a
 * thread of the library. A callback may call CSmtp_Cancel, and any function on
 * another handle. Another call on its own handle gives CSMTP_BUSY, and CSmtp_Free
 * does not free that handle. A callback must return. An exception that leaves it
 * ends the program. After a longjmp out of it, its handle stays busy for good:
 * calls on the handle give CSMTP_BUSY on the same thread and wait for ever on
 * others, and the memory of the call stays in use. Other handles go on working.
 */
#ifndef CSMTP_C_H
#define CSMTP_C_H

#include <stddef.h>
#include <stdint.h>

#if defined(CSMTP_STATIC)
#define CSMTP_API
#elif defined(_WIN32) && defined(CSMTP_BUILD)
#define CSMTP_API __declspec(dllexport)
#elif defined(_WIN32)
#define CSMTP_API __declspec(dllimport)
#elif defined(__GNUC__)
#define CSMTP_API __attribute__((visibility("default")))
#else
#define CSMTP_API
#endif

#if defined(_WIN32)
#define CSMTP_CALL __cdecl
#else
#define CSMTP_CALL
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A mailer: settings, a message, and a session when connected. */
typedef uintptr_t CSmtpHandle;

/* Numbers of CSmtp's own ECSmtp::CSmtpError (1.9 to 2.4), then ours from 900.
 * CSmtp_GetErrorText gives a sentence for each. */
enum {
  CSMTP_NO_ERROR = 0,
  CSMTP_WSA_STARTUP = 100,
  CSMTP_WSA_VER = 101,
  CSMTP_WSA_SEND = 102,
  CSMTP_WSA_RECV = 103,
  CSMTP_WSA_CONNECT = 104, /* refused, unreachable, or the proxy said no */
  CSMTP_WSA_GETHOSTBY_NAME_ADDR = 105, /* the server's name has no address */
  CSMTP_WSA_INVALID_SOCKET = 106,
  CSMTP_WSA_HOSTNAME = 107,
  CSMTP_WSA_IOCTLSOCKET = 108,
  CSMTP_WSA_SELECT = 109,
  CSMTP_BAD_IPV4_ADDR = 110,
  CSMTP_UNDEF_MSG_HEADER = 200,
  CSMTP_UNDEF_MAIL_FROM = 201, /* no sender: CSmtp_SetSenderMail */
  CSMTP_UNDEF_SUBJECT = 202,
  CSMTP_UNDEF_RECIPIENTS = 203, /* no recipient at all */
  CSMTP_UNDEF_LOGIN = 204, /* the server asks for a login and none is set */
  CSMTP_UNDEF_PASSWORD = 205,
  CSMTP_BAD_LOGIN_PASSWORD = 206,
  CSMTP_BAD_DIGEST_RESPONSE = 207, /* the server's proof (rspauth, SCRAM signature) is wrong */
  CSMTP_BAD_SERVER_NAME = 208,
  CSMTP_UNDEF_RECIPIENT_MAIL = 209, /* a recipient of NULL */
  CSMTP_COMMAND_MAIL_FROM = 300,
  CSMTP_COMMAND_EHLO = 301,
  CSMTP_COMMAND_AUTH_PLAIN = 302,
  CSMTP_COMMAND_AUTH_LOGIN = 303,
  CSMTP_COMMAND_AUTH_CRAMMD5 = 304,
  CSMTP_COMMAND_AUTH_DIGESTMD5 = 305,
  CSMTP_COMMAND_DIGESTMD5 = 306,
  CSMTP_COMMAND_DATA = 307,
  CSMTP_COMMAND_QUIT = 308,
  CSMTP_COMMAND_RCPT_TO = 309,
  CSMTP_MSG_BODY_ERROR = 310, /* refused after the text, or its source failed */
  CSMTP_CONNECTION_CLOSED = 400,
  CSMTP_SERVER_NOT_READY = 401,
  CSMTP_SERVER_NOT_RESPONDING = 402, /* no reply in time, or the greeting was not 220 */
  CSMTP_SELECT_TIMEOUT = 403, /* no connection in time */
  CSMTP_FILE_NOT_EXIST = 404, /* an attachment is missing, unreadable or no regular file */
  CSMTP_MSG_TOO_BIG = 405, /* larger than the server's SIZE */
  CSMTP_BAD_LOGIN_PASS = 406,
  CSMTP_UNDEF_XYZ_RESPONSE = 407, /* the reply is not SMTP, or out of step */
  CSMTP_LACK_OF_MEMORY = 408,
  CSMTP_TIME_ERROR = 409,
  CSMTP_RECVBUF_IS_EMPTY = 410,
  CSMTP_SENDBUF_IS_EMPTY = 411,
  CSMTP_OUT_OF_MSG_RANGE = 412,
  CSMTP_COMMAND_EHLO_STARTTLS = 413, /* STARTTLS refused */
  CSMTP_SSL_PROBLEM = 414, /* certificate, TLS version or handshake: the text says which */
  CSMTP_COMMAND_DATABLOCK = 415,
  CSMTP_STARTTLS_NOT_SUPPORTED = 416,
  CSMTP_LOGIN_NOT_SUPPORTED = 417, /* no common mechanism, or the login needs TLS: the text says which */
  CSMTP_BAD_HANDLE = 900, /* 0, freed, or made up */
  CSMTP_FORKED = 901, /* a handle from before fork(), or no private copy possible */
  CSMTP_BAD_ARGUMENT = 902, /* NULL, out of range, unknown name */
  CSMTP_BAD_INPUT = 903, /* text that cannot stand in a mail: the text names the field */
  CSMTP_CANCELED = 904, /* CSmtp_Cancel, or a callback asked for it */
  CSMTP_BUSY = 905, /* called from a callback of the same handle, or a send is under way */
  CSMTP_NOT_OFFERED = 906, /* the server lacks an extension that was asked for */
  CSMTP_NO_TOKEN = 907, /* no access token could be had */
  CSMTP_CANNOT_START = 908, /* the library could not start in this process */
  CSMTP_BAD_CONFIG = 909, /* the file of CSMTP_CONFIG is wrong */
  CSMTP_INTERNAL = 999 /* a fault of the library's own; only this handle is touched */
};

/* CSmtp_SetSecurityType */
enum {
  CSMTP_NO_SECURITY = 0,
  CSMTP_USE_TLS = 1, /* STARTTLS, required */
  CSMTP_USE_SSL = 2, /* TLS first */
  CSMTP_DO_NOT_SET = 3, /* ConnectRemoteServer: keep what is set */
  CSMTP_USE_TLS_IF_OFFERED = 4 /* STARTTLS if offered, else in clear and without login; beyond CSmtp */
};

/* CSmtp_SetXPriority */
enum { CSMTP_XPRIORITY_HIGH = 2, CSMTP_XPRIORITY_NORMAL = 3, CSMTP_XPRIORITY_LOW = 4 };

/* CSmtp_GetOutcome */
enum {
  CSMTP_NOT_SENT = 0, /* nothing can have been delivered */
  CSMTP_ACCEPTED = 1,
  CSMTP_PARTIAL = 2, /* for some recipients */
  CSMTP_REJECTED_TEMPORARY = 3, /* 4yz: try again later */
  CSMTP_REJECTED_PERMANENT = 4, /* 5yz */
  CSMTP_IN_DOUBT = 5 /* the last octet was sent, and no reply came or the replies are out of step */
};

/* CSmtp_GetPhase */
enum {
  CSMTP_PHASE_NONE = 0,
  CSMTP_PHASE_RESOLVE = 1, /* looking up the address of the server or of the proxy */
  CSMTP_PHASE_CONNECT = 2,
  CSMTP_PHASE_TLS = 3, /* the handshake, also after STARTTLS */
  CSMTP_PHASE_GREETING = 4,
  CSMTP_PHASE_EHLO = 5,
  CSMTP_PHASE_STARTTLS = 6,
  CSMTP_PHASE_AUTH = 7,
  CSMTP_PHASE_MAIL = 8,
  CSMTP_PHASE_RCPT = 9,
  CSMTP_PHASE_DATA = 10, /* up to the 354 */
  CSMTP_PHASE_CONTENT = 11, /* the message itself, by DATA or BDAT */
  CSMTP_PHASE_END_OF_DATA = 12, /* the reply to the final dot, or to the last BDAT */
  CSMTP_PHASE_RSET = 13,
  CSMTP_PHASE_NOOP = 14,
  CSMTP_PHASE_QUIT = 15
};

/* CSmtp_SetTimeout */
enum {
  CSMTP_TIMEOUT_CONNECT = 0, /* a server, all its addresses [60,000 ms] */
  CSMTP_TIMEOUT_TLS = 1, /* the handshake [60,000] */
  CSMTP_TIMEOUT_GREETING = 2, /* [300,000] */
  CSMTP_TIMEOUT_COMMAND = 3, /* each reply but those below [300,000] */
  CSMTP_TIMEOUT_DATA_INIT = 4, /* the 354 to DATA [120,000] */
  CSMTP_TIMEOUT_DATA_BLOCK = 5, /* each write of the message [180,000] */
  CSMTP_TIMEOUT_DATA_END = 6, /* the reply to the final dot [600,000] */
  CSMTP_TIMEOUT_QUIT = 7, /* the reply to QUIT [5,000] */
  CSMTP_TIMEOUT_TOTAL = 8 /* one call, all in all [0: none] */
};

/* CSmtp_SetTLSMinVersion, CSmtp_SetTLSMaxVersion */
enum { CSMTP_TLS_1_0 = 10, CSMTP_TLS_1_1 = 11, CSMTP_TLS_1_2 = 12, CSMTP_TLS_1_3 = 13 };

/* CSmtp_GetPeerCertificate */
enum {
  CSMTP_CERTIFICATE_PEM = 0,
  CSMTP_CERTIFICATE_SUBJECT = 1, /* "CN=mail.example.com,O=Example" (RFC 2253) */
  CSMTP_CERTIFICATE_ISSUER = 2,
  CSMTP_CERTIFICATE_NAMES = 3, /* host names and addresses that it is for, separated by spaces */
  CSMTP_CERTIFICATE_NOT_BEFORE = 4, /* "2026-01-31T12:00:00Z" (RFC 3339) */
  CSMTP_CERTIFICATE_NOT_AFTER = 5,
  CSMTP_CERTIFICATE_KEY = 6, /* "RSA 2048", "ECDSA P-256", "Ed25519" */
  CSMTP_CERTIFICATE_PIN = 7 /* as CSmtp_SetPinnedPublicKey takes it */
};

/* CSmtp_SetChunking */
enum { CSMTP_DATA = 0, CSMTP_BDAT = 1, CSMTP_BINARY = 2 };

/* CSmtp_SetLogCallback */
enum {
  CSMTP_LOG_CLIENT = 0, /* sent */
  CSMTP_LOG_SERVER = 1, /* received */
  CSMTP_LOG_EVENT = 2 /* what is being done: "connected to 192.0.2.1:587" */
};

/* ---- Handles ----------------------------------------------------------- */

/* Makes a mailer with CSmtp's defaults. 0 on failure; CSmtp_GetLastError(0)
 * says why. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_New(void);
/* Sends QUIT (bounded by CSMTP_TIMEOUT_QUIT) and frees h. 0 and stale handles are
 * ignored. It cancels the calls of other threads on h. When it returns, the done
 * callback of an asynchronous Send has returned, even if another call has freed
 * h. The exception is a CSmtp_Free called in that callback, or in a callback that
 * it waits for. */
CSMTP_API void CSMTP_CALL CSmtp_Free(CSmtpHandle h);
/* Copies settings and message, not the connection. 0 on failure. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_Clone(CSmtpHandle h);

/* ---- The message (RFC 5322) -------------------------------------------- */

/* Adds one address; name is NULL or "" for none. When the mail is made, these
 * give CSMTP_BAD_INPUT: a list, a group, a name in email, and an invisible or
 * look-alike character in it (U+200B, U+FEFF, the full-width @). */
CSMTP_API int CSMTP_CALL CSmtp_AddRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddCCRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddBCCRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
/* Adds a file, which is opened when the mail is sent. Its name in the mail is the
 * last component of path. Slash and backslash separate components on every
 * system, because the reader may use another one. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachment(CSmtpHandle h, const char *path); /* [message] */
/* One more line of the body; CR, LF and CRLF within it are line ends. */
CSMTP_API int CSMTP_CALL CSmtp_AddMsgLine(CSmtpHandle h, const char *text); /* [message] */
/* Clears what belongs to one message: recipients of all kinds, bodies,
 * attachments, images, invitation, and everything else that a function marked
 * [message] has set. As in CSmtp, it keeps subject, sender, Reply-To, X-Mailer,
 * priority, charset, receipt and CSmtp_SetHTML. The next mail gets a new
 * Message-ID. */
CSMTP_API int CSMTP_CALL CSmtp_ClearMessage(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelBCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelAttachments(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelMsgLines(CSmtpHandle h);
/* line counts from 0; CSMTP_OUT_OF_MSG_RANGE if there is no such line. */
CSMTP_API int CSMTP_CALL CSmtp_DelMsgLine(CSmtpHandle h, unsigned int line);
/* As DelMsgLine; a text of NULL changes nothing. */
CSMTP_API int CSMTP_CALL CSmtp_ModMsgLine(CSmtpHandle h, unsigned int line, const char *text);
/* Counts; 0 with a bad handle. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetCCRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetBCCRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetMsgLines(CSmtpHandle h);
/* NULL, and CSMTP_OUT_OF_MSG_RANGE as last error, when there is no such line. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetMsgLineText(CSmtpHandle h, unsigned int line);
CSMTP_API int CSMTP_CALL CSmtp_SetSubject(CSmtpHandle h, const char *subject); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetSenderName(CSmtpHandle h, const char *name); /* [setting] */
/* From, and the envelope's reverse-path. */
CSMTP_API int CSMTP_CALL CSmtp_SetSenderMail(CSmtpHandle h, const char *email); /* [setting] */
/* An address, an address with a name, or a list of them. */
CSMTP_API int CSMTP_CALL CSmtp_SetReplyTo(CSmtpHandle h, const char *reply_to); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetXMailer(CSmtpHandle h, const char *x_mailer); /* [setting] */
/* IANA name of the charset of all texts; "US-ASCII" at first. 8-bit text under
 * it is taken as UTF-8 when it is valid UTF-8, and refused otherwise. */
CSMTP_API int CSMTP_CALL CSmtp_SetCharSet(CSmtpHandle h, const char *charset); /* [setting] */
/* Asks for a message disposition notification (RFC 8098) to Reply-To, else the sender. */
CSMTP_API int CSMTP_CALL CSmtp_SetReadReceipt(CSmtpHandle h, int request_receipt); /* [setting] */
/* CSMTP_XPRIORITY_...; any other number is Normal. */
CSMTP_API int CSMTP_CALL CSmtp_SetXPriority(CSmtpHandle h, int priority); /* [setting] */
/* The lines are HTML (CSmtp's m_bHTML). */
CSMTP_API int CSMTP_CALL CSmtp_SetHTML(CSmtpHandle h, int html); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_GetHTML(CSmtpHandle h); /* 0 or 1 */
CSMTP_API const char *CSMTP_CALL CSmtp_GetSubject(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetSenderName(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetMailFrom(CSmtpHandle h); /* SetSenderMail's */
CSMTP_API const char *CSMTP_CALL CSmtp_GetReplyTo(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetXMailer(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_GetXPriority(CSmtpHandle h); /* CSMTP_XPRIORITY_... */

/* ---- The server -------------------------------------------------------- */

/* port 0 is 25, or 465 with CSMTP_USE_SSL. authenticate 0: no login although
 * the server offers one. server may be a list, tried in order:
 * "a.example:587, b.example:465", "[::1]:25". */
CSMTP_API int CSMTP_CALL CSmtp_SetSMTPServer(CSmtpHandle h, const char *server, unsigned short port, int authenticate); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetSecurityType(CSmtpHandle h, int security_type); /* CSMTP_USE_TLS ... [setting] */
CSMTP_API int CSMTP_CALL CSmtp_GetSecurityType(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_SetLogin(CSmtpHandle h, const char *login); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetPassword(CSmtpHandle h, const char *password); /* [setting] */
/* The name sent with EHLO. The default is the name of the host; with a proxy it
 * is "[127.0.0.1]", so that the server learns neither the host's name nor its
 * address. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalHostName(CSmtpHandle h, const char *name); /* [setting] */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostName(CSmtpHandle h);
/* The local address of the open session, else the address of the host's name,
 * else "". With a proxy no name is looked up, so it is "" without a session. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostIP(CSmtpHandle h);
/* Closes an open session, connects, starts TLS and logs in. security_type is
 * kept as by SetSecurityType unless it is CSMTP_DO_NOT_SET. login and password
 * are kept unless NULL or "". server and port are not kept. If a setting that the
 * session depends on changes afterwards, the next mail connects anew. These
 * settings are server, domain, security type, login and its password, token or
 * mechanism (wiping a login, password or token does not count), TLS settings,
 * proxy, local address, local host name and LMTP. New timeouts and a new log
 * apply to the open session. */
CSMTP_API int CSMTP_CALL CSmtp_ConnectRemoteServer(CSmtpHandle h, const char *server, unsigned short port, int security_type, int authenticate, const char *login, const char *password);
/* QUIT, bounded by CSMTP_TIMEOUT_QUIT. Harmless when there is no session. */
CSMTP_API int CSMTP_CALL CSmtp_DisconnectRemoteServer(CSmtpHandle h);
/* Sends the message over the open session, or else over a new one that it closes
 * afterwards. Unless CSmtp_SetPartialDelivery was called, the mail goes to all
 * recipients or to nobody. After an error the session is closed, and the handle
 * can be used again. */
CSMTP_API int CSMTP_CALL CSmtp_Send(CSmtpHandle h);

/* ---- What happened ----------------------------------------------------- */

/* The functions here and under "What happened, in detail" describe the calling
 * thread's own last call on h (getters do not count) if that call failed, sent
 * mail or connected. After CSmtp_Poll or CSmtp_Wait has reported the end of an
 * asynchronous Send, they describe that Send. Otherwise they describe the last
 * such call of any thread. Threads that share a handle thus do not see each
 * other's failures.
 *
 * Every attempt to send (Send, SendRaw, SendRawFile, SendBatch for each of its
 * mails, SendAsync) and ConnectRemoteServer first clears the results of the last
 * attempt. If a wrong argument or CSmtp_Cancel ends it before it has begun, the
 * outcome is CSMTP_NOT_SENT, and there is no reply, queue id or row. A call that
 * is refused with CSMTP_BUSY is not an attempt. */

/* The number of the last call on h that failed; 0 if none has failed, or after a
 * Send or Connect that succeeded. With h 0: the number of this thread's last
 * CSmtp_New, CSmtp_Clone or call with a bad handle. */
CSMTP_API int CSMTP_CALL CSmtp_GetLastError(CSmtpHandle h);
/* Says what was being done, what the server said and what to do. It never shows a
 * secret. If the server quotes one, in whatever form, the library replaces it by
 * "****", here and in every reply, row and line of the log. A secret of fewer
 * than four characters is replaced only where it stands alone: in quotes or
 * brackets, or at the end of a line after a colon or "=". */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastErrorText(CSmtpHandle h);
/* The reply that was the error or, after a Send that succeeded, the reply that
 * accepted the mail: "530 5.7.0 Access denied"; "" if none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastReply(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_GetLastReplyCode(CSmtpHandle h); /* 530; 0 if none */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastEnhancedCode(CSmtpHandle h); /* "5.7.0" (RFC 3463); "" if none */
/* The outcome of the last attempt to send: CSMTP_NOT_SENT ... The error number,
 * the error text, CSmtp_GetLastReply and its codes all come from the same reply.
 * From MAIL on, the outcome comes from it too: REJECTED_PERMANENT or
 * REJECTED_TEMPORARY by its first digit. If a mail is refused more than once, it
 * is the first permanent refusal (5yz) in the order of the recipients, or else
 * the first temporary one (4yz). This holds for SMTP, LMTP and BDAT, for one
 * transaction or several (LIMITS RCPTMAX), and in a batch. If a mail goes to all
 * or to nobody and the server does not offer PIPELINING, no RCPT follows the
 * first refusal.
 * If the connection is lost after a refusal, the refusal decides the outcome,
 * unless a recipient was accepted in between who could have got the mail. The
 * rows hold the reply for each recipient; CSmtp_GetResultCode is 0 for a
 * recipient without a reply.
 * NOT_SENT means that the attempt failed before MAIL, such as at the login, or
 * that the connection was lost. IN_DOUBT never comes from a reply.
 * Each reply belongs to one command. If a reply is missing or left over, the
 * session is out of step: the error is CSMTP_UNDEF_XYZ_RESPONSE, and a mail is
 * IN_DOUBT if its last octet was sent and its own reply cannot be identified.
 * ACCEPTED, and PARTIAL without an error, come from the reply that accepted the
 * mail. PARTIAL with an error comes from the failure for the other recipients. */
CSMTP_API int CSMTP_CALL CSmtp_GetOutcome(CSmtpHandle h);
/* The fixed text of an error number; never NULL. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetErrorText(int error);
/* "1.0.0" */
CSMTP_API const char *CSMTP_CALL CSmtp_GetVersion(void);

/* ======== Beyond CSmtp ================================================== */

/* ---- Body and parts ---------------------------------------------------- */

/* The whole body as one text, instead of its lines. */
CSMTP_API int CSMTP_CALL CSmtp_SetTextBody(CSmtpHandle h, const char *text); /* [message] */
/* An HTML form of the body beside the lines (multipart/alternative); "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetHTMLBody(CSmtpHandle h, const char *html); /* [message] */
/* The text is format=flowed (RFC 3676): lines that end in a space go on. */
CSMTP_API int CSMTP_CALL CSmtp_SetFlowed(CSmtpHandle h, int flowed); /* [setting] */
/* 1: 8-bit text goes as it is where the server offers 8BITMIME (RFC 6152); at
 * first 0: quoted-printable or base64, which every server passes on. */
CSMTP_API int CSMTP_CALL CSmtp_SetEightBit(CSmtpHandle h, int eight_bit); /* [setting] */
/* name and content_type may be NULL: then they come from the path. Only the last
 * component of a name or path is sent. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentAs(CSmtpHandle h, const char *path, const char *name, const char *content_type); /* [message] */
/* size octets of data, copied. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentData(CSmtpHandle h, const char *name, const char *content_type, const void *data, size_t size); /* [message] */
/* Fills buffer and gives the number of octets; 0 at the end, less than 0 on
 * failure. A capacity of 0 means: start again from the beginning. */
typedef int64_t(CSMTP_CALL *CSmtpReadFunction)(void *user, void *buffer, size_t capacity);
/* size is the number of octets that will come, or -1 when it is not known. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentReader(CSmtpHandle h, const char *name, const char *content_type, int64_t size, CSmtpReadFunction read, void *user); /* [message] */
/* An image shown by <img src="cid:CONTENT_ID"> in the HTML body (RFC 2392). */
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImage(CSmtpHandle h, const char *path, const char *content_id); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImageData(CSmtpHandle h, const char *content_id, const char *name, const char *content_type, const void *data, size_t size); /* [message] */
/* An invitation or its like (RFC 6047): method is the iCalendar METHOD, e.g.
 * "REQUEST", calendar the iCalendar text; both "" drop it. */
CSMTP_API int CSMTP_CALL CSmtp_SetCalendar(CSmtpHandle h, const char *method, const char *calendar); /* [message] */

/* ---- Header fields ----------------------------------------------------- */

/* Any field that no other function sets. */
CSMTP_API int CSMTP_CALL CSmtp_AddHeader(CSmtpHandle h, const char *name, const char *value); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_DelHeaders(CSmtpHandle h);
/* "<left@right>"; "" makes a new one for the next mail. */
CSMTP_API int CSMTP_CALL CSmtp_SetMessageID(CSmtpHandle h, const char *message_id); /* [message] */
/* The Message-ID that was set, else that of the mail last sent, saved or
 * rendered; "" after ClearMessage. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetMessageID(CSmtpHandle h);
/* Seconds since 1970-01-01 UTC; 0 means the time of sending. */
CSMTP_API int CSMTP_CALL CSmtp_SetDate(CSmtpHandle h, int64_t seconds); /* [message] */
/* Adds an author to From, after SetSenderMail's. Two authors or more require
 * CSmtp_SetSender (RFC 5322, 3.6.2). name may be NULL. */
CSMTP_API int CSMTP_CALL CSmtp_AddFrom(CSmtpHandle h, const char *email, const char *name); /* [message] */
/* The one who sends the mail for its authors; name may be NULL. */
CSMTP_API int CSMTP_CALL CSmtp_SetSender(CSmtpHandle h, const char *email, const char *name); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetInReplyTo(CSmtpHandle h, const char *message_ids); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetReferences(CSmtpHandle h, const char *message_ids); /* [message] */
/* RFC 3834: "auto-generated", "auto-replied"; "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetAutoSubmitted(CSmtpHandle h, const char *keyword); /* [message] */
/* RFC 2369: "<https://...>, <mailto:...>"; one_click adds RFC 8058's field. */
CSMTP_API int CSMTP_CALL CSmtp_SetListUnsubscribe(CSmtpHandle h, const char *uris, int one_click); /* [message] */

/* ---- Signatures -------------------------------------------------------- */

/* DKIM (RFC 6376, 8463): key is a PEM private key, RSA or Ed25519. Each call
 * adds a signature. */
CSMTP_API int CSMTP_CALL CSmtp_AddDKIMKey(CSmtpHandle h, const char *domain, const char *selector, const char *key); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_DelDKIMKeys(CSmtpHandle h);
/* S/MIME (RFC 8551): PEM certificate, with its chain, and PEM private key;
 * certificate "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetSMIMEKey(CSmtpHandle h, const char *certificate, const char *key); /* [setting] */

/* ---- The message without a connection ---------------------------------- */

/* Gives the octets that Send would send, before dot-stuffing. *data stays valid as
 * long as a string that a getter returns. */
CSMTP_API int CSMTP_CALL CSmtp_RenderMessage(CSmtpHandle h, const char **data, size_t *size);
/* Writes the same octets to a file (.eml). The umask sets the mode of a new file.
 * An existing file, also behind a symbolic link, is replaced once everything is
 * written, and keeps its mode; after an error it is unchanged. */
CSMTP_API int CSMTP_CALL CSmtp_SaveMessage(CSmtpHandle h, const char *path);

/* ---- TLS --------------------------------------------------------------- */

/* 0: accepts any certificate. Against an attacker this is no better than no TLS. */
CSMTP_API int CSMTP_CALL CSmtp_SetVerifyPeer(CSmtpHandle h, int verify); /* [setting] */
/* PEM file of certificate authorities, instead of the system's. "" goes back. */
CSMTP_API int CSMTP_CALL CSmtp_SetCAFile(CSmtpHandle h, const char *path); /* [setting] */
/* Each file in the directory as by SetCAFile; both may be set. */
CSMTP_API int CSMTP_CALL CSmtp_SetCADirectory(CSmtpHandle h, const char *path); /* [setting] */
/* PEM files. key_file may be NULL or "" if the key is in certificate_file. A
 * certificate_file of "" removes the certificate. */
CSMTP_API int CSMTP_CALL CSmtp_SetClientCertificate(CSmtpHandle h, const char *certificate_file, const char *key_file); /* [setting] */
/* "sha256//BASE64" of the server's public key, several with ';' (as curl). */
CSMTP_API int CSMTP_CALL CSmtp_SetPinnedPublicKey(CSmtpHandle h, const char *pins); /* [setting] */
/* CSMTP_TLS_1_0 = 10 ... CSMTP_TLS_1_3 = 13; 0 is the default, 1.2. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMinVersion(CSmtpHandle h, int version); /* [setting] */
/* For a server whose newest version is broken; 0 is the default, none. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMaxVersion(CSmtpHandle h, int version); /* [setting] */
/* The name in the certificate where it is not the name dialled. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSServerName(CSmtpHandle h, const char *name); /* [setting] */
/* Of the open session: "TLS 1.3, TLS_AES_128_GCM_SHA256"; "" in clear. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetTLSInfo(CSmtpHandle h);
/* Of the certificates that the server showed in the open session, 0 being its
 * own and the others those that vouch for it: a CSMTP_CERTIFICATE_... "" when
 * there is no such. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetPeerCertificate(CSmtpHandle h, unsigned int index, int field);

/* ---- Login ------------------------------------------------------------- */

/* SASL mechanisms in order, e.g. "XOAUTH2" or "SCRAM-SHA-256 PLAIN"; "" lets
 * the strongest that the server offers be taken. */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthMechanism(CSmtpHandle h, const char *mechanisms); /* [setting] */
/* The identity to act as, where it is not the login's (RFC 4422). */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthorizationID(CSmtpHandle h, const char *id); /* [setting] */
/* Applies to CSMTP_NO_SECURITY. With 0, neither a password nor a token is sent in
 * clear. With 1, both are, if the server offers nothing better. Without this
 * call, a password may be sent in clear but not a token: sending then gives
 * CSMTP_LOGIN_NOT_SUPPORTED before it connects. CSMTP_USE_TLS_IF_OFFERED never
 * logs in without TLS, whatever allow is: CSMTP_LOGIN_NOT_SUPPORTED. */
CSMTP_API int CSMTP_CALL CSmtp_SetClearLogin(CSmtpHandle h, int allow); /* [setting] */
/* Logs in by XOAUTH2 or OAUTHBEARER with this OAuth 2.0 access token instead of
 * the password. It needs TLS, unless CSmtp_SetClearLogin(h, 1) was called. ""
 * removes the token. */
CSMTP_API int CSMTP_CALL CSmtp_SetAccessToken(CSmtpHandle h, const char *token); /* [setting] */
/* Gives a token, copied at once, or NULL for none; refused is 1 when the last
 * one was refused by the server. fn NULL takes the callback away. */
typedef const char *(CSMTP_CALL *CSmtpTokenFunction)(void *user, int refused);
CSMTP_API int CSMTP_CALL CSmtp_SetTokenCallback(CSmtpHandle h, CSmtpTokenFunction fn, void *user); /* [setting] */
/* The library gets its tokens itself (RFC 6749, 4.4 and 6). token_url is an
 * https URL, or "microsoft:TENANT", or "google"; scope "" is the provider's for
 * mail. Tokens are shared by handles with the same settings. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2ClientCredentials(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *scope); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2RefreshToken(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *refresh_token, const char *scope); /* [setting] */
/* The refresh token that the token server gave in place of the one set: keep
 * it, the old one may be void. "" when it gave none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetOAuth2RefreshToken(CSmtpHandle h);
/* The SASL mechanism that logged in the open session, for example
 * "SCRAM-SHA-256-PLUS"; "" without a session or a login. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetAuthMechanismUsed(CSmtpHandle h);

/* ---- Connecting -------------------------------------------------------- */

/* Uses the servers that domain publishes (SRV records, RFC 6186 and 8314) instead
 * of SetSMTPServer's. "" goes back to those. With CSmtp_SetProxy, connecting
 * gives CSMTP_BAD_ARGUMENT: a proxy cannot look up these records, and a DNS query
 * past the proxy would reveal where the mail goes. */
CSMTP_API int CSMTP_CALL CSmtp_SetServerDomain(CSmtpHandle h, const char *domain); /* [setting] */
/* The local IP address to connect from; "" is any. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalAddress(CSmtpHandle h, const char *address); /* [setting] */
/* "socks5://user:password@host:port", "http://..." or "https://..." (CONNECT);
 * "" is none. The proxy looks up the server's name; this host looks up only the
 * proxy's name. The next mail closes an open session and connects anew. */
CSMTP_API int CSMTP_CALL CSmtp_SetProxy(CSmtpHandle h, const char *url); /* [setting] */
/* 1: LMTP (RFC 2033). A server of "unix:/path" is a unix socket, for SMTP too. */
CSMTP_API int CSMTP_CALL CSmtp_SetLMTP(CSmtpHandle h, int lmtp); /* [setting] */
/* CSMTP_TIMEOUT_..., in milliseconds; 0 is the default. */
CSMTP_API int CSMTP_CALL CSmtp_SetTimeout(CSmtpHandle h, int step, unsigned int milliseconds); /* [setting] */
/* Sends NOOP, so that the open session does not time out.
 * CSMTP_CONNECTION_CLOSED if there is no session, or the connection was lost. */
CSMTP_API int CSMTP_CALL CSmtp_KeepAlive(CSmtpHandle h);
/* The address and port that the open session is connected to, else those of the
 * last connection of the last attempt to send or connect, even if it failed later:
 * "192.0.2.1:587", "[2001:db8::1]:465", or the path of a unix socket. With a proxy
 * it is the proxy's address. "" if there was no connection. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetPeerAddress(CSmtpHandle h);
/* Parameters of a service extension of the open session ("SIZE" gives
 * "35882577"), "" when it has none, NULL when it is not offered. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtension(CSmtpHandle h, const char *name);
/* All of them, by name, a line each: "8BITMIME\nSIZE 35882577\n"; "" when there
 * is no session, or no extension. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtensions(CSmtpHandle h);

/* ---- The envelope ------------------------------------------------------ */

/* The reverse-path if it is not SetSenderMail's: one address without a name.
 * "<>" is the null reverse-path; "" goes back to SetSenderMail's. */
CSMTP_API int CSMTP_CALL CSmtp_SetEnvelopeFrom(CSmtpHandle h, const char *email); /* [setting] */
/* 1: sends to the accepted recipients even if others are refused. The mail is
 * refused only if no recipient gets it. */
CSMTP_API int CSMTP_CALL CSmtp_SetPartialDelivery(CSmtpHandle h, int partial); /* [setting] */
/* Delivery status notifications (RFC 3461) for all recipients: notify "NEVER"
 * or some of "SUCCESS,FAILURE,DELAY"; ret "FULL" or "HDRS"; each may be "".
 * Left out where the server does not offer DSN. */
CSMTP_API int CSMTP_CALL CSmtp_SetDSN(CSmtpHandle h, const char *notify, const char *ret, const char *envelope_id); /* [setting; envelope_id: message] */
/* For one recipient already added: notify as above, original "" or the address
 * the mail was first sent to. */
CSMTP_API int CSMTP_CALL CSmtp_SetRecipientDSN(CSmtpHandle h, const char *email, const char *notify, const char *original); /* [message] */
/* CSMTP_DATA, CSMTP_BDAT where CHUNKING is offered, or CSMTP_BINARY where
 * BINARYMIME is: attachments then go unencoded (RFC 3030). */
CSMTP_API int CSMTP_CALL CSmtp_SetChunking(CSmtpHandle h, int mode); /* [setting] */
/* REQUIRETLS (RFC 8689); CSMTP_NOT_OFFERED where the server has none. */
CSMTP_API int CSMTP_CALL CSmtp_SetRequireTLS(CSmtpHandle h, int require); /* [setting] */
/* -9 to 9 (RFC 6710). */
CSMTP_API int CSMTP_CALL CSmtp_SetMTPriority(CSmtpHandle h, int priority); /* [message] */
/* The time limit in seconds, and what happens after it (RFC 2852): "N" notifies
 * the sender, "R" returns the mail. 0 clears it; mode may be NULL then. */
CSMTP_API int CSMTP_CALL CSmtp_SetDeliverBy(CSmtpHandle h, int seconds, const char *mode); /* [message] */
/* Release after seconds, or at a time, seconds since 1970 (RFC 4865); 0 takes it back. */
CSMTP_API int CSMTP_CALL CSmtp_SetHoldFor(CSmtpHandle h, unsigned int seconds); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetHoldUntil(CSmtpHandle h, int64_t seconds); /* [message] */

/* ---- Sending in other ways --------------------------------------------- */

/* Sends a complete message (RFC 5322) of size octets. If from or recipients is
 * NULL, it is taken from the header of the message. Commas separate recipients; a
 * list without any gives CSMTP_UNDEF_RECIPIENTS. The library removes Bcc and
 * corrects line ends. */
CSMTP_API int CSMTP_CALL CSmtp_SendRaw(CSmtpHandle h, const void *data, size_t size, const char *from, const char *recipients);
CSMTP_API int CSMTP_CALL CSmtp_SendRawFile(CSmtpHandle h, const char *path, const char *from, const char *recipients);
/* Sends n mails over the open connection of h, or over a new one. Server, login,
 * TLS, timeouts and log are those of h; message, envelope and progress callback
 * are those of each mail. With PIPELINING a mail takes one round trip; small
 * mails with CSMTP_BDAT (CSmtp_SetChunking) take one for a group of up to 32.
 * The call fills results (n numbers, or NULL) with what CSmtp_Send would have
 * given for each mail. Ask the mail's own handle for its error, outcome, reply
 * and rows. The result is 0 if all mails were accepted, else the first number
 * that is not 0, which is also the last error of h.
 * A refused mail does not stop the next one. If the connection is lost, or the
 * server closes with 421, the mails after that are NOT_SENT and can be sent
 * again. At most one mail is IN_DOUBT, or one group with BDAT. If replies are
 * out of step, so are the earlier mails whose replies nothing has confirmed.
 * The batch sends the remaining mails over a new connection in three cases: the
 * server closes the session between two mails or with a refusal; a mail fails on
 * this side while it is sent; or the session is lost while commands wait behind a
 * message. Some servers that offer PIPELINING cannot take such
 * commands. All handles of the process remember such a server for a day and send
 * to it one mail after the other. A mail that is IN_DOUBT is never sent again.
 * h may not be one of the mails, and no mail may occur twice
 * (CSMTP_BAD_ARGUMENT). A mail that another thread is using, or whose
 * asynchronous Send is under way, gives CSMTP_BUSY. In these cases nothing is
 * sent. Until the call returns, other calls on h and the mails give CSMTP_BUSY,
 * except CSmtp_Cancel, which ends the batch. */
CSMTP_API int CSMTP_CALL CSmtp_SendBatch(CSmtpHandle h, const CSmtpHandle *mails, size_t n, int *results);
/* Called once when an asynchronous Send has ended, on a thread of the library. It
 * may call any function on h, also CSmtp_SendAsync for the next mail, and
 * CSmtp_Free. */
typedef void(CSMTP_CALL *CSmtpDoneFunction)(void *user, CSmtpHandle h, int error);
/* Starts a Send on a thread of the library and returns at once. fn may be NULL:
 * then call Poll or Wait. CSMTP_BUSY if a Send is under way on h; it is under way
 * until its fn has returned. If the result is 0, fn will be called, with
 * CSMTP_CANCELED if h is freed first. user must stay valid until fn has returned.
 * The next call of the same thread on h waits for the Send, unless another
 * thread's call was running on h. */
CSMTP_API int CSMTP_CALL CSmtp_SendAsync(CSmtpHandle h, CSmtpDoneFunction fn, void *user);
/* CSMTP_BUSY while the asynchronous Send is under way, then the number that the
 * Send gave. By then fn has returned, unless fn itself calls Poll. */
CSMTP_API int CSMTP_CALL CSmtp_Poll(CSmtpHandle h);
/* Like Poll, but waits up to milliseconds for the Send to end. In a callback that
 * fn waits for, it gives CSMTP_BUSY at once. */
CSMTP_API int CSMTP_CALL CSmtp_Wait(CSmtpHandle h, unsigned int milliseconds);
/* Ends another thread's call on h within 100 ms; that call gives CSMTP_CANCELED.
 * CSmtp_Cancel does not wait, and a callback may call it. It does not affect
 * later calls. */
CSMTP_API int CSMTP_CALL CSmtp_Cancel(CSmtpHandle h);

/* ---- What happened, in detail ------------------------------------------ */

/* The step of the session in which the last call failed: CSMTP_PHASE_... A wrong
 * setting that is found before the connection belongs to its step: a missing
 * password to CSMTP_PHASE_AUTH. CSMTP_PHASE_NONE if the error belongs to no step,
 * such as a wrong argument, or if CSmtp_GetLastError is 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetPhase(CSmtpHandle h);
/* 1 if the last Send can be repeated without the risk of a second copy. */
CSMTP_API int CSMTP_CALL CSmtp_IsSafeToRetry(CSmtpHandle h);
/* The server's name for the mail last accepted; "" when it gave none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetQueueID(CSmtpHandle h);
/* A row for each recipient of the last Send, in order To, Cc, Bcc. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetResultCount(CSmtpHandle h);
/* NULL, 0 or "" when there is no such row, or the server was not asked. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultRecipient(CSmtpHandle h, unsigned int row);
CSMTP_API int CSMTP_CALL CSmtp_GetResultAccepted(CSmtpHandle h, unsigned int row); /* 0 or 1 */
CSMTP_API int CSMTP_CALL CSmtp_GetResultCode(CSmtpHandle h, unsigned int row); /* e.g. 550 */
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultEnhancedCode(CSmtpHandle h, unsigned int row); /* e.g. "5.1.1" */
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultReply(CSmtpHandle h, unsigned int row); /* the whole reply */
/* Called from time to time while the message is sent, with the octets sent and
 * the total (-1 if unknown). A result other than 0 cancels. fn NULL removes it. */
typedef int(CSMTP_CALL *CSmtpProgressFunction)(void *user, int64_t sent, int64_t total);
CSMTP_API int CSMTP_CALL CSmtp_SetProgressCallback(CSmtpHandle h, CSmtpProgressFunction fn, void *user); /* [setting] */
/* Each line of the dialogue, secrets masked: direction CSMTP_LOG_... fn NULL
 * takes it away. */
typedef void(CSMTP_CALL *CSmtpLogFunction)(void *user, int direction, const char *line);
CSMTP_API int CSMTP_CALL CSmtp_SetLogCallback(CSmtpHandle h, CSmtpLogFunction fn, void *user); /* [setting] */
/* Appends the same lines to a file, with time and direction; "" stops it. A new
 * file gets mode 0600. An existing file keeps its mode; if other users can read
 * it, the log says so at each connection. A symbolic link is not followed:
 * CSMTP_FILE_NOT_EXIST. /dev/stdout, /dev/stderr, /dev/fd/N and /proc/self/fd/N
 * mean the program's own descriptor N, as long as it stays open on the same file,
 * pipe or terminal. A FIFO needs a reader; lines are lost if the reader does not
 * read for a second. */
CSMTP_API int CSMTP_CALL CSmtp_SetLogFile(CSmtpHandle h, const char *path); /* [setting] */

#ifdef __cplusplus
}
#endif

#endif
