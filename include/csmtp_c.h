/* SPDX-License-Identifier: MIT
 *
 * csmtp_c.h: the C contract of libcsmtp, and its manual. What is not in this
 * file is not published; a number or a function here never changes its meaning.
 *
 * Strings. What goes in is NUL-terminated, in the charset of CSmtp_SetCharSet
 * (addresses, host names, paths and everything about the connection: UTF-8),
 * and is copied before the call returns. What comes out belongs to the
 * library: it stays valid until the same getter (with the same index) on the
 * same handle finds a different text, or the handle is freed. A getter of a
 * string gives "" rather than NULL, except where its comment says otherwise.
 *
 * Results. A function that returns int gives one of the numbers below, 0 for
 * success, unless its comment says that it gives a count or a value. Detail is
 * asked for afterwards: CSmtp_GetLastErrorText and its neighbours.
 *
 * Handles. A number, 0 for none; never used twice. A call with a handle that
 * is not alive gives CSMTP_BAD_HANDLE. Any thread may use any handle; calls on
 * one handle wait for each other. CSmtp_Cancel never waits.
 *
 * Processes. The library starts at the first call. A child forked before that
 * may use it as its parent; a child forked later may use new handles, and gets
 * CSMTP_FORKED for those of its parent (see the README).
 *
 * Callbacks run on the thread that called, with the caller's signal mask, and
 * never after the call that they belong to returned (CSmtp_SendAsync says where
 * its own runs). A callback may call CSmtp_Cancel, and any function on another
 * handle; a call on the handle at work gives CSMTP_BUSY.
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
  CSMTP_LOGIN_NOT_SUPPORTED = 417, /* no mechanism in common */
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
  CSMTP_USE_TLS_IF_OFFERED = 4 /* STARTTLS where offered; beyond CSmtp */
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
  CSMTP_IN_DOUBT = 5 /* connection lost after the last octet and before the reply */
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

/* ---- Handles ----------------------------------------------------------- */

/* A new mailer with CSmtp's defaults; 0 when it cannot be had:
 * CSmtp_GetLastError(0) tells why. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_New(void);
/* Quits (bounded by CSMTP_TIMEOUT_QUIT) and frees. 0 and stale handles are ignored. */
CSMTP_API void CSMTP_CALL CSmtp_Free(CSmtpHandle h);
/* Copies settings and message, not the connection; 0 when it cannot be had. */
CSMTP_API CSmtpHandle CSMTP_CALL CSmtp_Clone(CSmtpHandle h);

/* ---- The message (RFC 5322) -------------------------------------------- */

/* name may be NULL or "". */
CSMTP_API int CSMTP_CALL CSmtp_AddRecipient(CSmtpHandle h, const char *email, const char *name);
CSMTP_API int CSMTP_CALL CSmtp_AddCCRecipient(CSmtpHandle h, const char *email, const char *name);
CSMTP_API int CSMTP_CALL CSmtp_AddBCCRecipient(CSmtpHandle h, const char *email, const char *name);
/* A file to attach; it is opened when sending. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachment(CSmtpHandle h, const char *path);
/* One more line of the body; CR, LF and CRLF within it are line ends. */
CSMTP_API int CSMTP_CALL CSmtp_AddMsgLine(CSmtpHandle h, const char *text);
/* Recipients of all kinds, attachments and lines; not subject, sender, settings. */
CSMTP_API int CSMTP_CALL CSmtp_ClearMessage(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelBCCRecipients(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelAttachments(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_DelMsgLines(CSmtpHandle h);
/* line counts from 0; CSMTP_OUT_OF_MSG_RANGE when there is none such. */
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
CSMTP_API int CSMTP_CALL CSmtp_SetSubject(CSmtpHandle h, const char *subject);
CSMTP_API int CSMTP_CALL CSmtp_SetSenderName(CSmtpHandle h, const char *name);
/* From, and the envelope's reverse-path. */
CSMTP_API int CSMTP_CALL CSmtp_SetSenderMail(CSmtpHandle h, const char *email);
CSMTP_API int CSMTP_CALL CSmtp_SetReplyTo(CSmtpHandle h, const char *reply_to);
CSMTP_API int CSMTP_CALL CSmtp_SetXMailer(CSmtpHandle h, const char *x_mailer);
/* IANA name of the charset of all texts; "US-ASCII" at first. 8-bit text under
 * it is taken as UTF-8 when it is valid UTF-8, and refused otherwise. */
CSMTP_API int CSMTP_CALL CSmtp_SetCharSet(CSmtpHandle h, const char *charset);
/* Asks for a message disposition notification (RFC 8098) to Reply-To, else the sender. */
CSMTP_API int CSMTP_CALL CSmtp_SetReadReceipt(CSmtpHandle h, int request_receipt);
/* CSMTP_XPRIORITY_...; any other number is Normal. */
CSMTP_API int CSMTP_CALL CSmtp_SetXPriority(CSmtpHandle h, int priority);
/* The lines are HTML (CSmtp's m_bHTML). */
CSMTP_API int CSMTP_CALL CSmtp_SetHTML(CSmtpHandle h, int html);
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
CSMTP_API int CSMTP_CALL CSmtp_SetSMTPServer(CSmtpHandle h, const char *server, unsigned short port, int authenticate);
CSMTP_API int CSMTP_CALL CSmtp_SetSecurityType(CSmtpHandle h, int security_type); /* CSMTP_USE_TLS ... */
CSMTP_API int CSMTP_CALL CSmtp_GetSecurityType(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_SetLogin(CSmtpHandle h, const char *login);
CSMTP_API int CSMTP_CALL CSmtp_SetPassword(CSmtpHandle h, const char *password);
/* The name said at EHLO; at first the host's. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalHostName(CSmtpHandle h, const char *name);
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostName(CSmtpHandle h);
/* This end's address: of the open session, else of the host's name, else "". */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLocalHostIP(CSmtpHandle h);
/* Connects, secures and logs in; an open session is left first. security_type
 * is remembered as by SetSecurityType unless CSMTP_DO_NOT_SET; login and
 * password are remembered unless NULL; server and port are not. */
CSMTP_API int CSMTP_CALL CSmtp_ConnectRemoteServer(CSmtpHandle h, const char *server, unsigned short port, int security_type, int authenticate, const char *login, const char *password);
/* QUIT, bounded by CSMTP_TIMEOUT_QUIT. Harmless when there is no session. */
CSMTP_API int CSMTP_CALL CSmtp_DisconnectRemoteServer(CSmtpHandle h);
/* Sends the message: over the open session, else over one of its own that is
 * closed afterwards. Every recipient is accepted or nothing is delivered,
 * unless CSmtp_SetPartialDelivery. After an error the session is closed, and
 * the handle can be used again. */
CSMTP_API int CSMTP_CALL CSmtp_Send(CSmtpHandle h);

/* ---- What happened ----------------------------------------------------- */

/* The number of the last call on h that failed; 0 when none has, and after a
 * Send or Connect that went well. h of 0: of the last CSmtp_New or CSmtp_Clone
 * of this thread, or call with a bad handle. */
CSMTP_API int CSMTP_CALL CSmtp_GetLastError(CSmtpHandle h);
/* What was being done, what the server said, what to do. Never a secret. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastErrorText(CSmtpHandle h);
/* The server's last reply that mattered: "530 5.7.0 Access denied"; "" if none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastReply(CSmtpHandle h);
CSMTP_API int CSMTP_CALL CSmtp_GetLastReplyCode(CSmtpHandle h); /* 530; 0 if none */
CSMTP_API const char *CSMTP_CALL CSmtp_GetLastEnhancedCode(CSmtpHandle h); /* "5.7.0" (RFC 3463); "" if none */
/* CSMTP_NOT_SENT ... of the last Send. */
CSMTP_API int CSMTP_CALL CSmtp_GetOutcome(CSmtpHandle h);
/* The fixed sentence of a number; never NULL. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetErrorText(int error);
/* "1.0.0" */
CSMTP_API const char *CSMTP_CALL CSmtp_GetVersion(void);

/* ======== Beyond CSmtp ================================================== */

/* ---- TLS --------------------------------------------------------------- */

/* 0: any certificate will do. As good as no TLS against an attacker. */
CSMTP_API int CSMTP_CALL CSmtp_SetVerifyPeer(CSmtpHandle h, int verify);
/* PEM file of certificate authorities, instead of the system's. "" goes back. */
CSMTP_API int CSMTP_CALL CSmtp_SetCAFile(CSmtpHandle h, const char *path);

/* ---- Login ------------------------------------------------------------- */

/* SASL mechanisms in order, e.g. "XOAUTH2" or "SCRAM-SHA-256 PLAIN"; "" lets
 * the strongest that the server offers be taken. */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthMechanism(CSmtpHandle h, const char *mechanisms);

/* ---- The session ------------------------------------------------------- */

/* CSMTP_TIMEOUT_..., in milliseconds; 0 is the default. */
CSMTP_API int CSMTP_CALL CSmtp_SetTimeout(CSmtpHandle h, int step, unsigned int milliseconds);
/* Ends what another thread is doing with h within 100 ms: CSMTP_CANCELED
 * there. Does not wait and may be called from a callback. A call that comes
 * after it is not touched. */
CSMTP_API int CSMTP_CALL CSmtp_Cancel(CSmtpHandle h);
/* 1: send to the accepted recipients although others are refused. */
CSMTP_API int CSMTP_CALL CSmtp_SetPartialDelivery(CSmtpHandle h, int partial);
/* 1 when the last Send may be repeated without the danger of a second copy. */
CSMTP_API int CSMTP_CALL CSmtp_IsSafeToRetry(CSmtpHandle h);

#ifdef __cplusplus
}
#endif

#endif
