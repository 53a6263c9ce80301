/* SPDX-License-Identifier: MIT
 *
 * csmtp_c.h: the C API of libcsmtp, and its manual. libcsmtp builds a mail (RFC
 * 5322) and submits it to an SMTP server (RFC 5321). Anything not declared in
 * this file is not public API. The meaning of a constant or a function does not
 * change in later versions.
 *
 * This program sends a mail over TLS:
 *
 * @code
 * #include <stdio.h>
 *
 * #include "csmtp_c.h"
 *
 * int main(void) {
 *   int error;
 *   CSmtpHandle h = CSmtp_New();
 *   CSmtp_SetSMTPServer(h, "smtp.example.com", 587, 1);
 *   CSmtp_SetSecurityType(h, CSMTP_USE_TLS);
 *   CSmtp_SetLogin(h, "alice@example.com");
 *   CSmtp_SetPassword(h, "secret");
 *   CSmtp_SetSenderMail(h, "alice@example.com");
 *   CSmtp_AddRecipient(h, "bob@example.com", "Bob");
 *   CSmtp_SetSubject(h, "Hello");
 *   CSmtp_AddMsgLine(h, "Lunch at one?");
 *   error = CSmtp_Send(h);
 *   if (error != CSMTP_NO_ERROR)
 *     fprintf(stderr, "%d: %s\n", error, CSmtp_GetLastErrorText(h));
 *   CSmtp_Free(h);
 *   return error != CSMTP_NO_ERROR;
 * }
 * @endcode
 *
 * Each group of functions begins with an example. In all examples, h is a
 * handle that CSmtp_New returned. A comment above several functions describes
 * all of them, and its verbs are in the plural: "Return" instead of "Returns".
 * If the name of a parameter or of a struct member could be mistaken for an
 * ordinary word, the name is in single quotes or follows the words "the
 * parameter". "Class CSmtp" means the older C++ class from CodeProject
 * (revisions 1.9 to 2.4), which this library replaces.
 *
 * Results
 * -------
 * A function that returns int returns 0 (CSMTP_NO_ERROR) on success and an
 * error number otherwise, unless its comment says that it returns a count or a
 * value. After an error, CSmtp_GetLastErrorText returns a text that says what
 * was being done, what the server said and what to do. Any function can return
 * one of these errors, which are mentioned below only where a function has a
 * particular reason to return them: CSMTP_BAD_HANDLE, CSMTP_FORKED, CSMTP_BUSY,
 * CSMTP_LACK_OF_MEMORY, CSMTP_CANNOT_START and CSMTP_INTERNAL. If a pointer is NULL, a function returns CSMTP_BAD_ARGUMENT,
 * unless its comment permits NULL or names another error.
 *
 * A setter stores its value and does not check it, unless its comment says
 * otherwise. The functions that build the message (CSmtp_Send, CSmtp_SendAsync,
 * CSmtp_SendBatch, CSmtp_PoolSend, CSmtp_PoolSubmit, CSmtp_RenderMessage and
 * CSmtp_SaveMessage) check all texts. If a text is invalid, the error is
 * CSMTP_BAD_INPUT, the mail is not sent, and the error text names the setter.
 * Below, "building the message returns X" means that the function that builds
 * the message returns X. "Sending returns X" and "connecting returns X" are
 * used in the same way.
 *
 * Message and settings
 * --------------------
 * Each function that stores something is marked [message] or [setting].
 * CSmtp_ClearMessage clears what the [message] functions stored. A value that a
 * [setting] function stored stays until you set it again.
 *
 * Strings
 * -------
 * A string argument is NUL-terminated. The library copies it before the call
 * returns. CR and LF at the end of a string are removed, unless the string is a
 * body, a calendar, a certificate or a key. Texts of the message are in the
 * charset that CSmtp_SetCharSet sets. Mail addresses, paths and all texts about
 * the connection, such as host names, are in UTF-8. If a path, a host name or a
 * URL contains a control character, it is refused, either by its setter or by
 * the function that uses it; the error text names the character and its
 * position.
 *
 * A string that a getter returns belongs to the library. Do not free it. It
 * stays valid until one of these happens: the handle is freed; the thread that
 * called the getter ends; or that thread calls the same getter again (same
 * handle and index) after the text has changed. If the getter was called in a
 * callback on a thread of the library, the string stays valid only until the
 * callback returns. Calls from other threads on the handle, except CSmtp_Free,
 * do not change or free the string. If there is no text, a getter returns "" and
 * not NULL, unless its comment says otherwise.
 *
 * Handles and threads
 * -------------------
 * A handle is a number. It is never reused after CSmtp_Free; 0 is never a valid
 * handle. A call with a handle that does not exist returns CSMTP_BAD_HANDLE.
 *
 * Any thread may use any handle. If a thread calls a function on a handle while
 * another thread's call on that handle is running, the second call waits until
 * the first has returned. There are these exceptions:
 *
 * - CSmtp_Cancel and CSmtp_Free cancel the first call.
 *
 * - CSmtp_SendAsync and CSmtp_Poll do not wait for the first call. CSmtp_Wait
 *   waits only for an asynchronous Send.
 *
 * - The functions that report what happened do not wait if they report on a
 *   call from their own thread (see "What happened").
 *
 * - While a batch or a pool uses the handle, most functions return CSMTP_BUSY
 *   at once: see CSmtp_SendBatch, CSmtp_PoolSend and CSmtp_PoolSubmit.
 *
 * - Calls on the handle of a pool do not wait for each other: see "A pool of
 *   relays".
 *
 * An asynchronous Send counts as a call until it ends: see CSmtp_SendAsync.
 *
 * Processes
 * ---------
 * On Linux, the library starts its threads at the first call. A child process
 * that was forked before that call can use the library independently of its
 * parent. A child that was forked later inherits the handles with their
 * settings, messages and callbacks, but not their sessions. docs/embedding.md
 * has the details, and says when a call in such a child returns CSMTP_FORKED.
 * For Windows, see docs/visual-studio.md.
 *
 * Callbacks
 * ---------
 * Most callbacks run during a library call, such as CSmtp_Send: on the thread
 * that made the call, with the signal mask that the thread had before the call,
 * and never after the call has returned. The callbacks of an asynchronous Send
 * run on a thread of the library, as do those of a pool by default. A
 * callback's own handle is the handle on which the callback was set. A callback
 * may call CSmtp_Cancel on its own handle, and any function on other handles.
 * Other calls on its own handle return CSMTP_BUSY, and CSmtp_Free does not free
 * that handle. The done callback of CSmtp_SendAsync is an exception: it may
 * call any function. For the callbacks of a pool, see "A pool of relays".
 *
 * A callback must return normally. A C++ exception that escapes from a callback
 * ends the program. If a callback exits by longjmp, its own handle stays busy
 * permanently, and the memory of the interrupted call is not freed. Calls on
 * that handle then return CSMTP_BUSY on the same thread and block for ever on
 * other threads. Other handles are not affected.
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

/* A handle: a number that identifies an object. The object holds settings, a
 * message and, while it is connected, a session. */
typedef uintptr_t CSmtpHandle;

/* Error numbers. The numbers below 900 come from ECSmtp::CSmtpError of class
 * CSmtp. The numbers without a comment exist only so that old programs still
 * compile; the library never returns them. CSmtp_GetErrorText returns a
 * sentence for each number. */
enum {
  CSMTP_NO_ERROR = 0, /* success */
  CSMTP_WSA_STARTUP = 100,
  CSMTP_WSA_VER = 101,
  CSMTP_WSA_SEND = 102,
  CSMTP_WSA_RECV = 103,
  CSMTP_WSA_CONNECT = 104, /* the server or the proxy refused the connection, or cannot be reached */
  CSMTP_WSA_GETHOSTBY_NAME_ADDR = 105, /* no address was found for the server's name, or no server is set */
  CSMTP_WSA_INVALID_SOCKET = 106,
  CSMTP_WSA_HOSTNAME = 107,
  CSMTP_WSA_IOCTLSOCKET = 108,
  CSMTP_WSA_SELECT = 109,
  CSMTP_BAD_IPV4_ADDR = 110,
  CSMTP_UNDEF_MSG_HEADER = 200,
  CSMTP_UNDEF_MAIL_FROM = 201, /* no sender: call CSmtp_SetSenderMail */
  CSMTP_UNDEF_SUBJECT = 202,
  CSMTP_UNDEF_RECIPIENTS = 203, /* no recipient at all */
  CSMTP_UNDEF_LOGIN = 204, /* no login is set: call CSmtp_SetLogin, or turn authentication off in CSmtp_SetSMTPServer */
  CSMTP_UNDEF_PASSWORD = 205, /* no password is set: call CSmtp_SetPassword */
  CSMTP_BAD_LOGIN_PASSWORD = 206,
  CSMTP_BAD_DIGEST_RESPONSE = 207, /* the server failed to prove that it knows the password (DIGEST-MD5, SCRAM) */
  CSMTP_BAD_SERVER_NAME = 208,
  CSMTP_UNDEF_RECIPIENT_MAIL = 209, /* the address of a recipient is NULL or empty, or that of an author is NULL */
  CSMTP_COMMAND_MAIL_FROM = 300, /* the server refused MAIL */
  CSMTP_COMMAND_EHLO = 301, /* the server refused EHLO or HELO */
  CSMTP_COMMAND_AUTH_PLAIN = 302, /* the server refused AUTH PLAIN */
  CSMTP_COMMAND_AUTH_LOGIN = 303, /* the server refused to start AUTH LOGIN */
  CSMTP_COMMAND_AUTH_CRAMMD5 = 304, /* the server refused to start AUTH CRAM-MD5 */
  CSMTP_COMMAND_AUTH_DIGESTMD5 = 305, /* the server refused to start AUTH DIGEST-MD5 */
  CSMTP_COMMAND_DIGESTMD5 = 306, /* the server's DIGEST-MD5 challenge is invalid */
  CSMTP_COMMAND_DATA = 307, /* the server refused DATA */
  CSMTP_COMMAND_QUIT = 308, /* the server refused QUIT */
  CSMTP_COMMAND_RCPT_TO = 309, /* the server refused a recipient (RCPT) */
  CSMTP_MSG_BODY_ERROR = 310, /* the server refused the message after it was sent, or an attachment could not be read */
  CSMTP_CONNECTION_CLOSED = 400, /* the connection was lost, or there is no session */
  CSMTP_SERVER_NOT_READY = 401,
  CSMTP_SERVER_NOT_RESPONDING = 402, /* no reply in time, or the greeting was not 220 */
  CSMTP_SELECT_TIMEOUT = 403, /* the connection was not established in time */
  CSMTP_FILE_NOT_EXIST = 404, /* a file is missing, unreadable or not a regular file */
  CSMTP_MSG_TOO_BIG = 405, /* the message is larger than the server (SIZE, RFC 1870) or the service (CSmtp_SetTransport) accepts */
  CSMTP_BAD_LOGIN_PASS = 406, /* the server refused the login */
  CSMTP_UNDEF_XYZ_RESPONSE = 407, /* the reply is not valid SMTP, or replies no longer match the commands */
  CSMTP_LACK_OF_MEMORY = 408, /* out of memory */
  CSMTP_TIME_ERROR = 409,
  CSMTP_RECVBUF_IS_EMPTY = 410,
  CSMTP_SENDBUF_IS_EMPTY = 411,
  CSMTP_OUT_OF_MSG_RANGE = 412, /* the body has no line with this number */
  CSMTP_COMMAND_EHLO_STARTTLS = 413, /* the server refused STARTTLS */
  CSMTP_SSL_PROBLEM = 414, /* certificate, TLS version or handshake: see the error text */
  CSMTP_COMMAND_DATABLOCK = 415,
  CSMTP_STARTTLS_NOT_SUPPORTED = 416, /* the server does not offer STARTTLS */
  CSMTP_LOGIN_NOT_SUPPORTED = 417, /* no common SASL mechanism, or the login needs TLS: see the error text */
  CSMTP_BAD_HANDLE = 900, /* the handle is 0, was freed, or never existed */
  CSMTP_FORKED = 901, /* this child process cannot use the handle or the library: see docs/embedding.md */
  CSMTP_BAD_ARGUMENT = 902, /* an argument is NULL, out of range or unknown */
  CSMTP_BAD_INPUT = 903, /* a text in the message or in the settings is invalid: the error text names the setter */
  CSMTP_CANCELED = 904, /* canceled by CSmtp_Cancel, CSmtp_Free or a callback; or the pool accepts no more mails */
  CSMTP_BUSY = 905, /* not possible now: called from a callback of the same handle, or the handle or the pool is in use (see the function) */
  CSMTP_NOT_OFFERED = 906, /* the server does not offer a service extension that the message or the settings require */
  CSMTP_NO_TOKEN = 907, /* no access token could be obtained from the token endpoint or the callback */
  CSMTP_CANNOT_START = 908, /* the library cannot start, for example because of a limit on address space, threads or descriptors */
  CSMTP_BAD_CONFIG = 909, /* the file named by the environment variable CSMTP_CONFIG cannot be used */
  CSMTP_INTERNAL = 999 /* internal error of the library; only this handle is affected */
};

/* Security types: CSmtp_SetSecurityType and CSmtp_ConnectRemoteServer. */
enum {
  CSMTP_NO_SECURITY = 0, /* no TLS */
  CSMTP_USE_TLS = 1, /* STARTTLS, required (RFC 3207) */
  CSMTP_USE_SSL = 2, /* implicit TLS (RFC 8314) */
  CSMTP_DO_NOT_SET = 3, /* leaves the security type unchanged */
  CSMTP_USE_TLS_IF_OFFERED = 4 /* STARTTLS if offered, else no TLS and no login */
};

/* Priorities: CSmtp_SetXPriority. */
enum { CSMTP_XPRIORITY_HIGH = 2, CSMTP_XPRIORITY_NORMAL = 3, CSMTP_XPRIORITY_LOW = 4 };

/* Outcomes of a send: CSmtp_GetOutcome. */
enum {
  CSMTP_NOT_SENT = 0, /* the mail was not sent, or not completely, so it was not delivered */
  CSMTP_ACCEPTED = 1, /* accepted for all recipients */
  CSMTP_PARTIAL = 2, /* accepted for some recipients */
  CSMTP_REJECTED_TEMPORARY = 3, /* refused with 4yz: try again later */
  CSMTP_REJECTED_PERMANENT = 4, /* refused with 5yz: do not send the same mail again */
  CSMTP_IN_DOUBT = 5 /* the whole message was sent, but the reply to it did not arrive or cannot be identified (RFC 1047) */
};

/* Steps of a session: CSmtp_GetPhase. */
enum {
  CSMTP_PHASE_NONE = 0, /* no error, or an error that belongs to no step */
  CSMTP_PHASE_RESOLVE = 1, /* looking up the address of the server or the proxy */
  CSMTP_PHASE_CONNECT = 2, /* connecting */
  CSMTP_PHASE_TLS = 3, /* the TLS handshake, also after STARTTLS */
  CSMTP_PHASE_GREETING = 4, /* the greeting */
  CSMTP_PHASE_EHLO = 5, /* EHLO, HELO or LHLO */
  CSMTP_PHASE_STARTTLS = 6, /* STARTTLS */
  CSMTP_PHASE_AUTH = 7, /* the login */
  CSMTP_PHASE_MAIL = 8, /* MAIL */
  CSMTP_PHASE_RCPT = 9, /* RCPT */
  CSMTP_PHASE_DATA = 10, /* DATA, up to the reply 354 */
  CSMTP_PHASE_CONTENT = 11, /* sending the message, after DATA or with BDAT */
  CSMTP_PHASE_END_OF_DATA = 12, /* the reply after the message */
  CSMTP_PHASE_RSET = 13, /* RSET */
  CSMTP_PHASE_NOOP = 14, /* NOOP */
  CSMTP_PHASE_QUIT = 15 /* QUIT */
};

/* Kinds of errors: CSmtp_GetErrorKind. Errors in different steps of a session
 * can have the same kind. Later versions may add kinds. */
enum {
  CSMTP_KIND_NONE = 0, /* no error */
  CSMTP_KIND_RESOLVE = 1, /* no address was found for the name of the server or the proxy */
  CSMTP_KIND_CONNECT = 2, /* the server or the proxy refused the connection, or cannot be reached */
  CSMTP_KIND_TIMEOUT = 3, /* a reply did not arrive in time, or the connection was not established in time */
  CSMTP_KIND_CLOSED = 4, /* the connection was closed or lost */
  CSMTP_KIND_TLS = 5, /* certificate, TLS version or handshake */
  CSMTP_KIND_REFUSED = 6, /* the server sent a refusal: see CSmtp_GetLastReplyCode */
  CSMTP_KIND_PROTOCOL = 7, /* the reply is not valid SMTP, or not a reply to the command */
  CSMTP_KIND_UNSUPPORTED = 8, /* the server does not offer what the settings or the message require */
  CSMTP_KIND_LOCAL = 9, /* an error on this side: an argument, a setting, a text or a file */
  CSMTP_KIND_CANCELED = 10, /* canceled by CSmtp_Cancel, CSmtp_Free or a callback */
  CSMTP_KIND_TOKEN = 11 /* no access token could be obtained */
};

/* Steps with a timeout: CSmtp_SetTimeout. The defaults, in milliseconds, are in
 * brackets. */
enum {
  CSMTP_TIMEOUT_CONNECT = 0, /* connecting to one server: the total for all its addresses [60,000] */
  CSMTP_TIMEOUT_TLS = 1, /* the TLS handshake [60,000] */
  CSMTP_TIMEOUT_GREETING = 2, /* the greeting [300,000] */
  CSMTP_TIMEOUT_COMMAND = 3, /* any reply not listed here [300,000] */
  CSMTP_TIMEOUT_DATA_INIT = 4, /* the reply 354 to DATA [120,000] */
  CSMTP_TIMEOUT_DATA_BLOCK = 5, /* each write of the message [180,000] */
  CSMTP_TIMEOUT_DATA_END = 6, /* the reply after the message [600,000] */
  CSMTP_TIMEOUT_QUIT = 7, /* the reply to QUIT [5,000] */
  CSMTP_TIMEOUT_TOTAL = 8 /* one call in total [0, no limit] */
};

/* TLS versions: CSmtp_SetTLSMinVersion and CSmtp_SetTLSMaxVersion. */
enum { CSMTP_TLS_1_0 = 10, CSMTP_TLS_1_1 = 11, CSMTP_TLS_1_2 = 12, CSMTP_TLS_1_3 = 13 };

/* Fields of a certificate: CSmtp_GetPeerCertificate. */
enum {
  CSMTP_CERTIFICATE_PEM = 0, /* the certificate in PEM form */
  CSMTP_CERTIFICATE_SUBJECT = 1, /* "CN=mail.example.com,O=Example" (RFC 2253) */
  CSMTP_CERTIFICATE_ISSUER = 2, /* in the same form */
  CSMTP_CERTIFICATE_NAMES = 3, /* host names and IP addresses for which the certificate is valid, separated by spaces */
  CSMTP_CERTIFICATE_NOT_BEFORE = 4, /* "2026-01-31T12:00:00Z" (RFC 3339) */
  CSMTP_CERTIFICATE_NOT_AFTER = 5, /* in the same form */
  CSMTP_CERTIFICATE_KEY = 6, /* "RSA 2048", "ECDSA P-256" or "Ed25519" */
  CSMTP_CERTIFICATE_PIN = 7 /* the hash of the public key, in the form that CSmtp_SetPinnedPublicKey accepts */
};

/* Ways to transmit the message: CSmtp_SetChunking. */
enum {
  CSMTP_DATA = 0, /* DATA */
  CSMTP_BDAT = 1, /* BDAT, if the server offers CHUNKING (RFC 3030) */
  CSMTP_BINARY = 2 /* BDAT with unencoded attachments, if the server also offers BINARYMIME */
};

/* Kinds of lines: CSmtp_SetLogCallback. */
enum {
  CSMTP_LOG_CLIENT = 0, /* a line sent to the server */
  CSMTP_LOG_SERVER = 1, /* a line received from the server */
  CSMTP_LOG_EVENT = 2 /* an event such as "connected to 192.0.2.1:587" */
};

/* Kinds of events: CSmtp_SetEventCallback. Each mail that a call or a pool
 * tries to send has exactly one of the events SENT, REFUSED, DOUBT and FAILED.
 * Each CONNECTED is followed by exactly one DISCONNECTED. Later versions may
 * add kinds. */
enum {
  CSMTP_EVENT_CONNECTED = 1, /* a connection was opened */
  CSMTP_EVENT_NOT_CONNECTED = 2, /* no connection could be opened */
  CSMTP_EVENT_TLS = 3, /* the TLS handshake has succeeded */
  CSMTP_EVENT_LOGIN = 4, /* the server has accepted the login */
  CSMTP_EVENT_LOGIN_FAILED = 5, /* the login has failed */
  CSMTP_EVENT_READY = 6, /* the session is ready for mails */
  CSMTP_EVENT_DISCONNECTED = 7, /* the connection has ended; 'error' is 0 if the library has ended it */
  CSMTP_EVENT_SENT = 8, /* a mail was accepted for all or some of its recipients */
  CSMTP_EVENT_REFUSED = 9, /* a mail was refused with 4yz or 5yz */
  CSMTP_EVENT_DOUBT = 10, /* the outcome of a mail is CSMTP_IN_DOUBT */
  CSMTP_EVENT_FAILED = 11, /* a mail was not sent */
  CSMTP_EVENT_RETRY = 12, /* an attempt has failed because of the server; the mail is sent over another session if possible */
  CSMTP_EVENT_PAUSED = 13, /* a relay of a pool gets no mail for the time that 'total' gives */
  CSMTP_EVENT_RESUMED = 14 /* a relay of a pool works again */
};

/* Statistics of a relay: CSmtp_PoolGetCount. */
enum {
  CSMTP_POOL_SENT = 0, /* mails that the relay accepted, for all or some of the recipients */
  CSMTP_POOL_REFUSED = 1, /* mails that the relay refused with 4yz or 5yz */
  CSMTP_POOL_DOUBTFUL = 2, /* mails whose outcome is CSMTP_IN_DOUBT */
  CSMTP_POOL_FAILED = 3, /* attempts that failed before the relay could accept the mail */
  CSMTP_POOL_SESSIONS = 4, /* sessions that are open, or being opened */
  CSMTP_POOL_ACTIVE = 5, /* mails that are being sent */
  CSMTP_POOL_HEALTH = 6, /* 0: the relay works; 1: the relay is paused after a failure; 2: one mail is being sent to test it */
  CSMTP_POOL_PAUSE = 7, /* milliseconds until the relay's pause ends */
  CSMTP_POOL_RATE = 8 /* mails that the relay accepted in the last minute */
};

/* Results of CSmtpReconcileFunction. */
enum {
  CSMTP_UNKNOWN = 0, /* it is not known whether the mail was delivered */
  CSMTP_DELIVERED = 1, /* the mail was delivered */
  CSMTP_NOT_DELIVERED = 2 /* the mail was not delivered, and will not be delivered */
};

/* ---- Handles ----------------------------------------------------------- */

/* A handle holds one message at a time. Use the handle again for the next mail.
 * To send on several threads at the same time, make a handle for each thread.
 * CSmtp_Clone copies a handle that has been set up.
 *
 * @code
 * CSmtpHandle second = CSmtp_Clone(h);
 * if (second == 0)
 *   fprintf(stderr, "%s\n", CSmtp_GetLastErrorText(0));
 * CSmtp_Free(second);
 * @endcode
 */

/* Makes an object with default settings. Settings that class CSmtp also has have
 * the same defaults. Returns the object's handle, or 0 on failure;
 * CSmtp_GetLastError(0) then returns the error number. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_New(void);
/* Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
 * reply, and frees h. The function ignores 0 and handles that do not exist. It
 * cancels calls on h from other threads. It waits until the done callback of an
 * asynchronous Send has returned, even if another thread is already freeing h.
 * It does not wait in two cases, because waiting would cause a deadlock: the done
 * callback of h itself calls CSmtp_Free; or the done callbacks of two handles
 * each call CSmtp_Free or CSmtp_Wait with the other handle. For the handle
 * of a pool, see CSmtp_PoolNew. */
CSMTP_API void CSMTP_CALL CSmtp_Free(CSmtpHandle h);
/* Makes an object with a copy of the settings and the message of h. It does not
 * copy the session or the callbacks (log, event, progress and token). Returns
 * the new handle, or 0 on failure, as CSmtp_New does. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_Clone(CSmtpHandle h);

/* ---- The message (RFC 5322) -------------------------------------------- */

/* The recipients, the text and the header of the mail. The body is a list of
 * lines, or one text (CSmtp_SetTextBody).
 *
 * @code
 * CSmtp_SetCharSet(h, "UTF-8");
 * CSmtp_SetSenderName(h, "Alice");
 * CSmtp_SetSenderMail(h, "alice@example.com");
 * CSmtp_AddRecipient(h, "bob@example.com", "Bob");
 * CSmtp_AddCCRecipient(h, "carol@example.com", NULL);
 * CSmtp_SetSubject(h, "The minutes");
 * CSmtp_AddMsgLine(h, "Hello Bob,");
 * CSmtp_AddMsgLine(h, "the minutes are attached.");
 * CSmtp_AddAttachment(h, "minutes.pdf");
 * if (CSmtp_Send(h) == CSMTP_NO_ERROR)
 *   CSmtp_ClearMessage(h);
 * @endcode
 */

/* Add one recipient to To, Cc or Bcc. The parameter name may be NULL or "".
 * Building the message returns CSMTP_BAD_INPUT if 'email' contains a list, a
 * group, a name, or an invisible or look-alike character (U+200B, U+FEFF, the
 * full-width @). Return CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL. */
CSMTP_API int CSMTP_CALL CSmtp_AddRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddCCRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddBCCRecipient(CSmtpHandle h, const char *email, const char *name); /* [message] */
/* Attaches a file. The file is opened when the message is built; the function
 * that builds the message returns CSMTP_FILE_NOT_EXIST if the file cannot be
 * read. The attachment's name is the last component of 'path'. Slash and
 * backslash both separate components, because the recipient's system may use
 * either. Returns CSMTP_FILE_NOT_EXIST if 'path' is "". */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachment(CSmtpHandle h, const char *path); /* [message] */
/* Adds a line to the body. CR, LF and CRLF in 'text' are line breaks. */
CSMTP_API int CSMTP_CALL CSmtp_AddMsgLine(CSmtpHandle h, const char *text); /* [message] */
/* Clears what belongs to one message: recipients of all kinds, bodies,
 * attachments, images, invitation, and everything else that a function marked
 * [message] stored. It keeps the subject, sender, Reply-To, X-Mailer, priority,
 * charset, read receipt and the setting of CSmtp_SetHTML, as class CSmtp does.
 * The next mail gets a new Message-ID. */
CSMTP_API int CSMTP_CALL CSmtp_ClearMessage(CSmtpHandle h);
/* Remove all To, Cc or Bcc recipients, all attachments and inline images, or all
 * lines of the body. */
CSMTP_API int CSMTP_CALL CSmtp_DelRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelBCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelAttachments(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelMsgLines(CSmtpHandle h);
/* Removes a line of the body. Lines are numbered from 0. Returns
 * CSMTP_OUT_OF_MSG_RANGE if there is no such line. */
CSMTP_API int CSMTP_CALL CSmtp_DelMsgLine(CSmtpHandle h, unsigned int line);
/* Replaces a line of the body. Lines are numbered from 0. If 'text' is NULL,
 * the function does nothing. Returns CSMTP_OUT_OF_MSG_RANGE if there is no such
 * line. */
CSMTP_API int CSMTP_CALL CSmtp_ModMsgLine(CSmtpHandle h, unsigned int line, const char *text);
/* Return the number of To, Cc or Bcc recipients, or of lines of the body; 0 if h
 * is not a valid handle. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetCCRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetBCCRecipientCount(CSmtpHandle h);
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetMsgLines(CSmtpHandle h);
/* Returns a line of the body. Lines are numbered from 0. Returns NULL if there
 * is no such line; the last error is then CSMTP_OUT_OF_MSG_RANGE. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetMsgLineText(CSmtpHandle h, unsigned int line);
/* Sets the Subject. A trailing line break is removed. */
CSMTP_API int CSMTP_CALL CSmtp_SetSubject(CSmtpHandle h, const char *subject); /* [setting] */
/* Sets the name shown with the sender's address in From. */
CSMTP_API int CSMTP_CALL CSmtp_SetSenderName(CSmtpHandle h, const char *name); /* [setting] */
/* Sets the sender: the address in From, and the envelope's reverse-path unless
 * CSmtp_SetEnvelopeFrom sets another. Sending a mail without a sender returns
 * CSMTP_UNDEF_MAIL_FROM. */
CSMTP_API int CSMTP_CALL CSmtp_SetSenderMail(CSmtpHandle h, const char *email); /* [setting] */
/* Sets Reply-To: an address, an address with a name, or a list of them,
 * separated by commas. "" removes the field. */
CSMTP_API int CSMTP_CALL CSmtp_SetReplyTo(CSmtpHandle h, const char *reply_to); /* [setting] */
/* Sets the field X-Mailer. "" (the default) leaves the field out. */
CSMTP_API int CSMTP_CALL CSmtp_SetXMailer(CSmtpHandle h, const char *x_mailer); /* [setting] */
/* Sets the charset of all texts of the message, by its IANA name. The default
 * is "US-ASCII". With "US-ASCII", 8-bit text is sent as UTF-8 if it is valid
 * UTF-8, and otherwise in the charset of the locale: the charset that LC_ALL,
 * LC_CTYPE or LANG named at the first call to the library, or, on Windows, the
 * ANSI code page. If the text is not valid in that charset, it is sent as
 * unknown-8bit (RFC 1428), with the body in base64. The log says which charset
 * was used. Addresses must be UTF-8. Building the message returns
 * CSMTP_BAD_INPUT if the charset is unknown. */
CSMTP_API int CSMTP_CALL CSmtp_SetCharSet(CSmtpHandle h, const char *charset); /* [setting] */
/* If 'strict' is 1, building the message returns CSMTP_BAD_INPUT in two cases:
 * the charset is "US-ASCII" and a text is neither ASCII nor valid UTF-8; or a
 * subject, X-Mailer or name contains a control character. If 'strict' is 0 (the
 * default), the library sends the text as described under CSmtp_SetCharSet in
 * the first case, and replaces each control character with a space in the
 * second case. CR and LF within a subject, X-Mailer or name are always refused. */
CSMTP_API int CSMTP_CALL CSmtp_SetStrict(CSmtpHandle h, int strict); /* [setting] */
/* 1 requests a read receipt (message disposition notification, RFC 8098), to be
 * sent to the address in Reply-To, or to the sender if there is no Reply-To. 0
 * (the default) requests none. */
CSMTP_API int CSMTP_CALL CSmtp_SetReadReceipt(CSmtpHandle h, int request_receipt); /* [setting] */
/* Sets the priority shown to the recipient: CSMTP_XPRIORITY_... Any other number
 * means CSMTP_XPRIORITY_NORMAL, which adds no field, because spam filters treat
 * a priority field in normal mail as suspicious. */
CSMTP_API int CSMTP_CALL CSmtp_SetXPriority(CSmtpHandle h, int priority); /* [setting] */
/* 1 sends the lines of the body as HTML; 0 (the default) sends them as plain
 * text. In class CSmtp this is the member m_bHTML. */
CSMTP_API int CSMTP_CALL CSmtp_SetHTML(CSmtpHandle h, int html); /* [setting] */
/* Returns 1 if the lines of the body are HTML, else 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetHTML(CSmtpHandle h);
/* Return what the setters stored; "" if nothing was set. CSmtp_GetMailFrom
 * returns the address that CSmtp_SetSenderMail stored. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetSubject(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetSenderName(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetMailFrom(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetReplyTo(CSmtpHandle h);
CSMTP_API const char *CSMTP_CALL CSmtp_GetXMailer(CSmtpHandle h);
/* Returns the priority: CSMTP_XPRIORITY_... */
CSMTP_API int CSMTP_CALL CSmtp_GetXPriority(CSmtpHandle h);

/* ---- The server -------------------------------------------------------- */

/* Where to send the mail, and how to log in. CSmtp_Send connects to the server
 * of CSmtp_SetSMTPServer, sends one mail and disconnects:
 *
 * @code
 * CSmtp_SetSMTPServer(h, "smtp.example.com", 465, 1);
 * CSmtp_SetSecurityType(h, CSMTP_USE_SSL);
 * CSmtp_SetLogin(h, "alice@example.com");
 * CSmtp_SetPassword(h, "secret");
 * CSmtp_Send(h);
 * @endcode
 *
 * To send several mails over one session, connect first:
 *
 * @code
 * int error = CSmtp_ConnectRemoteServer(h, "smtp.example.com", 587, CSMTP_USE_TLS, 1,
 *                                       "alice@example.com", "secret");
 * for (int i = 0; i < 3 && error == CSMTP_NO_ERROR; i++)
 *   error = CSmtp_Send(h);
 * CSmtp_DisconnectRemoteServer(h);
 * @endcode
 */

/* Sets the server. 'server' is a host name, an IP address, or a list of
 * servers, such as "a.example:587, b.example:465, [::1]:25", which are tried in
 * order. The library goes on to the next server if a server cannot be reached
 * or replies 4yz to the login or to MAIL, or if the connection is lost before
 * the whole mail has been sent. It never resends a mail that may have been
 * delivered. See also CSmtp_SetServerPause. 'port' applies if 'server', or an
 * entry of the list, has no port of its own; 0 means 25, or 465 with
 * CSMTP_USE_SSL. If 'authenticate' is 1, the library logs in to every server
 * that offers AUTH; if 'authenticate' is 0, the library never logs in.
 * Connecting fails if 'server' is invalid. */
CSMTP_API int CSMTP_CALL CSmtp_SetSMTPServer(CSmtpHandle h, const char *server, unsigned short port, int authenticate); /* [setting] */
/* Sets the security type: CSMTP_NO_SECURITY (the default), CSMTP_USE_TLS,
 * CSMTP_USE_SSL or CSMTP_USE_TLS_IF_OFFERED. CSMTP_DO_NOT_SET changes nothing.
 * Returns CSMTP_BAD_ARGUMENT for any other number. */
CSMTP_API int CSMTP_CALL CSmtp_SetSecurityType(CSmtpHandle h, int security_type); /* [setting] */
/* Returns the security type. */
CSMTP_API int CSMTP_CALL CSmtp_GetSecurityType(CSmtpHandle h);
/* Set the login, and the password. "" clears the value. The library never
 * shows a password in an error text or a log. */
CSMTP_API int CSMTP_CALL CSmtp_SetLogin(CSmtpHandle h, const char *login); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetPassword(CSmtpHandle h, const char *password); /* [setting] */
/* Sets the name sent with EHLO. "" restores the default: without a proxy, the
 * name of this host; with a proxy, "[127.0.0.1]", so that the server learns
 * neither the name nor the address of this host. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalHostName(CSmtpHandle h, const char *name); /* [setting] */
/* Returns the name that CSmtp_SetLocalHostName set, or else the name of this
 * host. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostName(CSmtpHandle h);
/* Returns the local IP address of the open session. Without a session, returns
 * the address that this host's name resolves to, or "" if the name has no
 * address. With a proxy but no session, the function looks up no name and
 * returns "". */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostIP(CSmtpHandle h);
/* Closes the session if one is open, connects to a server, starts TLS and logs
 * in. 'server', 'port' and 'authenticate' have the same meaning as in
 * CSmtp_SetSMTPServer, but are not stored. security_type is stored unless it is
 * CSMTP_DO_NOT_SET. Each of 'login' and 'password' is stored unless it is NULL
 * or "".
 *
 * The next mails use this session. If a setting on which the session depends
 * has changed, the next mail opens a new session. The session depends on the
 * server or its domain (CSmtp_SetServerDomain), the security type, the login,
 * the password, the token, the mechanism, the TLS settings, the proxy, the
 * local address, the local host name, LMTP and the extensions that are turned
 * off. Clearing a login, password or token does not count as a change. New
 * timeouts and a new log apply to the open session. */
CSMTP_API int CSMTP_CALL CSmtp_ConnectRemoteServer(CSmtpHandle h, const char *server, unsigned short port, int security_type, int authenticate, const char *login, const char *password);
/* Closes the session with QUIT, waiting at most CSMTP_TIMEOUT_QUIT for the
 * reply. Returns 0 if there is no session, or if the server has already closed it
 * or does not reply in time, and CSMTP_COMMAND_QUIT if the server refused
 * QUIT. */
CSMTP_API int CSMTP_CALL CSmtp_DisconnectRemoteServer(CSmtpHandle h);
/* Sends the message over the open session. If no session is open, the function
 * opens one and closes it after the mail. The mail goes to all recipients or to
 * none, unless CSmtp_SetPartialDelivery(h, 1) was called. If the mail
 * transaction fails, the session is closed. After any error, the handle can be
 * used again, and CSmtp_GetOutcome returns the outcome of the mail. */
CSMTP_API int CSMTP_CALL CSmtp_Send(CSmtpHandle h);

/* ---- What happened ----------------------------------------------------- */

/* The error, the reply and the outcome of the last call.
 *
 * @code
 * int error = CSmtp_Send(h);
 * if (error != CSMTP_NO_ERROR) {
 *   fprintf(stderr, "error %d: %s\n", error, CSmtp_GetLastErrorText(h));
 *   if (CSmtp_GetLastReplyCode(h) != 0)
 *     fprintf(stderr, "the server replied: %s\n", CSmtp_GetLastReply(h));
 *   if (CSmtp_IsLoginError(h))
 *     fprintf(stderr, "check the login and the password\n");
 *   else if (CSmtp_IsSafeToRetry(h))
 *     fprintf(stderr, "try again in a few minutes\n");
 * }
 * @endcode
 *
 * The functions of this group and of "What happened, in detail" report on one
 * call on h. If the last call that the calling thread itself made on h failed,
 * sent mail or connected, the functions report on that call. So a thread that
 * calls these functions directly after its own failed call never sees the
 * failure of another thread. Otherwise (for example, after a successful setter,
 * or in a thread that has made no call), the functions report on the most
 * recent call, by any thread, that failed, sent mail or connected. Getters do
 * not count as calls. After CSmtp_Poll or CSmtp_Wait has reported the end of an
 * asynchronous Send, the functions report on that Send.
 *
 * CSmtp_ConnectRemoteServer and every attempt to send (CSmtp_Send,
 * CSmtp_SendAsync, CSmtp_SendRaw, CSmtp_SendRawFile, CSmtp_PoolSend, and
 * CSmtp_SendBatch for each of its mails) first clear the results of the last
 * attempt. If an attempt then fails before anything is built or sent, because
 * an argument is invalid or because of CSmtp_Cancel, the outcome is
 * CSMTP_NOT_SENT, the reply and the queue id are "", and there are no result
 * rows (CSmtp_GetResultCount returns 0). A call that returns CSMTP_BUSY is not
 * an attempt.
 */

/* Returns the error number of the last failed call on h. Returns 0 if none has
 * failed, or after a call that sent mail or connected successfully. If h is 0,
 * returns the error number of this thread's last call to a function that makes
 * a handle, such as CSmtp_New, or of its last call with an invalid handle,
 * whichever is later. */
CSMTP_API int CSMTP_CALL CSmtp_GetLastError(CSmtpHandle h);
/* Returns the text of the last error: the sentence for the error number
 * (CSmtp_GetErrorText), then what was being done, what the server said and what
 * to do. The text never shows a secret. If the server quotes a password or
 * token, even encoded (in base64, for example), the library replaces the secret
 * with "****" in every text, reply, result row and log line. A secret of fewer
 * than four characters is replaced only where it stands alone: in quotes or
 * brackets, or at the end of a line after a colon or "=". */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastErrorText(CSmtpHandle h);
/* Returns the reply that caused the error, such as "530 5.7.0 Access denied".
 * After a successful send, returns the reply that accepted the mail. Returns ""
 * if there is no such reply. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastReply(CSmtpHandle h);
/* Returns the reply code of that reply, such as 530; 0 if there is none. */
CSMTP_API int CSMTP_CALL CSmtp_GetLastReplyCode(CSmtpHandle h);
/* Returns the enhanced status code of that reply, such as "5.7.0" (RFC 3463); ""
 * if there is none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastEnhancedCode(CSmtpHandle h);
/* Returns the outcome of the last attempt to send:
 *
 * CSMTP_ACCEPTED: the server accepted the mail for all recipients.
 *
 * CSMTP_PARTIAL: the server accepted the mail for some of the recipients
 * (CSmtp_SetPartialDelivery, LMTP, or several transactions).
 *
 * CSMTP_REJECTED_TEMPORARY, CSMTP_REJECTED_PERMANENT: the server refused MAIL
 * or a later command. TEMPORARY means that the reply was 4yz, PERMANENT that it
 * was 5yz.
 *
 * CSMTP_NOT_SENT: the attempt failed before MAIL was sent (for example, at the
 * login), or the connection was lost before the last octet of the message was
 * sent.
 *
 * CSMTP_IN_DOUBT: the last octet was sent, but the connection was lost before
 * the reply, or the library cannot tell to which command a reply belongs. The
 * mail may have been delivered, and a second attempt may deliver a second copy
 * (RFC 1047).
 *
 * Over SMTP and LMTP, a mail is never IN_DOUBT if a reply has arrived that
 * certainly belongs to its message.
 *
 * If a reply decided the outcome, and the outcome is not IN_DOUBT, then the
 * error number, the error text, the text of the reply and the codes all
 * describe that reply. If a mail was refused more than once, the reply used is
 * the first permanent refusal (5yz) in the order of the recipients, or else the
 * first temporary one (4yz). The same rule applies to LMTP, to BDAT, to a mail
 * sent in several transactions (LIMITS RCPTMAX, RFC 9422), and to each mail of
 * a batch. For ACCEPTED, and for PARTIAL if the send returns 0,
 * CSmtp_GetLastReply and the codes describe the reply that accepted the mail.
 * For PARTIAL, if the send returns an error, the error number, the error text,
 * the reply and the codes describe the failure for the other recipients.
 *
 * If the connection is lost after a refusal and before the message is sent, the
 * refusal decides the outcome. There is one exception: if partial delivery is
 * allowed and the server accepted another recipient after the refusal, the
 * outcome is NOT_SENT.
 *
 * If partial delivery is off and the server does not offer PIPELINING, the
 * library sends no more RCPT after the first refusal. CSmtp_GetResultCode
 * returns 0 for a recipient without a reply.
 *
 * Each reply belongs to one command. If a reply is missing or there is one too
 * many, replies no longer match the commands: the error is
 * CSMTP_UNDEF_XYZ_RESPONSE. The mail is then IN_DOUBT if its last octet was
 * sent and the library cannot say with certainty which reply belongs to its
 * message. */
CSMTP_API int CSMTP_CALL CSmtp_GetOutcome(CSmtpHandle h);
/* Returns the sentence for an error number; "" for 0. It never returns NULL. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetErrorText(int error);
/* Returns the version of the library, such as "1.0.0". */
CSMTP_API const char *CSMTP_CALL CSmtp_GetVersion(void);

/* ======== Functions that class CSmtp does not have ====================== */

/* ---- Body and parts ---------------------------------------------------- */

/* A body in two forms; attachments from a file, from memory or from a function;
 * and images within the HTML form.
 *
 * @code
 * const char table[] = "day,visitors\nMonday,31\n";
 * CSmtp_SetTextBody(h, "The numbers of the week are attached.");
 * CSmtp_SetHTMLBody(h, "<p><img src=\"cid:logo\"> The numbers of the week are attached.</p>");
 * CSmtp_AddInlineImage(h, "logo.png", "logo");
 * CSmtp_AddAttachmentData(h, "week.csv", "text/csv", table, strlen(table));
 * @endcode
 *
 * Files are opened, and the functions passed to CSmtp_AddAttachmentReader are
 * called, when the message is built or sent, so both must still be available then.
 * Sending returns CSMTP_FILE_NOT_EXIST if a file cannot be read when the
 * message is built. Sending returns CSMTP_MSG_BODY_ERROR if, while the mail is
 * being sent, a file changes, a file cannot be read to its end, or a function
 * passed to CSmtp_AddAttachmentReader fails.
 */

/* Replaces all lines of the body with 'text'. A line end at the end of 'text' does
 * not add an empty line. */
CSMTP_API int CSMTP_CALL CSmtp_SetTextBody(CSmtpHandle h, const char *text); /* [message] */
/* Adds an HTML form of the body to the plain text (multipart/alternative). ""
 * removes the HTML form. */
CSMTP_API int CSMTP_CALL CSmtp_SetHTMLBody(CSmtpHandle h, const char *html); /* [message] */
/* 1 marks the plain text as format=flowed (RFC 3676), and breaks its long lines
 * so that mail programs can join them again. If a line of the program's text
 * ends in a space, the next line is its continuation, unless the next line is
 * empty, has a different number of quote marks (">"), or is "-- ", the line
 * before a signature. 0 is the default. */
CSMTP_API int CSMTP_CALL CSmtp_SetFlowed(CSmtpHandle h, int flowed); /* [setting] */
/* 1 sends 8-bit text without an encoding if the server offers 8BITMIME (RFC
 * 6152). 0 (the default) encodes 8-bit text as quoted-printable or base64,
 * which every server relays unchanged. */
CSMTP_API int CSMTP_CALL CSmtp_SetEightBit(CSmtpHandle h, int eight_bit); /* [setting] */
/* Attaches a file under another name or with a content type of your choice. The
 * parameters name and content_type may be NULL or "", which means that the
 * library derives the value from 'path'. A name that consists of blanks counts
 * as "". Only the last component of a name or path is sent. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentAs(CSmtpHandle h, const char *path, const char *name, const char *content_type); /* [message] */
/* Adds an attachment from memory: 'size' octets at 'data'. The library copies
 * them. If content_type is NULL or "", the library derives it from 'name'. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentData(CSmtpHandle h, const char *name, const char *content_type, const void *data, size_t size); /* [message] */
/* A function, provided by the program, that reads an attachment. It stores at
 * most 'capacity' octets in 'buffer' and returns their number, 0 at the end, or
 * a negative number on failure. A call with a capacity of 0 asks the function
 * to start again from the beginning. The function then returns 0, or a negative
 * number if it cannot start again. */
typedef int64_t(CSMTP_CALL *CSmtpReadFunction)(void *user, void *buffer, size_t capacity);
/* Adds an attachment whose content the function 'read' provides. 'size' is the
 * number of octets, or -1 if it is not known. 'user' is passed to 'read', and
 * must stay valid as long as h or any clone of h has the attachment. Returns
 * CSMTP_BAD_ARGUMENT if 'size' is less than -1. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentReader(CSmtpHandle h, const char *name, const char *content_type, int64_t size, CSmtpReadFunction read, void *user); /* [message] */
/* Add an image from a file, or from 'size' octets at 'data', which the library
 * copies. The HTML body shows the image with <img src="cid:CONTENT_ID"> (RFC
 * 2392). */
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImage(CSmtpHandle h, const char *path, const char *content_id); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImageData(CSmtpHandle h, const char *content_id, const char *name, const char *content_type, const void *data, size_t size); /* [message] */
/* Adds an invitation or another calendar message (RFC 6047). 'method' is its
 * iCalendar METHOD, such as "REQUEST"; 'calendar' is the iCalendar text. If both
 * are "", the function removes the calendar message. */
CSMTP_API int CSMTP_CALL CSmtp_SetCalendar(CSmtpHandle h, const char *method, const char *calendar); /* [message] */

/* ---- Header fields ----------------------------------------------------- */

/* Fields for replies, automatic mails and mailing lists.
 *
 * @code
 * CSmtp_SetInReplyTo(h, "<1234@example.com>");
 * CSmtp_SetReferences(h, "<1234@example.com>");
 * CSmtp_SetAutoSubmitted(h, "auto-replied");
 * CSmtp_SetListUnsubscribe(h, "<https://example.com/leave?id=7>", 1);
 * CSmtp_AddHeader(h, "X-Ticket", "7");
 * @endcode
 */

/* Adds a header field, such as Content-Language. Building the message returns
 * CSMTP_BAD_INPUT if the field has its own function, such as Subject, or is
 * reserved for the library or for servers. */
CSMTP_API int CSMTP_CALL CSmtp_AddHeader(CSmtpHandle h, const char *name, const char *value); /* [message] */
/* Removes the fields that CSmtp_AddHeader added. */
CSMTP_API int CSMTP_CALL CSmtp_DelHeaders(CSmtpHandle h);
/* Sets the Message-ID: "<left@right>", with or without the brackets. With "" (the
 * default), the library makes a new one for each mail. Returns CSMTP_BAD_INPUT for
 * anything else (RFC 5322, section 3.6.4). */
CSMTP_API int CSMTP_CALL CSmtp_SetMessageID(CSmtpHandle h, const char *message_id); /* [message] */
/* Returns the Message-ID that was set, or else that of the mail that was last
 * sent, saved or rendered; "" after CSmtp_ClearMessage. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetMessageID(CSmtpHandle h);
/* Sets the Date, in seconds since 1970-01-01 UTC. 0 (the default) means the time
 * of sending. Returns CSMTP_BAD_ARGUMENT if the year is before 1900 or after 9999,
 * and for -1, which time and mktime return on failure. */
CSMTP_API int CSMTP_CALL CSmtp_SetDate(CSmtpHandle h, int64_t seconds); /* [message] */
/* Adds an author to From, after the address that CSmtp_SetSenderMail sets. The
 * parameter name may be NULL. A mail with several authors has a Sender (RFC
 * 5322, section 3.6.2): the one that CSmtp_SetSender set, or else the first
 * author. Returns CSMTP_UNDEF_RECIPIENT_MAIL if 'email' is NULL. */
CSMTP_API int CSMTP_CALL CSmtp_AddFrom(CSmtpHandle h, const char *email, const char *name); /* [message] */
/* Sets the Sender: the address of the person who submits the mail for its
 * authors. The parameter name may be NULL. */
CSMTP_API int CSMTP_CALL CSmtp_SetSender(CSmtpHandle h, const char *email, const char *name); /* [message] */
/* Set In-Reply-To and References: Message-IDs separated by spaces, or a value
 * that is copied from a received mail. The functions use only the identifiers
 * that are in angle brackets, and ignore everything else (RFC 5322, section
 * 4.5.4). If there are more than 20 References, only the first one and the last
 * 19 are sent. "" removes the field. */
CSMTP_API int CSMTP_CALL CSmtp_SetInReplyTo(CSmtpHandle h, const char *message_ids); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetReferences(CSmtpHandle h, const char *message_ids); /* [message] */
/* Sets Auto-Submitted (RFC 3834): "auto-generated" or "auto-replied". ""
 * removes the field. */
CSMTP_API int CSMTP_CALL CSmtp_SetAutoSubmitted(CSmtpHandle h, const char *keyword); /* [message] */
/* Sets List-Unsubscribe (RFC 2369), such as "<https://...>, <mailto:...>". If
 * one_click is 1, List-Unsubscribe-Post (RFC 8058) is added. "" removes both
 * fields. */
CSMTP_API int CSMTP_CALL CSmtp_SetListUnsubscribe(CSmtpHandle h, const char *uris, int one_click); /* [message] */

/* ---- Signatures -------------------------------------------------------- */

/* Signatures over the message. In the example, key_pem and certificate_pem are
 * texts in PEM form, not paths. The functions whose names end in File take
 * paths.
 *
 * @code
 * static int sign(CSmtpHandle h, const char *key_pem, const char *certificate_pem) {
 *   int error = CSmtp_AddDKIMKey(h, "example.com", "mail2026", key_pem);
 *   if (error == CSMTP_NO_ERROR)
 *     error = CSmtp_SetSMIMEKey(h, certificate_pem, key_pem);
 *   return error;
 * }
 * @endcode
 *
 * A file may be in PEM, DER or PKCS #12 format (.p12, .pfx); a file that
 * contains only certificates may also be PKCS #7 (.p7b). A text may be PEM, or
 * the base64 of one of the other formats. The order of the certificates does
 * not matter. For an encrypted key or file, call CSmtp_SetKeyPassphrase first.
 * If the library does not support a format, the error text names a command that
 * converts the file.
 */

/* Sets the pass phrase for the keys and files that are passed afterwards to
 * CSmtp_AddDKIMKey, CSmtp_AddDKIMKeyFile, CSmtp_SetSMIMEKey,
 * CSmtp_SetSMIMEKeyFile, CSmtp_SetClientCertificate, CSmtp_SetCAFile and
 * CSmtp_SetOAuth2Certificate. The function does not affect keys and files that
 * are already set. "" clears the pass phrase. */
CSMTP_API int CSMTP_CALL CSmtp_SetKeyPassphrase(CSmtpHandle h, const char *passphrase); /* [setting] */

/* Adds a DKIM signature (RFC 6376, RFC 8463). 'key' is the text of a private key,
 * RSA or Ed25519. One signature is made per key. Returns CSMTP_BAD_INPUT if the
 * key, the domain or the selector is invalid. */
CSMTP_API int CSMTP_CALL CSmtp_AddDKIMKey(CSmtpHandle h, const char *domain, const char *selector, const char *key); /* [setting] */
/* Adds a DKIM signature, as CSmtp_AddDKIMKey does, with the key in a file.
 * Returns CSMTP_FILE_NOT_EXIST if the file cannot be read. */
CSMTP_API int CSMTP_CALL CSmtp_AddDKIMKeyFile(CSmtpHandle h, const char *domain, const char *selector, const char *path); /* [setting] */
/* Removes all DKIM keys. */
CSMTP_API int CSMTP_CALL CSmtp_DelDKIMKeys(CSmtpHandle h);
/* Signs with S/MIME (RFC 8551). 'certificate' is the text of a certificate and
 * its chain, and 'key' is the text of the private key, RSA or ECDSA. If 'key'
 * is "", 'certificate' must also contain the key. If 'certificate' is "",
 * S/MIME signing is turned off. Signing is also turned off if the certificate
 * or the key is invalid; the function then returns CSMTP_BAD_INPUT. */
CSMTP_API int CSMTP_CALL CSmtp_SetSMIMEKey(CSmtpHandle h, const char *certificate, const char *key); /* [setting] */
/* Signs with S/MIME, as CSmtp_SetSMIMEKey does, with the certificate and the key
 * in files. The parameter key_file may be NULL or "" if certificate_file also
 * contains the key. Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. */
CSMTP_API int CSMTP_CALL CSmtp_SetSMIMEKeyFile(CSmtpHandle h, const char *certificate_file, const char *key_file); /* [setting] */

/* ---- The message without a connection ---------------------------------- */

/* Building the message without sending it, for a queue or an archive.
 *
 * @code
 * const char *data;
 * size_t size;
 * int error = CSmtp_RenderMessage(h, &data, &size);
 * if (error == CSMTP_NO_ERROR)
 *   fwrite(data, 1, size, stdout);
 * else
 *   fprintf(stderr, "%s\n", CSmtp_GetLastErrorText(h));
 * @endcode
 */

/* Builds the message that CSmtp_Send would send, before dot-stuffing. Stores the
 * address of its octets in *data and their number in *size. *data has the same
 * lifetime as a string returned by a getter (see Strings). After an error, *data
 * is NULL and *size is 0. */
CSMTP_API int CSMTP_CALL CSmtp_RenderMessage(CSmtpHandle h, const char **data, size_t *size);
/* Writes to a file (.eml) the octets that CSmtp_RenderMessage returns. A new
 * file gets its mode from the umask. An existing file keeps its mode, even if
 * 'path' is a symbolic link to it. The existing file is replaced only after all
 * octets have been written, so an error leaves it unchanged. Returns
 * CSMTP_FILE_NOT_EXIST if the file cannot be written. */
CSMTP_API int CSMTP_CALL CSmtp_SaveMessage(CSmtpHandle h, const char *path);

/* ---- TLS --------------------------------------------------------------- */

/* By default, the library verifies the server's certificate chain and host name,
 * and requires TLS 1.2 or newer. The functions of this group change that.
 *
 * @code
 * if (CSmtp_SetCAFile(h, "company-ca.pem") != CSMTP_NO_ERROR)
 *   fprintf(stderr, "%s\n", CSmtp_GetLastErrorText(h));
 * CSmtp_SetTLSMinVersion(h, CSMTP_TLS_1_3);
 * @endcode
 *
 * Files are validated immediately and read again at each connection. A setter
 * returns CSMTP_FILE_NOT_EXIST if it cannot read a file, and CSMTP_BAD_ARGUMENT
 * if the file has no usable certificate or key. The setting is then unchanged.
 * The formats that a file may have are described above, under "Signatures".
 */

/* 1 (the default) verifies the server's certificate. 0 accepts any certificate;
 * this gives no protection against an active attacker. */
CSMTP_API int CSMTP_CALL CSmtp_SetVerifyPeer(CSmtpHandle h, int verify); /* [setting] */
/* Sets a file of certificate authorities to trust instead of those of the
 * system. "" restores the system's authorities. A certificate in OpenSSL's
 * format "BEGIN TRUSTED CERTIFICATE" is used only if its trust settings include
 * TLS servers. */
CSMTP_API int CSMTP_CALL CSmtp_SetCAFile(CSmtpHandle h, const char *path); /* [setting] */
/* Sets a directory of files of certificate authorities, which are used like the
 * file of CSmtp_SetCAFile. If a file and a directory are set, the authorities
 * of both are trusted. */
CSMTP_API int CSMTP_CALL CSmtp_SetCADirectory(CSmtpHandle h, const char *path); /* [setting] */
/* Sets the files of the client's certificate and of its private key. The
 * parameter key_file may be NULL or "" if certificate_file also contains the
 * key. A certificate_file of "" removes the certificate. If the key is
 * encrypted, call CSmtp_SetKeyPassphrase first. */
CSMTP_API int CSMTP_CALL CSmtp_SetClientCertificate(CSmtpHandle h, const char *certificate_file, const char *key_file); /* [setting] */
/* Accepts only a server that has one of the public keys in 'pins':
 * "sha256//BASE64", or several of these separated by ";", as in curl. ""
 * removes the pins. The certificate is verified as well. Returns
 * CSMTP_BAD_ARGUMENT if 'pins' has any other form. */
CSMTP_API int CSMTP_CALL CSmtp_SetPinnedPublicKey(CSmtpHandle h, const char *pins); /* [setting] */
/* Set the oldest and the newest TLS version to accept: CSMTP_TLS_1_0 to
 * CSMTP_TLS_1_3. 0 restores the default: 1.2 for the oldest, and no upper
 * limit. An upper limit helps with servers that implement a newer version
 * incorrectly. Return CSMTP_BAD_ARGUMENT for any other number.
 */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMinVersion(CSmtpHandle h, int version); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMaxVersion(CSmtpHandle h, int version); /* [setting] */
/* Sets the host name that the certificate must have, if it differs from the name
 * of the server. "" restores the name of the server. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSServerName(CSmtpHandle h, const char *name); /* [setting] */
/* Returns the TLS version and the cipher suite of the open session, such as "TLS
 * 1.3, TLS_AES_128_GCM_SHA256"; "" without TLS or without a session. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetTLSInfo(CSmtpHandle h);
/* Returns one field of a certificate that the server presented in the open
 * session. 'field' is CSMTP_CERTIFICATE_... Index 0 is the server's own
 * certificate; the higher indexes are its chain. Returns "" if there is no such
 * certificate. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetPeerCertificate(CSmtpHandle h, unsigned int index, int field);

/* ---- Login ------------------------------------------------------------- */

/* SASL mechanisms (RFC 4954) and OAuth 2.0. If none of these functions is
 * called, the library logs in with the password and the strongest mechanism
 * that the server offers.
 *
 * Some servers offer SCRAM, CRAM-MD5 or DIGEST-MD5 although their password
 * store does not support the mechanism, and refuse the login with 535. The
 * library then tries PLAIN or LOGIN once, if the server offers one of them.
 * Over TLS, it does so only if the certificate is verified or pinned. Without
 * TLS, it does so only with CSMTP_NO_SECURITY, and only if
 * CSmtp_SetClearLogin(h, 0) was not called. It does not do so after a mechanism
 * with channel binding (-PLUS), or if CSmtp_SetAuthMechanism has chosen the
 * mechanisms. If the second mechanism fails too, the error text contains both
 * replies. The handle and its clones remember which of the two mechanisms
 * worked, and use only that one until a setting of the login changes.
 *
 * @code
 * int error = CSmtp_SetOAuth2ClientCredentials(h, "microsoft:contoso.onmicrosoft.com",
 *                                              "CLIENT-ID", "CLIENT-SECRET", "");
 * if (error == CSMTP_NO_ERROR)
 *   error = CSmtp_SetLogin(h, "alice@contoso.com");
 * if (error == CSMTP_NO_ERROR)
 *   error = CSmtp_Send(h);
 * if (error == CSMTP_NO_TOKEN)
 *   fprintf(stderr, "no token: %s\n", CSmtp_GetLastErrorText(h));
 * @endcode
 *
 * CSmtp_SetAccessToken, CSmtp_SetTokenCallback and the functions whose names
 * begin with CSmtp_SetOAuth2, except CSmtp_SetOAuth2TokenFile, choose the
 * source of the token. Only the last one called takes effect. Over SMTP, each
 * of these functions needs a login: call CSmtp_SetLogin. Tokens are sent only
 * over TLS, unless CSmtp_SetClearLogin(h, 1) was called.
 */

/* Sets the SASL mechanisms to try, in order, separated by spaces, for example
 * "XOAUTH2" or "SCRAM-SHA-256 PLAIN". "" restores the default: the strongest that
 * the server offers. Returns CSMTP_BAD_ARGUMENT for an unknown mechanism; the
 * error text lists the known ones. */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthMechanism(CSmtpHandle h, const char *mechanisms); /* [setting] */
/* Sets the identity to act as (authorization identity, RFC 4422), if it differs
 * from the identity of the login. "" clears it. */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthorizationID(CSmtpHandle h, const char *id); /* [setting] */
/* Allows or forbids logins over an unencrypted connection (CSMTP_NO_SECURITY).
 * 0 never sends a password or a token in the clear. 1 allows both, if the
 * server offers no mechanism that protects them. If this function is not
 * called, the library can send a password in the clear, but not a token: if a
 * token is set, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED before
 * a connection is made. With CSMTP_USE_TLS_IF_OFFERED, the library never logs in
 * without TLS. */
CSMTP_API int CSMTP_CALL CSmtp_SetClearLogin(CSmtpHandle h, int allow); /* [setting] */
/* 1 requires a login: if the server does not offer AUTH, or if authentication is
 * turned off, connecting and sending return CSMTP_LOGIN_NOT_SUPPORTED. 0 restores
 * the default: a server that does not offer AUTH receives the mail without a
 * login, which the log and CSmtp_GetLoginSkipped report. */
CSMTP_API int CSMTP_CALL CSmtp_SetLoginRequired(CSmtpHandle h, int required); /* [setting] */
/* Sets an OAuth 2.0 access token, which is used instead of the password, with
 * XOAUTH2 or OAUTHBEARER (RFC 7628). "" clears the token. */
CSMTP_API int CSMTP_CALL CSmtp_SetAccessToken(CSmtpHandle h, const char *token); /* [setting] */
/* A callback that returns an access token, or NULL if there is none. The
 * library copies the token immediately. 'refused' is 1 if the server has
 * refused the token that the callback returned last. */
typedef const char *(CSMTP_CALL *CSmtpTokenFunction)(void *user, int refused);
/* Sets the function that the library asks for a token at each login. 'user' is
 * passed to fn. The parameter fn may be NULL, which removes the function. */
CSMTP_API int CSMTP_CALL CSmtp_SetTokenCallback(CSmtpHandle h, CSmtpTokenFunction fn, void *user); /* [setting] */
/* Let the library get its tokens itself, with client credentials or a refresh
 * token (RFC 6749, sections 4.4 and 6). token_url is an https URL,
 * "microsoft:TENANT" or "google". A scope of "" means the provider's scope for
 * mail. Handles with the same settings share their tokens. The library connects
 * to the server of token_url through the proxy of CSmtp_SetProxy. Return
 * CSMTP_BAD_ARGUMENT for an invalid argument. If no token is obtained, connecting
 * returns CSMTP_NO_TOKEN. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2ClientCredentials(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *scope); /* [setting] */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2RefreshToken(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *refresh_token, const char *scope); /* [setting] */
/* Sets a file in which the library stores the tokens that it gets with the
 * settings of the other CSmtp_SetOAuth2 functions. Processes that use the same
 * file share the tokens, and a new refresh token from the token server is not
 * lost. If no other CSmtp_SetOAuth2 function is called, the file must come from
 * the program csmtp-login (see docs/oauth2.md): it then also contains the token
 * URL and the client id. Passing "", or calling CSmtp_SetAccessToken or
 * CSmtp_SetTokenCallback, clears the setting.
 *
 * If several processes need a new token, only one of them requests it. The file
 * is replaced as a whole, so that it is complete at all times. It must be a
 * regular file with the mode 0600 that belongs to the user, and not a symbolic
 * link; on Windows, only the user and administrators may have access. If the
 * file does not exist and another CSmtp_SetOAuth2 function was called, the
 * library creates it. If the file does not exist and no such function was
 * called, or if the file is damaged or was written for another client id or
 * mailbox, connecting returns CSMTP_NO_TOKEN. If the file cannot be written,
 * the mail is sent anyway: see CSmtp_GetOAuth2TokenFileError. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2TokenFile(CSmtpHandle h, const char *path); /* [setting] */
/* Returns the reason why the token file could not be written or locked in the
 * last session; "" if there was no such error. The log also contains the
 * reason. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetOAuth2TokenFileError(CSmtpHandle h);
/* Returns the new refresh token, if the token server has replaced the one that
 * was set. Returns "" if the token was not replaced, or if the new one is in
 * the token file. Store the result, because the old refresh token may no longer
 * be valid. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetOAuth2RefreshToken(CSmtpHandle h);
/* Lets the library get its tokens with client credentials and a certificate
 * instead of a secret (RFC 7523, section 2.2). The certificate must have an RSA
 * key, and must be registered with the provider. The files are PEM, DER or PKCS
 * #12. The parameter key_file may be NULL or "" if certificate_file also
 * contains the key. For an encrypted key or file, call CSmtp_SetKeyPassphrase
 * first. The files are read again for each session. 'algorithm' is "PS256" or
 * "RS256". The parameter algorithm may be NULL or "", which means "PS256". The
 * parameter scope may be NULL or "", which means the provider's scope for mail.
 * Returns CSMTP_FILE_NOT_EXIST if a file cannot be read. In all other respects,
 * the function works like CSmtp_SetOAuth2ClientCredentials. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2Certificate(CSmtpHandle h, const char *token_url, const char *client_id, const char *certificate_file, const char *key_file, const char *algorithm, const char *scope); /* [setting] */
/* Lets the library get its tokens with client credentials and, instead of a
 * secret, a token of another identity provider (RFC 7523, section 2.2), such as
 * Kubernetes. assertion_file is the path of a file that contains this token.
 * The file is read for each request, because the provider replaces the token.
 * The file need not exist yet. The parameter scope may be NULL or "", which
 * means the provider's scope for mail. In all other respects, the function
 * works like CSmtp_SetOAuth2ClientCredentials. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2AssertionFile(CSmtpHandle h, const char *token_url, const char *client_id, const char *assertion_file, const char *scope); /* [setting] */
/* Lets the library get its tokens as a Google service account with domain-wide
 * delegation (RFC 7523, section 2.1). key_file is the account's key file in
 * JSON. The file is read again for each session. 'mailbox' is the user for whom
 * the account acts. The parameter mailbox may be NULL or "", which means the
 * login of CSmtp_SetLogin. The parameter scope may be NULL or "", which means
 * https://mail.google.com/. Returns CSMTP_FILE_NOT_EXIST if the file cannot be
 * read, and CSMTP_BAD_ARGUMENT if the file is not the key file of a service
 * account. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2ServiceAccount(CSmtpHandle h, const char *key_file, const char *mailbox, const char *scope); /* [setting] */
/* Lets the library get its tokens with the identity that a cloud provider has
 * assigned to this machine, so that no secret is stored. 'cloud' is "azure" or
 * "google", which may be followed by ":" and the URL of the metadata server.
 * This URL must be https, or http at a loopback or link-local address. By
 * default, "azure" uses the environment variables IDENTITY_ENDPOINT and
 * IDENTITY_HEADER, which App Service sets, or else the metadata server of
 * virtual machines; "google" uses the environment variable GCE_METADATA_HOST or
 * else the metadata server. client_id selects one of several identities: for
 * "azure" its client id, for "google" the address of a service account. The
 * parameters client_id and scope may be NULL or "". With "google", the service
 * account acts for the user of CSmtp_SetLogin. The service account needs
 * domain-wide delegation, and the role Service Account Token Creator on itself.
 */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2ManagedIdentity(CSmtpHandle h, const char *cloud, const char *client_id, const char *scope); /* [setting] */
/* Gets an access token without connecting to the mail server, to check the
 * settings. Returns CSMTP_NO_TOKEN if no token is obtained; the error text
 * contains the error of the token server and what to do. Returns
 * CSMTP_BAD_ARGUMENT if no source of tokens is set. */
CSMTP_API int CSMTP_CALL CSmtp_CheckToken(CSmtpHandle h);
/* Returns the main claims in the token that the last CSmtp_CheckToken got, such
 * as "audience https://outlook.office365.com, roles SMTP.SendAsApp, expires
 * 2027-01-31T12:00:00Z"; "" if the token is not a JSON Web Token. The function
 * never returns the token itself. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetTokenInfo(CSmtpHandle h);
/* Returns the SASL mechanism used to log in to the open session, such as
 * "SCRAM-SHA-256-PLUS"; "" without a session or a login. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetAuthMechanismUsed(CSmtpHandle h);
/* Returns 1 if a login is set, but the library did not log in to the open
 * session (or to the last one, if none is open), because the server did not
 * offer AUTH; otherwise 0. See CSmtp_SetLoginRequired. */
CSMTP_API int CSMTP_CALL CSmtp_GetLoginSkipped(CSmtpHandle h);

/* ---- Connecting -------------------------------------------------------- */

/* How to reach the server, and what it offers.
 *
 * @code
 * const char *size;
 * CSmtp_SetProxy(h, "socks5://proxy.example.com:1080");
 * CSmtp_SetTimeout(h, CSMTP_TIMEOUT_CONNECT, 10000);
 * CSmtp_ConnectRemoteServer(h, "smtp.example.com", 25, CSMTP_USE_TLS, 0, NULL, NULL);
 * size = CSmtp_GetExtension(h, "SIZE");
 * if (size != NULL)
 *   printf("the server accepts mails of %s octets\n", size);
 * @endcode
 */

/* Uses the servers that 'domain' publishes (SRV records, RFC 6186 and RFC 8314)
 * instead of the server set with CSmtp_SetSMTPServer. "" clears the domain: the
 * server of CSmtp_SetSMTPServer is then used again. While a domain is set,
 * connecting returns CSMTP_BAD_ARGUMENT if the server of CSmtp_SetSMTPServer is
 * a Unix socket, or if a proxy is set: a proxy cannot look up these records, and
 * a DNS query without the proxy would reveal where the mail goes. */
CSMTP_API int CSMTP_CALL CSmtp_SetServerDomain(CSmtpHandle h, const char *domain); /* [setting] */
/* Sets the local IP address to connect from. "" restores the default: the
 * system chooses the address. Connecting returns CSMTP_BAD_INPUT if 'address'
 * is not an IP address. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalAddress(CSmtpHandle h, const char *address); /* [setting] */
/* Connects through a proxy: "socks5://user:password@host:port", "http://..." or
 * "https://..." (CONNECT). "" removes the proxy. The proxy looks up the
 * server's name; this host looks up only the proxy's name. Connecting returns
 * CSMTP_BAD_INPUT if 'url' is invalid. */
CSMTP_API int CSMTP_CALL CSmtp_SetProxy(CSmtpHandle h, const char *url); /* [setting] */
/* Sets how mail is sent. "smtp", or "", is the default. "microsoft-graph" and
 * "gmail-api" send mail over HTTPS (port 443), for networks and tenants in
 * which SMTP is not possible. These transports use sendMail of Microsoft Graph
 * and messages.send of the Gmail API. Returns CSMTP_BAD_ARGUMENT for any other
 * name.
 *
 * The service gets the message that a mail server would get, plus a Bcc field.
 * The service removes this field before delivery. Both services require an
 * access token: see CSmtp_SetAccessToken, CSmtp_SetOAuth2ClientCredentials and
 * CSmtp_SetOAuth2RefreshToken. Without a token, the error is CSMTP_NO_TOKEN.
 * The mail is sent from the mailbox that the login names; if no login is set,
 * it is sent from the mailbox to which the token belongs. The settings for
 * server, port, security type, password, EHLO name and service extensions are
 * not used. The proxy, the timeouts, the log and the TLS settings apply. If
 * CSmtp_SetProxy is not called, the proxy is that of the environment
 * (HTTPS_PROXY). Token requests go through the same proxy.
 *
 * The service reads the sender and the recipients from the header. Sending
 * therefore returns CSMTP_BAD_INPUT, and sends nothing, in these cases: the
 * reverse-path is not in From or Sender; the recipients of CSmtp_SendRaw are
 * not those in To, Cc and Bcc; the message has Resent-* fields; or partial
 * delivery, DSN, REQUIRETLS, MT-PRIORITY, DELIVERBY, FUTURERELEASE or LMTP is
 * set. Microsoft Graph accepts messages of up to 3,145,728 octets (4 MiB in
 * base64), and the Gmail API up to 36,700,160. For a larger message, sending
 * returns CSMTP_MSG_TOO_BIG.
 *
 * The HTTP status decides the outcome. A status of 202 from Microsoft Graph
 * or 200 from the Gmail API means ACCEPTED. 429 and 503 are REJECTED_TEMPORARY: see
 * CSmtp_GetRetryAfter. 500, 502, 504 and a connection that is lost after the
 * last octet are IN_DOUBT. Other responses are REJECTED_PERMANENT. After 401,
 * the library gets a new token and tries once more. A redirect is not followed.
 * CSmtp_GetLastReply returns the response in the form of an SMTP reply, such as
 * "451 HTTP 429 Too Many Requests: ...", and CSmtp_GetQueueID returns the
 * message id of Gmail.
 *
 * CSmtp_ConnectRemoteServer gets a token and opens the connection, which is
 * used for the next mails. CSmtp_KeepAlive sends nothing, and opens the
 * connection again if the service has closed it. CSmtp_SendBatch sends the
 * mails one after another, and stops at a response that also applies to the
 * next mails, such as 429. CSmtp_GetExtensions and CSmtp_GetAuthMechanismUsed
 * return "". */
CSMTP_API int CSMTP_CALL CSmtp_SetTransport(CSmtpHandle h, const char *transport); /* [setting] */
/* Sets the https URL of the service that CSmtp_SetTransport has chosen, for
 * example "https://graph.microsoft.us" for a national cloud. "" restores the
 * default of the service. Returns CSMTP_BAD_ARGUMENT if 'url' is not an https
 * URL, or has a user, a query or a fragment. The access token is sent to this
 * server. */
CSMTP_API int CSMTP_CALL CSmtp_SetTransportEndpoint(CSmtpHandle h, const char *url); /* [setting] */
/* Sets how many seconds a server in a list is paused after it has failed.
 * During the pause, the library tries the other servers first. The default is
 * 60. With 0, servers that failed are not remembered. All handles of the
 * process share the record of failed servers. */
CSMTP_API int CSMTP_CALL CSmtp_SetServerPause(CSmtpHandle h, unsigned int seconds); /* [setting] */
/* Turns off the service extensions named in 'extensions', which are separated
 * by spaces, for example "PIPELINING SIZE". The library does not use them even
 * if the server offers them, and CSmtp_GetExtension does not return them. This
 * helps with servers that offer extensions that do not work. "" clears the
 * list. Returns CSMTP_BAD_ARGUMENT if 'extensions' contains STARTTLS (see
 * CSmtp_SetSecurityType) or anything that is not a keyword. The library itself
 * turns off PIPELINING in one case: if MAIL and RCPT are sent together to a
 * server for the first time, and the server does not reply to RCPT within 10
 * seconds, the library sends the mail over a new session without PIPELINING.
 * This happens at most once per handle and server, and the log says so. */
CSMTP_API int CSMTP_CALL CSmtp_SetExtensionOff(CSmtpHandle h, const char *extensions); /* [setting] */
/* 1 uses LMTP (RFC 2033), with a reply for each recipient. 0 (the default) uses
 * SMTP. With both protocols, the server may be a Unix socket: "unix:/path". */
CSMTP_API int CSMTP_CALL CSmtp_SetLMTP(CSmtpHandle h, int lmtp); /* [setting] */
/* Sets the timeout of a step, in milliseconds. 'step' is CSMTP_TIMEOUT_... If
 * 'milliseconds' is 0, the default is restored. Returns CSMTP_BAD_ARGUMENT for
 * an unknown step. */
CSMTP_API int CSMTP_CALL CSmtp_SetTimeout(CSmtpHandle h, int step, unsigned int milliseconds); /* [setting] */
/* Keeps the open session alive, because servers close idle sessions: sends NOOP
 * or, over HTTPS, connects again if the service has closed the connection.
 * Returns CSMTP_CONNECTION_CLOSED if there is no session, or if the connection
 * was lost. */
CSMTP_API int CSMTP_CALL CSmtp_KeepAlive(CSmtpHandle h);
/* Returns the address and port that the open session is connected to, such as
 * "192.0.2.1:587" or "[2001:db8::1]:465", or the path of a Unix socket. With a
 * proxy, returns the proxy's address. Without a session, returns the address of
 * the last connection that the last attempt to send or connect opened, even if
 * that attempt then failed; "" if it opened no connection. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetPeerAddress(CSmtpHandle h);
/* Returns the parameters of a service extension that the server offers in the
 * open session, such as "35882577" for "SIZE"; "" if the extension has no
 * parameters. Returns NULL if the server does not offer the extension, or if
 * there is no session. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtension(CSmtpHandle h, const char *name);
/* Returns all service extensions of the open session, sorted by name, one per
 * line, such as "8BITMIME\nSIZE 35882577\n". Returns "" if there are none, or if
 * there is no session. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtensions(CSmtpHandle h);

/* ---- The envelope ------------------------------------------------------ */

/* Reverse-path, recipients and parameters of the mail transaction.
 *
 * @code
 * CSmtp_SetEnvelopeFrom(h, "bounces@example.com");
 * CSmtp_SetPartialDelivery(h, 1);
 * CSmtp_SetDSN(h, "FAILURE,DELAY", "HDRS", "order-7");
 * CSmtp_AddRecipient(h, "bob@example.com", NULL);
 * CSmtp_SetRecipientDSN(h, "bob@example.com", "NEVER", "");
 * @endcode
 *
 * Each of CSmtp_SetRequireTLS, CSmtp_SetMTPriority, CSmtp_SetDeliverBy,
 * CSmtp_SetHoldFor and CSmtp_SetHoldUntil needs a service extension. If the
 * server does not offer that extension, sending returns CSMTP_NOT_OFFERED
 * before MAIL is sent.
 */

/* Sets the reverse-path, if it differs from the address of CSmtp_SetSenderMail:
 * one address without a name, or "<>" for the null reverse-path. "" restores the
 * sender's address. */
CSMTP_API int CSMTP_CALL CSmtp_SetEnvelopeFrom(CSmtpHandle h, const char *email); /* [setting] */
/* 1 sends the mail to the accepted recipients even if others are refused;
 * sending then fails only if no recipient is accepted. If the server refuses
 * recipients because one transaction has too many of them, the library sends
 * the mail to these recipients in further transactions. 0 (the default) sends
 * the mail to all recipients or to none. */
CSMTP_API int CSMTP_CALL CSmtp_SetPartialDelivery(CSmtpHandle h, int partial); /* [setting] */
/* Requests delivery status notifications (RFC 3461) for all recipients.
 * 'notify' is "NEVER", or one or more of "SUCCESS", "FAILURE" and "DELAY",
 * separated by commas. 'ret' is "FULL" or "HDRS". The notification contains
 * envelope_id. Each of the three arguments may be "". If the server does not
 * offer DSN, the mail is sent without the DSN parameters. CSmtp_ClearMessage
 * clears envelope_id, but neither 'notify' nor 'ret'. Returns
 * CSMTP_BAD_ARGUMENT if 'notify' or 'ret' is invalid. */
CSMTP_API int CSMTP_CALL CSmtp_SetDSN(CSmtpHandle h, const char *notify, const char *ret, const char *envelope_id); /* [setting; envelope_id: message] */
/* Requests notifications for one recipient; 'notify' has the same meaning as in
 * CSmtp_SetDSN. 'original' is the address to which the mail was originally sent,
 * or "". */
CSMTP_API int CSMTP_CALL CSmtp_SetRecipientDSN(CSmtpHandle h, const char *email, const char *notify, const char *original); /* [message] */
/* Sets how the message is transmitted (RFC 3030): CSMTP_DATA (the default),
 * CSMTP_BDAT or CSMTP_BINARY. CSMTP_BDAT needs CHUNKING; if the server does not
 * offer CHUNKING, DATA is used. CSMTP_BINARY needs BINARYMIME as well, and
 * sends attachments unencoded; if the server does not offer BINARYMIME,
 * CSMTP_BINARY has the same effect as CSMTP_BDAT. Returns CSMTP_BAD_ARGUMENT
 * for any other number. */
CSMTP_API int CSMTP_CALL CSmtp_SetChunking(CSmtpHandle h, int mode); /* [setting] */
/* 1 requires TLS on every hop to the recipient (REQUIRETLS, RFC 8689). 0 is the
 * default. */
CSMTP_API int CSMTP_CALL CSmtp_SetRequireTLS(CSmtpHandle h, int require); /* [setting] */
/* Sets the transfer priority, -9 to 9 (MT-PRIORITY, RFC 6710). Returns
 * CSMTP_BAD_ARGUMENT for any other number. */
CSMTP_API int CSMTP_CALL CSmtp_SetMTPriority(CSmtpHandle h, int priority); /* [message] */
/* Sets a time limit for the delivery, in seconds (DELIVERBY, RFC 2852). If the
 * mail is not delivered within that time, the server notifies the sender if
 * 'mode' is "N", or returns the mail if 'mode' is "R". If 'seconds' is 0, the
 * limit is cleared, and the parameter mode may be NULL. Returns
 * CSMTP_BAD_ARGUMENT for any other 'mode'. */
CSMTP_API int CSMTP_CALL CSmtp_SetDeliverBy(CSmtpHandle h, int seconds, const char *mode); /* [message] */
/* Ask the server to hold the mail (FUTURERELEASE, RFC 4865). CSmtp_SetHoldFor
 * asks it to hold the mail for 'seconds' seconds, and CSmtp_SetHoldUntil until
 * the time that is 'seconds' seconds after 1970-01-01 UTC. 0 clears the
 * request. CSmtp_SetHoldUntil returns CSMTP_BAD_ARGUMENT for a time that
 * CSmtp_SetDate refuses. */
CSMTP_API int CSMTP_CALL CSmtp_SetHoldFor(CSmtpHandle h, unsigned int seconds); /* [message] */
CSMTP_API int CSMTP_CALL CSmtp_SetHoldUntil(CSmtpHandle h, int64_t seconds); /* [message] */

/* ---- Sending in other ways --------------------------------------------- */

/* Complete messages, many mails at once, and sending without waiting.
 *
 * @code
 * static void CSMTP_CALL sent(void *user, CSmtpHandle h, int error) {
 *   (void)user;
 *   if (error != CSMTP_NO_ERROR)
 *     fprintf(stderr, "%s\n", CSmtp_GetLastErrorText(h));
 * }
 *
 * static int send_later(CSmtpHandle h) {
 *   int error = CSmtp_SendAsync(h, sent, NULL);
 *   if (error != CSMTP_NO_ERROR)
 *     return error;
 *   while ((error = CSmtp_Wait(h, 1000)) == CSMTP_BUSY)
 *     puts("still sending");
 *   return error;
 * }
 * @endcode
 *
 * @code
 * CSmtpHandle mails[2];
 * int results[2];
 * mails[0] = CSmtp_Clone(h);
 * CSmtp_AddRecipient(mails[0], "bob@example.com", NULL);
 * mails[1] = CSmtp_Clone(h);
 * CSmtp_AddRecipient(mails[1], "carol@example.com", NULL);
 * CSmtp_SendBatch(h, mails, 2, results);
 * for (int i = 0; i < 2; i++) {
 *   if (results[i] != CSMTP_NO_ERROR)
 *     fprintf(stderr, "mail %d: %s\n", i, CSmtp_GetLastErrorText(mails[i]));
 *   CSmtp_Free(mails[i]);
 * }
 * @endcode
 */

/* Sends a complete message (RFC 5322): 'size' octets at 'data'. 'from' is the
 * reverse-path; "<>" means the null reverse-path. The parameter from may be
 * NULL or "": the reverse-path is then the address in the field Sender, or else
 * in From. An address set with CSmtp_SetEnvelopeFrom takes precedence over
 * 'from' and these fields. 'recipients' is a list, separated by commas. The
 * parameter recipients may be NULL: the recipients are then the addresses in
 * To, Cc and Bcc. The library removes Bcc and corrects line breaks. Returns
 * CSMTP_UNDEF_RECIPIENTS if there is no recipient, and CSMTP_UNDEF_MAIL_FROM if
 * there is no reverse-path; otherwise returns what CSmtp_Send returns. */
CSMTP_API int CSMTP_CALL CSmtp_SendRaw(CSmtpHandle h, const void *data, size_t size, const char *from, const char *recipients);
/* Sends the complete message in a file, as CSmtp_SendRaw does. The parameters
 * from and recipients may be NULL, with the same meaning as in CSmtp_SendRaw. */
CSMTP_API int CSMTP_CALL CSmtp_SendRawFile(CSmtpHandle h, const char *path, const char *from, const char *recipients);
/* Sends the messages of the n handles in 'mails' over the open session of h, or
 * over a new one. Server, login, TLS, timeouts and log are those of h. Message,
 * envelope and progress callback are those of each mail. With PIPELINING, a
 * mail takes one round trip. With CSMTP_BDAT, a group of up to 32 small mails
 * takes only one round trip in total.
 *
 * If 'results' is not NULL, stores n numbers in it: for each mail, the number
 * that CSmtp_Send would have returned. The getters on each handle in 'mails'
 * return the error, outcome, reply and result rows of its mail. Returns 0 if
 * all mails were accepted, and otherwise the first nonzero result, which is
 * also the last error of h.
 *
 * After a refused mail, the batch continues. The library sends the remaining
 * mails over a new session in these cases:
 *
 * - The server closed the session between two mails, or after it refused a mail
 *   with a reply other than 421.
 *
 * - The server replied to MAIL that the session has had too many mails.
 *
 * - CSmtp_SetSMTPServer has set a list with another server, and either the
 *   session ended or the server replied 4yz to MAIL. The mails are then sent to
 *   the other server.
 *
 * - A local error, such as an unreadable attachment, stopped a mail while it
 *   was being sent.
 *
 * - The library had sent the commands of the next mail without waiting for the
 *   reply to a message, and the connection was lost before the replies to these
 *   commands arrived. Some servers offer PIPELINING but cannot handle commands
 *   that arrive before they have replied to the message. During the next 24
 *   hours, every handle of the process waits for the reply to a message before
 *   it sends that server another command.
 *
 * If the session ends in any other way, the mails that follow are NOT_SENT and
 * can be sent again.
 *
 * If the connection is lost, at most one mail is IN_DOUBT; with CSMTP_BDAT, at
 * most the mails of one group are. If replies no longer match the commands,
 * earlier mails whose replies the library could not match with certainty are
 * IN_DOUBT as well. The library never resends a mail that is IN_DOUBT.
 *
 * Nothing is sent, and the call returns CSMTP_BAD_ARGUMENT, if h is one of the
 * mails or a mail occurs twice. Nothing is sent, and the call returns
 * CSMTP_BUSY, if another thread is using the handle of a mail or an
 * asynchronous Send of a mail is under way. Until the batch ends, CSmtp_Cancel
 * and CSmtp_Free, called with h or with a handle in 'mails', cancel the batch,
 * and other calls on these handles return CSMTP_BUSY. */
CSMTP_API int CSMTP_CALL CSmtp_SendBatch(CSmtpHandle h, const CSmtpHandle *mails, size_t n, int *results);
/* A callback that is called once, when an asynchronous Send or a mail in a pool
 * has ended. 'error' is the error number of that Send or mail. The callback may
 * call any function on h, such as CSmtp_SendAsync for the next mail, or
 * CSmtp_Free. It runs on a thread of the library, unless
 * CSmtp_PoolSetCallbacksInWait was called for the pool. */
typedef void(CSMTP_CALL *CSmtpDoneFunction)(void *user, CSmtpHandle h, int error);
/* Starts an asynchronous Send: a thread of the library sends the message as
 * CSmtp_Send does, while this function returns at once. If the result is 0, fn
 * is called when the Send has ended; if h is freed before that, fn gets
 * CSMTP_CANCELED. 'user' is passed to fn and must stay valid until fn has
 * returned. The parameter fn may be NULL: to learn the result, call CSmtp_Poll
 * or CSmtp_Wait. Returns CSMTP_BUSY if an earlier asynchronous Send on h is
 * under way. A Send counts as under way until its fn has returned; for calls
 * made by fn itself, the Send has already ended. If the thread that called
 * CSmtp_SendAsync then calls another function on h, that call waits until the
 * Send has ended. CSmtp_Cancel, CSmtp_Free, CSmtp_Poll and CSmtp_Wait are
 * exceptions: they do not wait in this way. The order of the Send and later
 * calls is not guaranteed if another thread was using h when CSmtp_SendAsync
 * was called.
 *
 * If h has no open session, the Send uses a shared session. All handles with
 * the same settings together have up to four such sessions. After a Send, a
 * shared session stays open for ten seconds, or until the last of these handles
 * is freed, whichever comes first. */
CSMTP_API int CSMTP_CALL CSmtp_SendAsync(CSmtpHandle h, CSmtpDoneFunction fn, void *user);
/* Returns CSMTP_BUSY while the asynchronous Send is under way. Once the Send
 * has ended, returns its error number, or 0 if the mail was accepted; by then,
 * fn has returned, unless fn itself calls CSmtp_Poll. Returns
 * CSMTP_BAD_ARGUMENT if no asynchronous Send was started. */
CSMTP_API int CSMTP_CALL CSmtp_Poll(CSmtpHandle h);
/* Waits until the asynchronous Send has ended, but not longer than
 * 'milliseconds' ms. Then returns what CSmtp_Poll returns. If the done
 * callbacks of two handles each call CSmtp_Free or CSmtp_Wait with the other
 * handle, waiting would cause a deadlock: CSmtp_Wait then returns CSMTP_BUSY at
 * once. */
CSMTP_API int CSMTP_CALL CSmtp_Wait(CSmtpHandle h, unsigned int milliseconds);
/* Cancels the running call on h, or the asynchronous Send of h. The canceled
 * call returns CSMTP_CANCELED within 100 ms; CSmtp_Cancel itself returns at
 * once. A callback may call CSmtp_Cancel to cancel the call during which the
 * callback runs. Later calls are not affected. */
CSMTP_API int CSMTP_CALL CSmtp_Cancel(CSmtpHandle h);

/* ---- A pool of relays -------------------------------------------------- */

/* Many mails over several relays. A pool keeps its sessions open and sends over
 * them on threads of the library, so that the program needs no thread per mail.
 *
 * @code
 * static void CSMTP_CALL sent(void *user, CSmtpHandle mail, int error) {
 *   (void)user;
 *   if (error != CSMTP_NO_ERROR && CSmtp_IsSafeToRetry(mail))
 *     puts("not sent: submit it again later");
 * }
 *
 * static int send_many(CSmtpHandle h, CSmtpHandle first, CSmtpHandle second) {
 *   int i, error = CSMTP_NO_ERROR;
 *   CSmtpHandle pool = CSmtp_PoolNew();
 *   CSmtp_PoolAddRelay(pool, first, "first");
 *   CSmtp_PoolAddRelay(pool, second, "second");
 *   CSmtp_PoolSetWeight(pool, 0, 3);
 *   for (i = 0; i < 1000 && error == CSMTP_NO_ERROR; i++) {
 *     CSmtp_DelRecipients(h);
 *     CSmtp_AddRecipient(h, "bob@example.com", NULL);
 *     error = CSmtp_PoolSubmit(pool, h, NULL, 60000, sent, NULL, NULL);
 *   }
 *   CSmtp_PoolDrain(pool, 600000);
 *   CSmtp_Free(pool);
 *   return error;
 * }
 * @endcode
 *
 * A pool has its own handle. CSmtp_Free frees the pool, CSmtp_Cancel cancels
 * all its mails, and CSmtp_GetLastError and CSmtp_GetLastErrorText describe the
 * last failed call on that handle. Relays are numbered from 0 in the order of
 * CSmtp_PoolAddRelay. All threads may use a pool at the same time. A forked
 * child can use neither a pool of its parent nor the mails in it: calls return
 * CSMTP_FORKED. docs/pool.md says which relay sends a mail, and when a mail
 * goes to another relay. A mail ends when it is accepted, refused, canceled, or
 * abandoned because it has waited too long (CSmtp_PoolSetPatience); its done
 * callback, the argument fn of CSmtp_PoolSubmit, is then called.
 *
 * By default, callbacks run on threads of the library, several at a time.
 * CSmtp_PoolSetCallbacksInWait makes them run on threads of the program. A
 * callback may call any function, but CSmtp_PoolWait, CSmtp_PoolDrain and
 * CSmtp_PoolSend return CSMTP_BUSY in a callback of the same pool. These three
 * functions also return CSMTP_BUSY if waiting would cause a deadlock. For
 * example, a callback of this pool frees another handle, and CSmtp_Free waits
 * for that handle's callback, which calls one of the three functions with this
 * pool. In the event callback of a pool, all functions that are called with the handle
 * of the pool return CSMTP_BUSY, except CSmtp_Cancel.
 */

/* Makes a pool without relays. Returns its handle, or 0 on failure, as
 * CSmtp_New does. CSmtp_Free cancels the mails of a pool, waits until their
 * callbacks have returned (except a callback that calls CSmtp_Free), and
 * closes the sessions. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_PoolNew(void);
/* Adds a relay that has the settings of the handle 'relay': server, login, TLS,
 * timeouts, log and so on. Changing or freeing that handle later has no
 * effect on the pool. The log and token callbacks of 'relay' run on threads
 * of the library. Neither of the two is called again before its previous call
 * has returned, but both can run at the same time. They can be called until
 * CSmtp_Free has freed the pool. The restrictions on callbacks of the pool (see
 * above) apply to these callbacks too. 'name' is used in error texts. The
 * parameter name may be NULL or "", which means the name of the server. Returns
 * CSMTP_BAD_ARGUMENT if 'relay' is a pool. */
CSMTP_API int CSMTP_CALL CSmtp_PoolAddRelay(CSmtpHandle pool, CSmtpHandle relay, const char *name);
/* Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
 * distributed in proportion to the weights. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetWeight(CSmtpHandle pool, unsigned int relay, unsigned int weight);
/* Sets the maximum number of sessions with a relay, from 1 to 1,000. The
 * default is 4. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetSessions(CSmtpHandle pool, unsigned int relay, unsigned int sessions);
/* Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
 * evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
 * If 'mails' is 0 (the default), there is no limit. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetRate(CSmtpHandle pool, unsigned int relay, unsigned int mails, unsigned int seconds);
/* Sets the number of mails after which a session is closed. 0 (the default) means no limit. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetSessionMails(CSmtpHandle pool, unsigned int relay, unsigned int mails);
/* Sets how long a session without a mail stays open, in milliseconds. The
 * default is 10,000. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetIdle(CSmtpHandle pool, unsigned int relay, unsigned int milliseconds);
/* Sets the maximum number of mails that wait in the pool. The default is 1,000;
 * 0 means no limit. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetQueue(CSmtpHandle pool, unsigned int mails);
/* Sets the pause of a relay after a failure, in milliseconds: during the pause,
 * the relay gets no mail. The first pause is 'first' (the default is 1,000).
 * After each pause, the relay gets one mail. If this mail fails too, the next
 * pause is twice as long, but at most 'longest' (the default is 300,000). */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetPause(CSmtpHandle pool, unsigned int first, unsigned int longest);
/* Sets how long a mail waits for a relay if all relays have failed. The time is
 * in milliseconds, and begins with the call to CSmtp_PoolSubmit. With 0 (the
 * default), the mail fails immediately. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetPatience(CSmtpHandle pool, unsigned int milliseconds);
/* A callback that is called before the first octet of a mail is sent to a
 * relay. 'id' identifies the mail: see CSmtp_PoolSubmit. If the result is not
 * 0, nothing is sent, and the mail ends with the error CSMTP_CANCELED and the
 * outcome CSMTP_NOT_SENT. */
typedef int(CSMTP_CALL *CSmtpSendingFunction)(void *user, const char *id, unsigned int relay, const char *message_id);
/* A callback that is called once after each call to CSmtpSendingFunction that
 * returned 0. It gets the outcome of that attempt (CSMTP_ACCEPTED and so on),
 * the server's queue id and the server's reply. A queue id or reply that does
 * not exist is "". The callback must return a number other than 0 if it could
 * not record the end of the attempt. The mail then ends with the error
 * CSMTP_CANCELED, so that its done callback learns that the end is not
 * recorded. CSmtp_GetOutcome still returns the true outcome. */
typedef int(CSMTP_CALL *CSmtpEndedFunction)(void *user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply);
/* Sets the journal: two callbacks that record each attempt, for example in a
 * database. After a crash of the program, a mail with a recorded beginning and
 * no recorded end is in doubt. The parameters named begin and end may be NULL.
 * A callback that is NULL is not called. Returns CSMTP_BUSY if the pool has
 * mails. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetJournal(CSmtpHandle pool, CSmtpSendingFunction begin, CSmtpEndedFunction end, void *user);
/* A callback that finds out, for example from the log of the relay, whether a
 * mail whose outcome is CSMTP_IN_DOUBT was delivered. It returns
 * CSMTP_DELIVERED, CSMTP_NOT_DELIVERED or CSMTP_UNKNOWN. It is allowed to take
 * a long time: the mail occupies no session meanwhile. */
typedef int(CSMTP_CALL *CSmtpReconcileFunction)(void *user, const char *id, unsigned int relay, const char *message_id);
/* Sets the function that is called for each mail in doubt. After
 * CSMTP_DELIVERED, the outcome of the mail is CSMTP_ACCEPTED. After
 * CSMTP_NOT_DELIVERED, the mail is sent again; if all relays are paused, the
 * mail first waits for the end of a pause. After CSMTP_UNKNOWN, the mail stays
 * in doubt. The parameter fn may be NULL: mails in doubt then stay in doubt.
 * Returns CSMTP_BUSY if the pool has mails. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetReconcile(CSmtpHandle pool, CSmtpReconcileFunction fn, void *user);
/* Sets where the callbacks of the pool run, except the log and token callbacks
 * of its relays. With 1, the callbacks run on threads of the program, inside
 * its calls to CSmtp_PoolWait, CSmtp_PoolDrain, CSmtp_PoolSend and CSmtp_Free,
 * and inside CSmtp_PoolSubmit while that function waits. The program must then
 * call CSmtp_PoolWait often, because the pool does nothing more with a mail
 * until its callback has run. With 0 (the default), the callbacks run on
 * threads of the library. Returns CSMTP_BUSY if the pool has mails. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSetCallbacksInWait(CSmtpHandle pool, int in_wait);
/* Sends the message of 'mail' and waits for the result. Returns what CSmtp_Send
 * would have returned; the getters on 'mail' describe the outcome. The message
 * and envelope settings of 'mail' apply; its server settings and its callbacks
 * are ignored. Until the function returns, CSmtp_Cancel and CSmtp_Free on
 * 'mail' cancel the mail, and other calls on 'mail' return CSMTP_BUSY. */
CSMTP_API int CSMTP_CALL CSmtp_PoolSend(CSmtpHandle pool, CSmtpHandle mail);
/* Puts a copy of the message of 'mail' in the queue. 'mail' can be changed or
 * freed as soon as the call has returned. Attached files are opened during the
 * call, but read later: if such a file has changed by the time the mail is
 * sent, the mail ends with CSMTP_MSG_BODY_ERROR. Functions that were passed to
 * CSmtp_AddAttachmentReader are called during this call. If the queue is full,
 * the function waits for at most 'milliseconds' ms (UINT_MAX: without limit),
 * and returns CSMTP_BUSY if the queue is still full. In a callback of the pool,
 * it does not wait. The program chooses 'id', which identifies the mail in the
 * journal. If 'id' is NULL or "", the Message-ID is used.
 *
 * The function makes a handle for the copy and stores the handle in *copied
 * before fn is called. Until the mail has ended, only getters, CSmtp_Cancel and
 * CSmtp_Free may be called on that handle; other functions return CSMTP_BUSY.
 * Until then, CSmtp_GetOutcome returns CSMTP_NOT_SENT, CSmtp_GetLastError
 * returns 0, and CSmtp_Free cancels the mail and returns at once. At the end,
 * fn is called with 'user', the handle and the error number. The getters on the
 * handle then describe the outcome, and fn may pass the handle to
 * CSmtp_PoolSubmit to send the mail again with the same Message-ID. The library
 * frees the handle when fn has returned. The parameters id, fn and copied may
 * be NULL. After CSmtp_PoolDrain, the function returns CSMTP_CANCELED. It can
 * also return any error that CSmtp_RenderMessage returns.
 */
CSMTP_API int CSMTP_CALL CSmtp_PoolSubmit(CSmtpHandle pool, CSmtpHandle mail, const char *id, unsigned int milliseconds, CSmtpDoneFunction fn, void *user, CSmtpHandle *copied);
/* Waits until all mails have ended and their callbacks have returned, for at
 * most 'milliseconds' ms (UINT_MAX: without limit). Returns CSMTP_BUSY if mails
 * remain. */
CSMTP_API int CSMTP_CALL CSmtp_PoolWait(CSmtpHandle pool, unsigned int milliseconds);
/* Makes the pool refuse further mails, and then waits as CSmtp_PoolWait does. At
 * the end of a program, call this function before CSmtp_Free. */
CSMTP_API int CSMTP_CALL CSmtp_PoolDrain(CSmtpHandle pool, unsigned int milliseconds);
/* Returns one statistic of a relay; 'what' selects it (CSMTP_POOL_...).
 * Returns 0 if there is no such relay. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_PoolGetCount(CSmtpHandle pool, unsigned int relay, int what);
/* Returns the number of mails that wait for a relay. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_PoolGetQueued(CSmtpHandle pool);
/* Return the name of a relay, and the text of the last error that the relay
 * caused. Return "" if there is no such relay or error. */
CSMTP_API const char *CSMTP_CALL CSmtp_PoolGetRelayName(CSmtpHandle pool, unsigned int relay);
CSMTP_API const char *CSMTP_CALL CSmtp_PoolGetRelayError(CSmtpHandle pool, unsigned int relay);

/* ---- What happened, in detail ------------------------------------------ */

/* The result for each recipient, and the dialogue with the server.
 *
 * @code
 * static void CSMTP_CALL log_line(void *user, int direction, const char *line) {
 *   const char *mark = direction == CSMTP_LOG_CLIENT ? "C:" : direction == CSMTP_LOG_SERVER ? "S:" : "--";
 *   fprintf((FILE *)user, "%s %s\n", mark, line);
 * }
 *
 * static void report(CSmtpHandle h) {
 *   unsigned int row;
 *   CSmtp_SetLogCallback(h, log_line, stderr);
 *   CSmtp_Send(h);
 *   for (row = 0; row < CSmtp_GetResultCount(h); row++)
 *     printf("%s: %s\n", CSmtp_GetResultRecipient(h, row),
 *            CSmtp_GetResultAccepted(h, row) ? "accepted" : CSmtp_GetResultReply(h, row));
 * }
 * @endcode
 */

/* Returns the step in which the last call failed: CSMTP_PHASE_... If the
 * library found an invalid setting before it connected, returns the step that
 * would use this setting (for a missing password, CSMTP_PHASE_AUTH). Returns
 * CSMTP_PHASE_NONE if the error, such as an invalid argument, belongs to no
 * step, or if CSmtp_GetLastError returns 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetPhase(CSmtpHandle h);
/* Returns the kind of the error of the last call: CSMTP_KIND_... Together with
 * the step, the kind distinguishes errors that have the same number. An example
 * is CSMTP_SERVER_NOT_RESPONDING: its kind is CSMTP_KIND_TIMEOUT,
 * CSMTP_KIND_REFUSED (the greeting was a refusal, such as 554) or
 * CSMTP_KIND_PROTOCOL (the greeting was not SMTP). Returns CSMTP_KIND_NONE if
 * CSmtp_GetLastError returns 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetErrorKind(CSmtpHandle h);
/* Returns 1 if the last call failed because of the login, and the same login
 * will fail again: the login, password or token is missing, is wrong, or cannot
 * be sent with the mechanisms and the security type that are set; the account
 * is not permitted to use the mechanism; or the server requires a login.
 * Returns 0 after a temporary failure, such as the reply 454, and for all other
 * errors. If the result is 1, a program should ask for other credentials and
 * not try again, because servers lock accounts after several failures. */
CSMTP_API int CSMTP_CALL CSmtp_IsLoginError(CSmtpHandle h);
/* Returns 1 if it makes sense to send the mail of the last attempt again later:
 * the attempt failed, nothing was delivered to any recipient, and the same call
 * may succeed without a change. Otherwise returns 0.
 *
 * It returns 1 for a reply of 4yz to any command, including AUTH; for a
 * connection that was refused, timed out, or was lost before the last octet of
 * the message was sent; for a name that could not be looked up; for a token
 * endpoint that cannot be reached or replies with HTTP status 429 or 5xx; and
 * for a file that changed while it was being sent.
 *
 * It returns 0 after success; for CSMTP_PARTIAL and CSMTP_IN_DOUBT; for a reply
 * of 5yz, such as 535 (wrong password) or 550; for an error in a certificate, a
 * setting or a text; for any file error except such a change; for an extension
 * that the server does not offer; and for a canceled call. After
 * CSmtp_SendBatch(h, ...), the result for h is 1 only if the result for each of
 * the mails is 1; so the result is 0 if one of the mails was accepted, because
 * another call would send that mail again. Wait some minutes before each further attempt, and
 * limit the number of attempts. */
CSMTP_API int CSMTP_CALL CSmtp_IsSafeToRetry(CSmtpHandle h);
/* Returns the number of seconds to wait before the next mail, if the service
 * chosen with CSmtp_SetTransport has requested a delay (the HTTP field
 * Retry-After); otherwise 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetRetryAfter(CSmtpHandle h);
/* Returns the server's queue id for the last mail that was accepted; "" if the
 * reply contains none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetQueueID(CSmtpHandle h);
/* Returns the number of result rows: one for each recipient of the last attempt,
 * in the order To, Cc, Bcc. */
CSMTP_API unsigned int CSMTP_CALL CSmtp_GetResultCount(CSmtpHandle h);
/* Returns the address of a row's recipient; NULL if there is no such row. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultRecipient(CSmtpHandle h, unsigned int row);
/* Returns 1 if the mail was accepted for the recipient of a row, else 0. */
CSMTP_API int CSMTP_CALL CSmtp_GetResultAccepted(CSmtpHandle h, unsigned int row);
/* Return the reply code (such as 550), the enhanced status code (such as
 * "5.1.1") and the whole reply for the recipient of a row. Return 0 or "" if
 * there is no such row or no reply. */
CSMTP_API int CSMTP_CALL CSmtp_GetResultCode(CSmtpHandle h, unsigned int row);
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultEnhancedCode(CSmtpHandle h, unsigned int row);
CSMTP_API const char *CSMTP_CALL CSmtp_GetResultReply(CSmtpHandle h, unsigned int row);
/* A callback that is called from time to time while the message is being sent.
 * 'sent' is the number of octets sent so far, and 'total' is the size of the
 * message in octets (-1 if it is not known). A result other than 0 cancels the
 * Send, which returns CSMTP_CANCELED. */
typedef int(CSMTP_CALL *CSmtpProgressFunction)(void *user, int64_t sent, int64_t total);
/* Sets the progress callback. The parameter fn may be NULL, which removes the
 * callback. 'user' is passed to fn. */
CSMTP_API int CSMTP_CALL CSmtp_SetProgressCallback(CSmtpHandle h, CSmtpProgressFunction fn, void *user); /* [setting] */
/* A callback that receives a line of the dialogue. 'direction' is CSMTP_LOG_...
 * Secrets in the line are masked. */
typedef void(CSMTP_CALL *CSmtpLogFunction)(void *user, int direction, const char *line);
/* Sets the log callback. The parameter fn may be NULL, which removes the
 * callback. 'user' is passed to fn. */
CSMTP_API int CSMTP_CALL CSmtp_SetLogCallback(CSmtpHandle h, CSmtpLogFunction fn, void *user); /* [setting] */
/* Appends to a file the lines that a log callback would receive, each with the
 * time and the direction. "" ends the logging to the file. A new file gets mode
 * 0600. An existing file keeps its mode; if other users can read it, the log
 * contains a warning at each connection. Returns CSMTP_FILE_NOT_EXIST if the
 * file cannot be opened, or is a symbolic link. /dev/stdout and /dev/stderr
 * mean the program's descriptors 1 and 2; /dev/fd/N and /proc/self/fd/N mean
 * descriptor N. If that descriptor is later closed, or reused for another file,
 * no more lines are written. A FIFO needs a reader; lines are lost if the
 * reader reads nothing for one second. */
CSMTP_API int CSMTP_CALL CSmtp_SetLogFile(CSmtpHandle h, const char *path); /* [setting] */
/* Records in a file the sessions that are opened after this call, as a
 * transcript that csmtp-testserver can replay. Passwords, tokens and the
 * responses of a login are always masked. If 'contents' is 0, the messages are
 * left out, and these texts are replaced: mail addresses, even encoded ones;
 * their local parts and domains where they occur alone and have at least 3
 * characters; the login; the names of this host; and IP addresses. For the
 * details, see docs/recording.md. If 'contents' is not 0, the messages and all
 * these texts are recorded unchanged. If a later call to this function sets
 * 'contents' to 0 during a session, the rest of that session is recorded as if
 * 'contents' had been 0. The file is rewritten at the end of each library call
 * that uses the session, and gets mode 0600. If several handles of the process
 * record to the same file, the file contains the sessions of all of them; the
 * first session replaces the old content of the file. "" ends the recording.
 * Returns CSMTP_FILE_NOT_EXIST if the file cannot be written, is a symbolic
 * link, has other hard links, is not a regular file, or belongs to another
 * user. */
CSMTP_API int CSMTP_CALL CSmtp_SetRecordFile(CSmtpHandle h, const char *path, int contents); /* [setting] */
/* An event. It contains neither a secret nor a part of a message. Later
 * versions may add members at the end: 'size' says which members the library
 * has set. A number that has no meaning for the kind of the event is 0. The
 * members from 'resolve' to 'total' are durations in microseconds, measured by
 * a monotonic clock; a step that was not taken has the duration 0. */
typedef struct CSmtpEvent {
  size_t size; /* the size of this struct, in octets */
  int kind; /* CSMTP_EVENT_... */
  unsigned int relay; /* the number of the relay in the pool; UINT_MAX for a mail that no relay got; 0 without a pool */
  const char *name; /* the name of the relay; "" without a pool */
  const char *server; /* "host:port"; "" if there was no session */
  int outcome; /* the outcome of the mail: CSMTP_ACCEPTED and so on */
  int error; /* the error number */
  int reply_code; /* the code of the last reply, such as 250 */
  unsigned int attempts; /* the number of attempts to send the mail so far */
  unsigned int recipients; /* the number of recipients of the mail */
  unsigned int accepted; /* the number of recipients for whom the mail was accepted */
  int64_t octets; /* the size of the message, if all of it was sent */
  int64_t resolve; /* looking up the address */
  int64_t connect; /* connecting */
  int64_t tls; /* the TLS handshake */
  int64_t greeting; /* waiting for the greeting */
  int64_t ehlo; /* EHLO and STARTTLS */
  int64_t login; /* the login */
  int64_t envelope; /* MAIL, RCPT and the reply to DATA */
  int64_t content; /* sending the message */
  int64_t reply; /* waiting for the reply after the message */
  int64_t total; /* for a session, the time since it began to connect; for a mail, the time since the call that sends or submits it; for a pause, its length */
} CSmtpEvent;
/* A callback that is told about an event. The event is valid until the callback
 * returns. */
typedef void(CSMTP_CALL *CSmtpEventFunction)(void *user, const CSmtpEvent *event);
/* Sets the event callback, with which a program counts connections and mails
 * and measures how long they take. The handle h can also be that of a pool: fn
 * is then told about all its relays and mails. In a pool, fn runs where the
 * other callbacks of the pool run, but only one call at a time; the event
 * callbacks of its relays and mails are not called. In a batch, only the event
 * callback of the handle h of CSmtp_SendBatch is called. Set the callback
 * before a connection is opened: otherwise the callback gets no events of that
 * connection, and the steps of the mails sent over it are not measured. The
 * asynchronous Sends of a handle with an event callback do not share their
 * session with other handles; the end of that session is reported on a thread
 * of the library. The parameter fn may be NULL, which removes the callback.
 * docs/events.md explains the events. */
CSMTP_API int CSMTP_CALL CSmtp_SetEventCallback(CSmtpHandle h, CSmtpEventFunction fn, void *user); /* [setting] */

#ifdef __cplusplus
}
#endif

#endif
