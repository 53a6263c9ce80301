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
 * handle; a call on the handle at work gives CSMTP_BUSY. A callback returns: an
 * exception that leaves it ends the program, and after a longjmp its handle is at
 * work for good, so that calls on it give CSMTP_BUSY on that thread and wait on
 * others; all other handles go on. What was left is memory that stays in use.
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
 * password are remembered unless NULL or ""; server and port are not. When
 * login, authorization identity, security type, TLS settings or the server of
 * CSmtp_SetSMTPServer are changed afterwards, the next mail connects anew. */
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
/* The server's reply that was the error, or, after a Send that went well, the
 * one that accepted the mail: "530 5.7.0 Access denied"; "" if none. */
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

/* ---- Body and parts ---------------------------------------------------- */

/* The whole body as one text, instead of its lines. */
CSMTP_API int CSMTP_CALL CSmtp_SetTextBody(CSmtpHandle h, const char *text);
/* An HTML form of the body beside the lines (multipart/alternative); "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetHTMLBody(CSmtpHandle h, const char *html);
/* The text is format=flowed (RFC 3676): lines that end in a space go on. */
CSMTP_API int CSMTP_CALL CSmtp_SetFlowed(CSmtpHandle h, int flowed);
/* 1: 8-bit text goes as it is where the server offers 8BITMIME (RFC 6152); at
 * first 0: quoted-printable or base64, which every server passes on. */
CSMTP_API int CSMTP_CALL CSmtp_SetEightBit(CSmtpHandle h, int eight_bit);
/* name and content_type may be NULL: taken from the path. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentAs(CSmtpHandle h, const char *path, const char *name, const char *content_type);
/* size octets of data, copied. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentData(CSmtpHandle h, const char *name, const char *content_type, const void *data, size_t size);
/* Fills buffer and gives the number of octets; 0 at the end, less than 0 on
 * failure. A capacity of 0 means: start again from the beginning. */
typedef int64_t(CSMTP_CALL *CSmtpReadFunction)(void *user, void *buffer, size_t capacity);
/* size is the number of octets that will come, or -1 when it is not known. */
CSMTP_API int CSMTP_CALL CSmtp_AddAttachmentReader(CSmtpHandle h, const char *name, const char *content_type, int64_t size, CSmtpReadFunction read, void *user);
/* An image shown by <img src="cid:CONTENT_ID"> in the HTML body (RFC 2392). */
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImage(CSmtpHandle h, const char *path, const char *content_id);
CSMTP_API int CSMTP_CALL CSmtp_AddInlineImageData(CSmtpHandle h, const char *content_id, const char *name, const char *content_type, const void *data, size_t size);
/* An invitation or its like (RFC 6047): method is the iCalendar METHOD, e.g.
 * "REQUEST", calendar the iCalendar text; both "" drop it. */
CSMTP_API int CSMTP_CALL CSmtp_SetCalendar(CSmtpHandle h, const char *method, const char *calendar);

/* ---- Header fields ----------------------------------------------------- */

/* Any field that no other function sets. */
CSMTP_API int CSMTP_CALL CSmtp_AddHeader(CSmtpHandle h, const char *name, const char *value);
CSMTP_API int CSMTP_CALL CSmtp_DelHeaders(CSmtpHandle h);
/* "<left@right>"; "" makes a new one for the next mail. */
CSMTP_API int CSMTP_CALL CSmtp_SetMessageID(CSmtpHandle h, const char *message_id);
/* What was set, else that of the mail last sent, saved or rendered. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetMessageID(CSmtpHandle h);
/* Seconds since 1970-01-01 UTC; 0 means the time of sending. */
CSMTP_API int CSMTP_CALL CSmtp_SetDate(CSmtpHandle h, int64_t seconds);
/* One more author beside SetSenderMail's; Sender is then needed (RFC 5322, 3.6.2). */
CSMTP_API int CSMTP_CALL CSmtp_AddFrom(CSmtpHandle h, const char *email, const char *name);
CSMTP_API int CSMTP_CALL CSmtp_SetSender(CSmtpHandle h, const char *email, const char *name);
CSMTP_API int CSMTP_CALL CSmtp_SetInReplyTo(CSmtpHandle h, const char *message_ids);
CSMTP_API int CSMTP_CALL CSmtp_SetReferences(CSmtpHandle h, const char *message_ids);
/* RFC 3834: "auto-generated", "auto-replied"; "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetAutoSubmitted(CSmtpHandle h, const char *keyword);
/* RFC 2369: "<https://...>, <mailto:...>"; one_click adds RFC 8058's field. */
CSMTP_API int CSMTP_CALL CSmtp_SetListUnsubscribe(CSmtpHandle h, const char *uris, int one_click);

/* ---- Signatures -------------------------------------------------------- */

/* DKIM (RFC 6376, 8463): key is a PEM private key, RSA or Ed25519. Each call
 * adds a signature. */
CSMTP_API int CSMTP_CALL CSmtp_AddDKIMKey(CSmtpHandle h, const char *domain, const char *selector, const char *key);
CSMTP_API int CSMTP_CALL CSmtp_DelDKIMKeys(CSmtpHandle h);
/* S/MIME (RFC 8551): PEM certificate, with its chain, and PEM private key;
 * certificate "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetSMIMEKey(CSmtpHandle h, const char *certificate, const char *key);

/* ---- The message without a connection ---------------------------------- */

/* The octets that would be sent, before dot-stuffing. *data belongs to the
 * library until the next call of RenderMessage on h, or CSmtp_Free. */
CSMTP_API int CSMTP_CALL CSmtp_RenderMessage(CSmtpHandle h, const char **data, size_t *size);
/* The same, into a file (.eml); an existing file is replaced when all is written. */
CSMTP_API int CSMTP_CALL CSmtp_SaveMessage(CSmtpHandle h, const char *path);

/* ---- TLS --------------------------------------------------------------- */

/* 0: any certificate will do. As good as no TLS against an attacker. */
CSMTP_API int CSMTP_CALL CSmtp_SetVerifyPeer(CSmtpHandle h, int verify);
/* PEM file of certificate authorities, instead of the system's. "" goes back. */
CSMTP_API int CSMTP_CALL CSmtp_SetCAFile(CSmtpHandle h, const char *path);
/* Each file in the directory as by SetCAFile; both may be set. */
CSMTP_API int CSMTP_CALL CSmtp_SetCADirectory(CSmtpHandle h, const char *path);
/* PEM files; key_file NULL or "" when the key is in certificate_file. "" drops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetClientCertificate(CSmtpHandle h, const char *certificate_file, const char *key_file);
/* "sha256//BASE64" of the server's public key, several with ';' (as curl). */
CSMTP_API int CSMTP_CALL CSmtp_SetPinnedPublicKey(CSmtpHandle h, const char *pins);
/* CSMTP_TLS_1_0 = 10 ... CSMTP_TLS_1_3 = 13; 0 is the default, 1.2. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMinVersion(CSmtpHandle h, int version);
/* For a server whose newest version is broken; 0 is the default, none. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSMaxVersion(CSmtpHandle h, int version);
/* The name in the certificate where it is not the name dialled. */
CSMTP_API int CSMTP_CALL CSmtp_SetTLSServerName(CSmtpHandle h, const char *name);
/* Of the open session: "TLS 1.3, TLS_AES_128_GCM_SHA256"; "" in clear. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetTLSInfo(CSmtpHandle h);
/* Of the certificates that the server showed in the open session, 0 being its
 * own and the others those that vouch for it: a CSMTP_CERTIFICATE_... "" when
 * there is no such. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetPeerCertificate(CSmtpHandle h, unsigned int index, int field);

/* ---- Login ------------------------------------------------------------- */

/* SASL mechanisms in order, e.g. "XOAUTH2" or "SCRAM-SHA-256 PLAIN"; "" lets
 * the strongest that the server offers be taken. */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthMechanism(CSmtpHandle h, const char *mechanisms);
/* The identity to act as, where it is not the login's (RFC 4422). */
CSMTP_API int CSMTP_CALL CSmtp_SetAuthorizationID(CSmtpHandle h, const char *id);
/* 0: a password or token is never sent without TLS. At first 1: with
 * CSMTP_NO_SECURITY it is sent in clear when the server offers nothing better. */
CSMTP_API int CSMTP_CALL CSmtp_SetClearLogin(CSmtpHandle h, int allow);
/* An OAuth 2.0 access token: XOAUTH2 or OAUTHBEARER instead of the password. */
CSMTP_API int CSMTP_CALL CSmtp_SetAccessToken(CSmtpHandle h, const char *token);
/* Gives a token, copied at once, or NULL for none; refused is 1 when the last
 * one was refused by the server. fn NULL takes the callback away. */
typedef const char *(CSMTP_CALL *CSmtpTokenFunction)(void *user, int refused);
CSMTP_API int CSMTP_CALL CSmtp_SetTokenCallback(CSmtpHandle h, CSmtpTokenFunction fn, void *user);
/* The library gets its tokens itself (RFC 6749, 4.4 and 6). token_url is an
 * https URL, or "microsoft:TENANT", or "google"; scope "" is the provider's for
 * mail. Tokens are shared by handles with the same settings. */
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2ClientCredentials(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *scope);
CSMTP_API int CSMTP_CALL CSmtp_SetOAuth2RefreshToken(CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *refresh_token, const char *scope);
/* The refresh token that the token server gave in place of the one set: keep
 * it, the old one may be void. "" when it gave none. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetOAuth2RefreshToken(CSmtpHandle h);

/* ---- Connecting -------------------------------------------------------- */

/* Instead of SetSMTPServer: the servers that DOMAIN publishes (SRV records,
 * RFC 6186 and 8314). "" goes back. */
CSMTP_API int CSMTP_CALL CSmtp_SetServerDomain(CSmtpHandle h, const char *domain);
/* This end's IP address; "" is any. */
CSMTP_API int CSMTP_CALL CSmtp_SetLocalAddress(CSmtpHandle h, const char *address);
/* "socks5://user:password@host:port" or "http://..." (CONNECT); "" is none. */
CSMTP_API int CSMTP_CALL CSmtp_SetProxy(CSmtpHandle h, const char *url);
/* 1: LMTP (RFC 2033). A server of "unix:/path" is a unix socket, for SMTP too. */
CSMTP_API int CSMTP_CALL CSmtp_SetLMTP(CSmtpHandle h, int lmtp);
/* CSMTP_TIMEOUT_..., in milliseconds; 0 is the default. */
CSMTP_API int CSMTP_CALL CSmtp_SetTimeout(CSmtpHandle h, int step, unsigned int milliseconds);
/* NOOP: keeps the open session from idling out; CSMTP_CONNECTION_CLOSED when
 * there is none, or it died. */
CSMTP_API int CSMTP_CALL CSmtp_KeepAlive(CSmtpHandle h);
/* Parameters of a service extension of the open session ("SIZE" gives
 * "35882577"), "" when it has none, NULL when it is not offered. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtension(CSmtpHandle h, const char *name);
/* All of them, by name, a line each: "8BITMIME\nSIZE 35882577\n"; "" when there
 * is no session, or no extension. */
CSMTP_API const char *CSMTP_CALL CSmtp_GetExtensions(CSmtpHandle h);

/* ---- The envelope ------------------------------------------------------ */

/* The reverse-path where it is not SetSenderMail's; "<>" is the null one; "" goes back. */
CSMTP_API int CSMTP_CALL CSmtp_SetEnvelopeFrom(CSmtpHandle h, const char *email);
/* 1: send to the accepted recipients although others are refused. */
CSMTP_API int CSMTP_CALL CSmtp_SetPartialDelivery(CSmtpHandle h, int partial);
/* Delivery status notifications (RFC 3461) for all recipients: notify "NEVER"
 * or some of "SUCCESS,FAILURE,DELAY"; ret "FULL" or "HDRS"; each may be "".
 * Left out where the server does not offer DSN. */
CSMTP_API int CSMTP_CALL CSmtp_SetDSN(CSmtpHandle h, const char *notify, const char *ret, const char *envelope_id);
/* For one recipient already added: notify as above, original "" or the address
 * the mail was first sent to. */
CSMTP_API int CSMTP_CALL CSmtp_SetRecipientDSN(CSmtpHandle h, const char *email, const char *notify, const char *original);
/* CSMTP_DATA, CSMTP_BDAT where CHUNKING is offered, or CSMTP_BINARY where
 * BINARYMIME is: attachments then go unencoded (RFC 3030). */
CSMTP_API int CSMTP_CALL CSmtp_SetChunking(CSmtpHandle h, int mode);
/* REQUIRETLS (RFC 8689); CSMTP_NOT_OFFERED where the server has none. */
CSMTP_API int CSMTP_CALL CSmtp_SetRequireTLS(CSmtpHandle h, int require);
/* -9 to 9 (RFC 6710). */
CSMTP_API int CSMTP_CALL CSmtp_SetMTPriority(CSmtpHandle h, int priority);
/* Seconds, and what then: "N" notify, "R" return (RFC 2852); 0 takes it back. */
CSMTP_API int CSMTP_CALL CSmtp_SetDeliverBy(CSmtpHandle h, int seconds, const char *mode);
/* Release after seconds, or at a time, seconds since 1970 (RFC 4865); 0 takes it back. */
CSMTP_API int CSMTP_CALL CSmtp_SetHoldFor(CSmtpHandle h, unsigned int seconds);
CSMTP_API int CSMTP_CALL CSmtp_SetHoldUntil(CSmtpHandle h, int64_t seconds);

/* ---- Sending in other ways --------------------------------------------- */

/* A ready message (RFC 5322), size octets. from NULL and recipients NULL are
 * taken from its header; recipients are separated by commas. Bcc is taken out,
 * line ends are made right. */
CSMTP_API int CSMTP_CALL CSmtp_SendRaw(CSmtpHandle h, const void *data, size_t size, const char *from, const char *recipients);
CSMTP_API int CSMTP_CALL CSmtp_SendRawFile(CSmtpHandle h, const char *path, const char *from, const char *recipients);
/* n mails over the connection of h, the open one or one of its own: server,
 * login, TLS, timeouts and log are h's; message, envelope and progress callback
 * are each mail's. With PIPELINING a mail costs one round trip, and small ones
 * for which CSmtp_SetChunking chose CSMTP_BDAT cost one by groups of up to 32.
 * results (or NULL) is n numbers to fill: what CSmtp_Send would have given for
 * each mail; error, outcome, reply and rows are asked of the mail's own handle.
 * 0 when all were accepted, else the first number that is not 0, which is the
 * last error of h too. One mail refused does not keep back the next. When the
 * connection is lost, or the server leaves with 421, the mails after that are
 * NOT_SENT and can be sent again; IN_DOUBT is one mail at the most, or a group
 * with BDAT. Only where the server had ended the session between two mails, or
 * a message of ours failed on its way, are the rest sent over a new connection.
 * h may not be one of the mails, and none may come twice (CSMTP_BAD_ARGUMENT);
 * one that another thread is using is CSMTP_BUSY; then nothing was sent. Until
 * it returns, calls on h and the mails give CSMTP_BUSY, but for CSmtp_Cancel,
 * which ends the batch. */
CSMTP_API int CSMTP_CALL CSmtp_SendBatch(CSmtpHandle h, const CSmtpHandle *mails, size_t n, int *results);
/* Told when an asynchronous Send has ended, on a thread of the library's. */
typedef void(CSMTP_CALL *CSmtpDoneFunction)(void *user, CSmtpHandle h, int error);
/* Send on a thread of the library's; returns at once. fn may be NULL: ask
 * Poll or Wait. CSMTP_BUSY when one is under way on h. */
CSMTP_API int CSMTP_CALL CSmtp_SendAsync(CSmtpHandle h, CSmtpDoneFunction fn, void *user);
/* CSMTP_BUSY while the asynchronous Send is under way, then its number. */
CSMTP_API int CSMTP_CALL CSmtp_Poll(CSmtpHandle h);
/* The same after waiting for milliseconds at the most. */
CSMTP_API int CSMTP_CALL CSmtp_Wait(CSmtpHandle h, unsigned int milliseconds);
/* Ends what another thread is doing with h within 100 ms: CSMTP_CANCELED
 * there. Does not wait and may be called from a callback. A call that comes
 * after it is not touched. */
CSMTP_API int CSMTP_CALL CSmtp_Cancel(CSmtpHandle h);

/* ---- What happened, in detail ------------------------------------------ */

/* 1 when the last Send may be repeated without the danger of a second copy. */
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
/* Octets sent and all in all (-1: not known), from time to time while the
 * message goes; a result other than 0 cancels. fn NULL takes it away. */
typedef int(CSMTP_CALL *CSmtpProgressFunction)(void *user, int64_t sent, int64_t total);
CSMTP_API int CSMTP_CALL CSmtp_SetProgressCallback(CSmtpHandle h, CSmtpProgressFunction fn, void *user);
/* Each line of the dialogue, secrets masked: direction CSMTP_LOG_... fn NULL
 * takes it away. */
typedef void(CSMTP_CALL *CSmtpLogFunction)(void *user, int direction, const char *line);
CSMTP_API int CSMTP_CALL CSmtp_SetLogCallback(CSmtpHandle h, CSmtpLogFunction fn, void *user);
/* The same, appended to a file with time and direction; "" stops it. */
CSMTP_API int CSMTP_CALL CSmtp_SetLogFile(CSmtpHandle h, const char *path);

#ifdef __cplusplus
}
#endif

#endif
