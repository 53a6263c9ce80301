/* SPDX-License-Identifier: MIT
 *
 * gate.c: where C enters. Each function of csmtp_c.h is one line at the end of
 * this file; what a call has to pass stands above. gate_*_linux.c start the Go
 * runtime and shield it from the host, and the host from it; gate_windows.c and
 * gate_other.c do what is left of that elsewhere.
 */
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "_cgo_export.h"

/* For hosts under ThreadSanitizer, which cannot see how Go orders threads:
 * each call and callback is told to come after all that went before it, at its
 * beginning and at its end. Elsewhere NULL. */
#if defined(__linux__)
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
static char order;
#define ORDER() do { if (__tsan_acquire && __tsan_release) { __tsan_acquire(&order); __tsan_release(&order); } } while (0)
#else
#define ORDER() do { } while (0)
#endif

/* ---- Memory for exports.go --------------------------------------------- */

const char *const gateNothing = "", *const gateNoMemory = "out of memory";

void *gateAllocate(size_t size) { return calloc(1, size); }

/* ---- Refusals ---------------------------------------------------------- */

/* The gate's own numbers have their sentences here: they must be there
 * although Go is not. */
static const char *refusal(int code)
{
  switch (code) {
  case CSMTP_FORKED:
    return "this process was forked from one that had used the library: the handle belongs to the parent. "
           "Make new handles in the child; when that fails too, no private copy of the library could be loaded "
           "(it needs /proc, the library's file as it was, and a shared library)";
  case CSMTP_BUSY:
    return "a callback of this handle called a function on the same handle: only CSmtp_Cancel may be called there";
  case CSMTP_CANNOT_START:
    return "the library could not start: a limit on address space (ulimit -v; it reserves 1.8 GiB) "
           "or on threads (ulimit -u; it makes 8) leaves it no room";
  case CSMTP_LACK_OF_MEMORY:
    return gateNoMemory;
  default:
    return "";
  }
}

void gateRemember(int code, const char *text, size_t size)
{
  struct gateThread *t = gateThread();
  if (t == NULL)
    return;
  if (size >= sizeof t->text)
    size = sizeof t->text - 1;
  t->code = code;
  if (size > 0)
    memcpy(t->text, text, size);
  t->text[size] = 0;
}

/* ---- Calls ------------------------------------------------------------- */

static int refuse(struct gateVisit *v, int code)
{
  v->code = code;
  if (code != CSMTP_BUSY)
    gateRemember(code, refusal(code), strlen(refusal(code)));
  return code;
}

static int in_callback_of(const struct gateThread *t, CSmtpHandle h)
{
  const struct gateCallback *c;
  for (c = t != NULL && h != 0 ? t->callback : NULL; c != NULL; c = c->up)
    if (c->handle == h && c->done == 0)
      return 1;
  return 0;
}

/* What is special about an entry. */
enum {
  ANYWHERE = 1, /* it may be called from a callback of its handle */
  WRITES = 2 /* it may write to a connection or a file */
};

/* GATE_OPEN: the caller is in Go now, and leaves it by leave(). */
static int enter(struct gateVisit *v, CSmtpHandle h, int special)
{
  struct gateThread *t = gateThreadKnown();
  int code;

  if (!(special & ANYWHERE) && in_callback_of(t, h))
    return refuse(v, CSMTP_BUSY);
  code = gateProcess(h);
  if (code == GATE_COPY) {
    if (t != NULL)
      t->code = 0; /* the copy remembers */
    return code;
  }
  if (code != GATE_OPEN)
    return refuse(v, code);
  if (t == NULL && (t = gateThread()) == NULL)
    return refuse(v, CSMTP_LACK_OF_MEMORY);
  v->writes = special & WRITES;
  v->up = t->visit;
  gateCross(t, v);
  t->visit = v;
  ORDER();
  return GATE_OPEN;
}

static void leave(struct gateVisit *v)
{
  struct gateThread *t = gateThreadKnown();
  ORDER();
  t->visit = v->up;
  gateReturn(t, v);
}

static CSmtpHandle made(CSmtpHandle h)
{
  if (h != 0) {
    gateMade(h);
    gateRemember(0, NULL, 0);
  }
  return h;
}

/* ---- Callbacks --------------------------------------------------------- */

static struct gateCallback *begin(struct gateThread *t, CSmtpHandle h, uint64_t done)
{
  struct gateCallback *c = t != NULL ? malloc(sizeof *c) : NULL;
  if (c != NULL) {
    c->up = t->callback;
    c->handle = h;
    c->done = done;
    t->callback = c;
  }
  return c;
}

/* A callback may fork and return in the child as well. There it must not
 * return to Go, which is dead: it jumps over Go's frames to the entry, and the
 * call ends with CSMTP_FORKED. */
#if defined(__linux__)
#define LANDING(v) __builtin_setjmp((v)->landing)
#define LAND(v) __builtin_longjmp((v)->landing, 1)
#else
#define LANDING(v) 0
#define LAND(v) abort()
#endif

#define CALLBACK(done, call)               \
  struct gateThread *t = gateThread();     \
  struct gateCallback *c = begin(t, h, done); \
  struct gateVisit v;                      \
  if (c == NULL)                           \
    return FAILED;                         \
  v.up = t->visit;                         \
  gatePause(t, &v);                        \
  t->visit = &v;                           \
  ORDER();                                 \
  call;                                    \
  ORDER();                                 \
  t->visit = v.up;                         \
  t->callback = c->up;                     \
  free(c);                                 \
  if (!gateResume(t, &v))                  \
    LAND(v.up);                            \
  if (v.up == NULL)                        \
    gateRetire(t);

#define FAILED
void gateLog(CSmtpHandle h, CSmtpLogFunction fn, void *user, int direction, const char *line)
{
  CALLBACK(0, fn(user, direction, line))
}

void gateDone(CSmtpHandle h, uint64_t done, CSmtpDoneFunction fn, void *user, int error)
{
  CALLBACK(done, fn(user, h, error))
}
#undef FAILED

#define FAILED -1
int gateProgress(CSmtpHandle h, CSmtpProgressFunction fn, void *user, int64_t sent, int64_t total)
{
  int r;
  CALLBACK(0, r = fn(user, sent, total))
  return r;
}

int64_t gateRead(CSmtpHandle h, CSmtpReadFunction fn, void *user, void *buffer, size_t capacity)
{
  int64_t r;
  CALLBACK(0, r = fn(user, buffer, capacity))
  return r;
}
#undef FAILED

#define FAILED NULL
const char *gateToken(CSmtpHandle h, CSmtpTokenFunction fn, void *user, int refused)
{
  const char *r;
  CALLBACK(0, r = fn(user, refused))
  return r;
}
#undef FAILED

/* ---- Entries ----------------------------------------------------------- */

/* The exports of Go take char * where the header promises const char *. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#elif defined(__GNUC__)
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif
#define goRenderMessage(h, data, size) goRenderMessage(h, (char **)(data), size)

/* function is public, or static where more is to be said (LastError). h is the
 * argument that is a handle, 0 if none is; result passes what is returned. */
#define ENTRY(type, refused, special, function, name, h, params, args, result) \
  type CSMTP_CALL function params                                             \
  {                                                                           \
    struct gateVisit v;                                                       \
    type(CSMTP_CALL * copy) params;                                           \
    type r;                                                                   \
    switch (enter(&v, h, special)) {                                          \
    case GATE_OPEN:                                                           \
      if (LANDING(&v)) {                                                      \
        refuse(&v, CSMTP_FORKED);                                             \
        return refused;                                                       \
      }                                                                       \
      r = go##name args;                                                      \
      leave(&v);                                                              \
      return result(r);                                                       \
    case GATE_COPY:                                                           \
      *(void **)&copy = gateCopy(__COUNTER__, "CSmtp_" #name);                \
      if (copy != NULL)                                                       \
        return result(copy args);                                             \
      refuse(&v, CSMTP_FORKED);                                               \
      return refused;                                                         \
    default:                                                                  \
      return refused;                                                         \
    }                                                                         \
  }

#define PUBLIC(type, refused, special, name, h, params, args) \
  ENTRY(type, refused, special, CSmtp_##name, name, h, params, args, )

/* What a function gives: an error number; the same, and it may write; another
 * number; a text; a text that may be NULL; a handle. */
#define CODE(name, h, params, args) PUBLIC(int, v.code, 0, name, h, params, args)
#define WORK(name, h, params, args) PUBLIC(int, v.code, WRITES, name, h, params, args)
#define VALUE(type, name, h, params, args) PUBLIC(type, 0, 0, name, h, params, args)
#define TEXT(name, h, params, args) PUBLIC(const char *, "", 0, name, h, params, args)
#define LINE(name, h, params, args) PUBLIC(const char *, NULL, 0, name, h, params, args)
#define MAKES(name, h, params, args) ENTRY(CSmtpHandle, 0, 0, CSmtp_##name, name, h, params, args, made)

/* ---- Handles */

void CSMTP_CALL CSmtp_Free(CSmtpHandle h)
{
  struct gateVisit v;
  void(CSMTP_CALL * copy)(CSmtpHandle);
  switch (h == 0 ? CSMTP_BAD_HANDLE : enter(&v, h, WRITES)) {
  case GATE_OPEN:
    if (LANDING(&v))
      break;
    goFree(h);
    leave(&v);
    break;
  case GATE_COPY:
    *(void **)&copy = gateCopy(__COUNTER__, "CSmtp_Free");
    if (copy != NULL)
      copy(h);
    break;
  default: /* nothing of this process to free */
    break;
  }
}

MAKES(New, 0, (void), ())
MAKES(Clone, h, (CSmtpHandle h), (h))

/* ---- The message (RFC 5322) */

CODE(AddRecipient, h, (CSmtpHandle h, const char *email, const char *name), (h, email, name))
CODE(AddCCRecipient, h, (CSmtpHandle h, const char *email, const char *name), (h, email, name))
CODE(AddBCCRecipient, h, (CSmtpHandle h, const char *email, const char *name), (h, email, name))
CODE(AddAttachment, h, (CSmtpHandle h, const char *path), (h, path))
CODE(AddMsgLine, h, (CSmtpHandle h, const char *text), (h, text))
CODE(ClearMessage, h, (CSmtpHandle h), (h))
CODE(DelRecipients, h, (CSmtpHandle h), (h))
CODE(DelCCRecipients, h, (CSmtpHandle h), (h))
CODE(DelBCCRecipients, h, (CSmtpHandle h), (h))
CODE(DelAttachments, h, (CSmtpHandle h), (h))
CODE(DelMsgLines, h, (CSmtpHandle h), (h))
CODE(DelMsgLine, h, (CSmtpHandle h, unsigned int line), (h, line))
CODE(ModMsgLine, h, (CSmtpHandle h, unsigned int line, const char *text), (h, line, text))
VALUE(unsigned int, GetRecipientCount, h, (CSmtpHandle h), (h))
VALUE(unsigned int, GetCCRecipientCount, h, (CSmtpHandle h), (h))
VALUE(unsigned int, GetBCCRecipientCount, h, (CSmtpHandle h), (h))
VALUE(unsigned int, GetMsgLines, h, (CSmtpHandle h), (h))
LINE(GetMsgLineText, h, (CSmtpHandle h, unsigned int line), (h, line))
CODE(SetSubject, h, (CSmtpHandle h, const char *subject), (h, subject))
CODE(SetSenderName, h, (CSmtpHandle h, const char *name), (h, name))
CODE(SetSenderMail, h, (CSmtpHandle h, const char *email), (h, email))
CODE(SetReplyTo, h, (CSmtpHandle h, const char *reply_to), (h, reply_to))
CODE(SetXMailer, h, (CSmtpHandle h, const char *x_mailer), (h, x_mailer))
CODE(SetCharSet, h, (CSmtpHandle h, const char *charset), (h, charset))
CODE(SetReadReceipt, h, (CSmtpHandle h, int request_receipt), (h, request_receipt))
CODE(SetXPriority, h, (CSmtpHandle h, int priority), (h, priority))
CODE(SetHTML, h, (CSmtpHandle h, int html), (h, html))
VALUE(int, GetHTML, h, (CSmtpHandle h), (h))
TEXT(GetSubject, h, (CSmtpHandle h), (h))
TEXT(GetSenderName, h, (CSmtpHandle h), (h))
TEXT(GetMailFrom, h, (CSmtpHandle h), (h))
TEXT(GetReplyTo, h, (CSmtpHandle h), (h))
TEXT(GetXMailer, h, (CSmtpHandle h), (h))
VALUE(int, GetXPriority, h, (CSmtpHandle h), (h))

/* ---- The server */

CODE(SetSMTPServer, h, (CSmtpHandle h, const char *server, unsigned short port, int authenticate), (h, server, port, authenticate))
CODE(SetSecurityType, h, (CSmtpHandle h, int security_type), (h, security_type))
VALUE(int, GetSecurityType, h, (CSmtpHandle h), (h))
CODE(SetLogin, h, (CSmtpHandle h, const char *login), (h, login))
CODE(SetPassword, h, (CSmtpHandle h, const char *password), (h, password))
CODE(SetLocalHostName, h, (CSmtpHandle h, const char *name), (h, name))
TEXT(GetLocalHostName, h, (CSmtpHandle h), (h))
TEXT(GetLocalHostIP, h, (CSmtpHandle h), (h))
WORK(ConnectRemoteServer, h, (CSmtpHandle h, const char *server, unsigned short port, int security_type, int authenticate, const char *login, const char *password), (h, server, port, security_type, authenticate, login, password))
WORK(DisconnectRemoteServer, h, (CSmtpHandle h), (h))
WORK(Send, h, (CSmtpHandle h), (h))

/* ---- What happened */

static ENTRY(int, v.code, 0, last_error, GetLastError, h, (CSmtpHandle h), (h), )
static ENTRY(const char *, refusal(v.code), 0, last_error_text, GetLastErrorText, h, (CSmtpHandle h), (h), )

/* h of 0: what this thread's last call without a handle met, in this image of
 * the library or in its copy. */
int CSMTP_CALL CSmtp_GetLastError(CSmtpHandle h)
{
  struct gateThread *t = gateThreadKnown();
  int(CSMTP_CALL * copy)(CSmtpHandle);
  if (h != 0)
    return last_error(h);
  if (t != NULL && t->code != 0)
    return t->code;
  *(void **)&copy = gateCopy(__COUNTER__, "CSmtp_GetLastError");
  return copy != NULL ? copy(0) : 0;
}

const char *CSMTP_CALL CSmtp_GetLastErrorText(CSmtpHandle h)
{
  struct gateThread *t = gateThreadKnown();
  const char *(CSMTP_CALL * copy)(CSmtpHandle);
  if (h != 0)
    return last_error_text(h);
  if (t != NULL && t->code != 0)
    return t->text;
  *(void **)&copy = gateCopy(__COUNTER__, "CSmtp_GetLastErrorText");
  return copy != NULL ? copy(0) : "";
}

TEXT(GetLastReply, h, (CSmtpHandle h), (h))
VALUE(int, GetLastReplyCode, h, (CSmtpHandle h), (h))
TEXT(GetLastEnhancedCode, h, (CSmtpHandle h), (h))
VALUE(int, GetOutcome, h, (CSmtpHandle h), (h))
PUBLIC(const char *, refusal(error), 0, GetErrorText, 0, (int error), (error))
TEXT(GetVersion, 0, (void), ())

/* ---- Body and parts */

CODE(SetTextBody, h, (CSmtpHandle h, const char *text), (h, text))
CODE(SetHTMLBody, h, (CSmtpHandle h, const char *html), (h, html))
CODE(SetFlowed, h, (CSmtpHandle h, int flowed), (h, flowed))
CODE(SetEightBit, h, (CSmtpHandle h, int eight_bit), (h, eight_bit))
CODE(AddAttachmentAs, h, (CSmtpHandle h, const char *path, const char *name, const char *content_type), (h, path, name, content_type))
CODE(AddAttachmentData, h, (CSmtpHandle h, const char *name, const char *content_type, const void *data, size_t size), (h, name, content_type, data, size))
CODE(AddAttachmentReader, h, (CSmtpHandle h, const char *name, const char *content_type, int64_t size, CSmtpReadFunction read, void *user), (h, name, content_type, size, read, user))
CODE(AddInlineImage, h, (CSmtpHandle h, const char *path, const char *content_id), (h, path, content_id))
CODE(AddInlineImageData, h, (CSmtpHandle h, const char *content_id, const char *name, const char *content_type, const void *data, size_t size), (h, content_id, name, content_type, data, size))
CODE(SetCalendar, h, (CSmtpHandle h, const char *method, const char *calendar), (h, method, calendar))

/* ---- Header fields */

CODE(AddHeader, h, (CSmtpHandle h, const char *name, const char *value), (h, name, value))
CODE(DelHeaders, h, (CSmtpHandle h), (h))
CODE(SetMessageID, h, (CSmtpHandle h, const char *message_id), (h, message_id))
TEXT(GetMessageID, h, (CSmtpHandle h), (h))
CODE(SetDate, h, (CSmtpHandle h, int64_t seconds), (h, seconds))
CODE(AddFrom, h, (CSmtpHandle h, const char *email, const char *name), (h, email, name))
CODE(SetSender, h, (CSmtpHandle h, const char *email, const char *name), (h, email, name))
CODE(SetInReplyTo, h, (CSmtpHandle h, const char *message_ids), (h, message_ids))
CODE(SetReferences, h, (CSmtpHandle h, const char *message_ids), (h, message_ids))
CODE(SetAutoSubmitted, h, (CSmtpHandle h, const char *keyword), (h, keyword))
CODE(SetListUnsubscribe, h, (CSmtpHandle h, const char *uris, int one_click), (h, uris, one_click))

/* ---- Signatures */

CODE(AddDKIMKey, h, (CSmtpHandle h, const char *domain, const char *selector, const char *key), (h, domain, selector, key))
CODE(DelDKIMKeys, h, (CSmtpHandle h), (h))
CODE(SetSMIMEKey, h, (CSmtpHandle h, const char *certificate, const char *key), (h, certificate, key))

/* ---- The message without a connection */

WORK(RenderMessage, h, (CSmtpHandle h, const char **data, size_t *size), (h, data, size))
WORK(SaveMessage, h, (CSmtpHandle h, const char *path), (h, path))

/* ---- TLS */

CODE(SetVerifyPeer, h, (CSmtpHandle h, int verify), (h, verify))
CODE(SetCAFile, h, (CSmtpHandle h, const char *path), (h, path))
CODE(SetCADirectory, h, (CSmtpHandle h, const char *path), (h, path))
CODE(SetClientCertificate, h, (CSmtpHandle h, const char *certificate_file, const char *key_file), (h, certificate_file, key_file))
CODE(SetPinnedPublicKey, h, (CSmtpHandle h, const char *pins), (h, pins))
CODE(SetTLSMinVersion, h, (CSmtpHandle h, int version), (h, version))
CODE(SetTLSMaxVersion, h, (CSmtpHandle h, int version), (h, version))
CODE(SetTLSServerName, h, (CSmtpHandle h, const char *name), (h, name))
TEXT(GetTLSInfo, h, (CSmtpHandle h), (h))
TEXT(GetPeerCertificate, h, (CSmtpHandle h, unsigned int index, int field), (h, index, field))

/* ---- Login */

CODE(SetAuthMechanism, h, (CSmtpHandle h, const char *mechanisms), (h, mechanisms))
CODE(SetAuthorizationID, h, (CSmtpHandle h, const char *id), (h, id))
CODE(SetClearLogin, h, (CSmtpHandle h, int allow), (h, allow))
CODE(SetAccessToken, h, (CSmtpHandle h, const char *token), (h, token))
CODE(SetTokenCallback, h, (CSmtpHandle h, CSmtpTokenFunction fn, void *user), (h, fn, user))
CODE(SetOAuth2ClientCredentials, h, (CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *scope), (h, token_url, client_id, client_secret, scope))
CODE(SetOAuth2RefreshToken, h, (CSmtpHandle h, const char *token_url, const char *client_id, const char *client_secret, const char *refresh_token, const char *scope), (h, token_url, client_id, client_secret, refresh_token, scope))
TEXT(GetOAuth2RefreshToken, h, (CSmtpHandle h), (h))

/* ---- Connecting */

CODE(SetServerDomain, h, (CSmtpHandle h, const char *domain), (h, domain))
CODE(SetLocalAddress, h, (CSmtpHandle h, const char *address), (h, address))
CODE(SetProxy, h, (CSmtpHandle h, const char *url), (h, url))
CODE(SetLMTP, h, (CSmtpHandle h, int lmtp), (h, lmtp))
CODE(SetTimeout, h, (CSmtpHandle h, int step, unsigned int milliseconds), (h, step, milliseconds))
WORK(KeepAlive, h, (CSmtpHandle h), (h))
LINE(GetExtension, h, (CSmtpHandle h, const char *name), (h, name))
TEXT(GetExtensions, h, (CSmtpHandle h), (h))

/* ---- The envelope */

CODE(SetEnvelopeFrom, h, (CSmtpHandle h, const char *email), (h, email))
CODE(SetPartialDelivery, h, (CSmtpHandle h, int partial), (h, partial))
CODE(SetDSN, h, (CSmtpHandle h, const char *notify, const char *ret, const char *envelope_id), (h, notify, ret, envelope_id))
CODE(SetRecipientDSN, h, (CSmtpHandle h, const char *email, const char *notify, const char *original), (h, email, notify, original))
CODE(SetChunking, h, (CSmtpHandle h, int mode), (h, mode))
CODE(SetRequireTLS, h, (CSmtpHandle h, int require), (h, require))
CODE(SetMTPriority, h, (CSmtpHandle h, int priority), (h, priority))
CODE(SetDeliverBy, h, (CSmtpHandle h, int seconds, const char *mode), (h, seconds, mode))
CODE(SetHoldFor, h, (CSmtpHandle h, unsigned int seconds), (h, seconds))
CODE(SetHoldUntil, h, (CSmtpHandle h, int64_t seconds), (h, seconds))

/* ---- Sending in other ways */

WORK(SendRaw, h, (CSmtpHandle h, const void *data, size_t size, const char *from, const char *recipients), (h, data, size, from, recipients))
WORK(SendRawFile, h, (CSmtpHandle h, const char *path, const char *from, const char *recipients), (h, path, from, recipients))
WORK(SendBatch, h, (CSmtpHandle h, const CSmtpHandle *mails, size_t n, int *results), (h, mails, n, results))
WORK(SendAsync, h, (CSmtpHandle h, CSmtpDoneFunction fn, void *user), (h, fn, user))
CODE(Poll, h, (CSmtpHandle h), (h))
CODE(Wait, h, (CSmtpHandle h, unsigned int milliseconds), (h, milliseconds))
PUBLIC(int, v.code, ANYWHERE | WRITES, Cancel, h, (CSmtpHandle h), (h))

/* ---- What happened, in detail */

VALUE(int, IsSafeToRetry, h, (CSmtpHandle h), (h))
TEXT(GetQueueID, h, (CSmtpHandle h), (h))
VALUE(unsigned int, GetResultCount, h, (CSmtpHandle h), (h))
LINE(GetResultRecipient, h, (CSmtpHandle h, unsigned int row), (h, row))
VALUE(int, GetResultAccepted, h, (CSmtpHandle h, unsigned int row), (h, row))
VALUE(int, GetResultCode, h, (CSmtpHandle h, unsigned int row), (h, row))
TEXT(GetResultEnhancedCode, h, (CSmtpHandle h, unsigned int row), (h, row))
TEXT(GetResultReply, h, (CSmtpHandle h, unsigned int row), (h, row))
CODE(SetProgressCallback, h, (CSmtpHandle h, CSmtpProgressFunction fn, void *user), (h, fn, user))
CODE(SetLogCallback, h, (CSmtpHandle h, CSmtpLogFunction fn, void *user), (h, fn, user))
CODE(SetLogFile, h, (CSmtpHandle h, const char *path), (h, path))
