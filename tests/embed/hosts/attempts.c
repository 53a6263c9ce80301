/* SPDX-License-Identifier: MIT
 *
 * attempts.c: an attempt to send that fails before it opens a connection clears the
 * results of the previous mail: outcome, result rows, reply and queue id.
 */
#include "host.h"

static const char raw[] = "From: a@test.example\r\nTo: b@test.example\r\nSubject: raw\r\n\r\nx\r\n";

static int wait_async(CSmtpHandle h)
{
  int r;
  while ((r = CSmtp_Wait(h, 20000)) == CSMTP_BUSY) {
  }
  return r;
}

/* The following functions fail before anything is sent. Before each of them is called, h has
 * sent a mail. */

static int send_nobody(CSmtpHandle h) { return CSmtp_ClearMessage(h) != 0 ? -1 : CSmtp_Send(h); }
static int send_senderless(CSmtpHandle h) { return CSmtp_SetSenderMail(h, "") != 0 ? -1 : CSmtp_Send(h); }
static int send_bad_header(CSmtpHandle h) { return CSmtp_AddHeader(h, "X-A", "a\r\nb: c") != 0 ? -1 : CSmtp_Send(h); }
static int send_no_file(CSmtpHandle h) { return CSmtp_AddAttachment(h, "/none/such") != 0 ? -1 : CSmtp_Send(h); }
static int send_no_server(CSmtpHandle h) { return CSmtp_SetSMTPServer(h, "", 0, 0) != 0 ? -1 : CSmtp_Send(h); }
static int send_dead_port(CSmtpHandle h) { return CSmtp_SetSMTPServer(h, "127.0.0.1", 1, 0) != 0 ? -1 : CSmtp_Send(h); }
static int send_no_proxy(CSmtpHandle h) { return CSmtp_SetProxy(h, "nonsense") != 0 ? -1 : CSmtp_Send(h); }

static int raw_null(CSmtpHandle h) { return CSmtp_SendRaw(h, NULL, 1, NULL, NULL); }
static int raw_large(CSmtpHandle h) { return CSmtp_SendRaw(h, raw, (size_t)1 << 40, NULL, NULL); }
static int raw_empty(CSmtpHandle h) { return CSmtp_SendRaw(h, "", 0, NULL, NULL); }
static int raw_nobody(CSmtpHandle h) { return CSmtp_SendRaw(h, "From: a@test.example\r\n\r\n", 24, NULL, NULL); }
static int raw_dead_port(CSmtpHandle h)
{
  return CSmtp_SetSMTPServer(h, "127.0.0.1", 1, 0) != 0 ? -1 : CSmtp_SendRaw(h, raw, sizeof raw - 1, NULL, NULL);
}
static int file_null(CSmtpHandle h) { return CSmtp_SendRawFile(h, NULL, NULL, NULL); }
static int file_none(CSmtpHandle h) { return CSmtp_SendRawFile(h, "/none/such", NULL, NULL); }

static int connect_null(CSmtpHandle h) { return CSmtp_ConnectRemoteServer(h, NULL, 0, CSMTP_NO_SECURITY, 0, NULL, NULL); }
static int connect_security(CSmtpHandle h) { return CSmtp_ConnectRemoteServer(h, "127.0.0.1", port, 77, 0, NULL, NULL); }
static int connect_dead(CSmtpHandle h) { return CSmtp_ConnectRemoteServer(h, "127.0.0.1", 1, CSMTP_NO_SECURITY, 0, NULL, NULL); }
static int connect_nowhere(CSmtpHandle h) { return CSmtp_ConnectRemoteServer(h, "", 0, CSMTP_NO_SECURITY, 0, NULL, NULL); }

/* The following functions call SendBatch on h. */
static int batch_null(CSmtpHandle h) { return CSmtp_SendBatch(h, NULL, 1, NULL); }
static int batch_long(CSmtpHandle h) { return CSmtp_SendBatch(h, &h, (size_t)1 << 40, NULL); }
static int batch_itself(CSmtpHandle h) { return CSmtp_SendBatch(h, &h, 1, NULL); }
static int batch_no_handle(CSmtpHandle h)
{
  CSmtpHandle none = 0;
  return CSmtp_SendBatch(h, &none, 1, NULL);
}
static int batch_empty(CSmtpHandle h) { return CSmtp_SendBatch(h, NULL, 0, NULL); }

/* In the following functions, h is a mail of a batch. They call SendBatch on another handle,
 * the carrier. */
static int carried(CSmtpHandle carrier, CSmtpHandle first, CSmtpHandle h)
{
  CSmtpHandle mails[2];
  int results[2] = { -1, -1 }, r;
  mails[0] = first;
  mails[1] = h;
  r = CSmtp_SendBatch(carrier, mails, 2, results);
  CHECK(results[0] == r && results[1] == r, "SendBatch returned %d, with results %d and %d", r, results[0], results[1]);
  if (carrier != first)
    CSmtp_Free(carrier);
  return r;
}
static int mail_behind_none(CSmtpHandle h) { return carried(mailer(), 0, h); }
static int mail_twice(CSmtpHandle h) { return carried(mailer(), h, h); }
static int mail_behind_carrier(CSmtpHandle h)
{
  CSmtpHandle carrier = mailer();
  int r = carried(carrier, carrier, h);
  CSmtp_Free(carrier);
  return r;
}
static int mail_dead_port(CSmtpHandle h)
{
  CSmtpHandle carrier = mailer();
  int result = -1, r;
  GOOD(carrier, CSmtp_SetSMTPServer(carrier, "127.0.0.1", 1, 0));
  r = CSmtp_SendBatch(carrier, &h, 1, &result);
  CHECK(r == result, "SendBatch returned %d, with result %d", r, result);
  CSmtp_Free(carrier);
  return r;
}
static int mail_nobody(CSmtpHandle h)
{
  CSmtpHandle carrier = mailer();
  int result = -1;
  GOOD(h, CSmtp_ClearMessage(h));
  CSmtp_SendBatch(carrier, &h, 1, &result);
  CSmtp_Free(carrier);
  return result;
}

static int async_nobody(CSmtpHandle h) { return CSmtp_ClearMessage(h) != 0 || CSmtp_SendAsync(h, NULL, NULL) != 0 ? -1 : wait_async(h); }
static int async_dead_port(CSmtpHandle h)
{
  return CSmtp_SetSMTPServer(h, "127.0.0.1", 1, 0) != 0 || CSmtp_SendAsync(h, NULL, NULL) != 0 ? -1 : wait_async(h);
}

/* An asynchronous Send is canceled while it waits for another call on the same handle. The
 * other call blocks in the callback below. */
static pthread_barrier_t in_call;

static int64_t CSMTP_CALL blocks(void *user, void *buffer, size_t capacity)
{
  int *cancelled = user;
  (void)buffer;
  if (capacity == 0)
    return 0;
  if (!*cancelled) {
    *cancelled = 1;
    pthread_barrier_wait(&in_call);
    pthread_barrier_wait(&in_call);
  }
  return 0;
}

static void *renders(void *handle)
{
  const char *data;
  size_t size;
  (void)CSmtp_RenderMessage(*(CSmtpHandle *)handle, &data, &size);
  return NULL;
}

static int async_cancelled(CSmtpHandle h)
{
  pthread_t id;
  int once = 0, r;
  pthread_barrier_init(&in_call, NULL, 2);
  GOOD(h, CSmtp_AddAttachmentReader(h, "x", NULL, -1, blocks, &once));
  id = thread(renders, &h, 0);
  pthread_barrier_wait(&in_call); /* the other thread is in its call */
  GOOD(h, CSmtp_SendAsync(h, NULL, NULL));
  GOOD(h, CSmtp_Cancel(h));
  pthread_barrier_wait(&in_call);
  r = wait_async(h);
  join(id);
  pthread_barrier_destroy(&in_call);
  return r;
}

enum { ANY_ERROR = -1, SUCCESS = CSMTP_NO_ERROR };

struct row {
  const char *name;
  int (*run)(CSmtpHandle h);
  int want; /* a number, or ANY_ERROR */
};

static const struct row rows[] = {
  { "Send: no recipient", send_nobody, CSMTP_UNDEF_RECIPIENTS },
  { "Send: no sender", send_senderless, CSMTP_UNDEF_MAIL_FROM },
  { "Send: bad header", send_bad_header, CSMTP_BAD_INPUT },
  { "Send: missing attachment", send_no_file, CSMTP_FILE_NOT_EXIST },
  { "Send: no server", send_no_server, CSMTP_WSA_GETHOSTBY_NAME_ADDR },
  { "Send: nobody listens", send_dead_port, CSMTP_WSA_CONNECT },
  { "Send: bad proxy", send_no_proxy, ANY_ERROR },
  { "SendRaw: NULL", raw_null, CSMTP_BAD_ARGUMENT },
  { "SendRaw: too large", raw_large, CSMTP_BAD_ARGUMENT },
  { "SendRaw: empty", raw_empty, ANY_ERROR },
  { "SendRaw: no recipient", raw_nobody, ANY_ERROR },
  { "SendRaw: nobody listens", raw_dead_port, CSMTP_WSA_CONNECT },
  { "SendRawFile: NULL", file_null, CSMTP_BAD_ARGUMENT },
  { "SendRawFile: missing file", file_none, CSMTP_FILE_NOT_EXIST },
  { "ConnectRemoteServer: NULL", connect_null, CSMTP_BAD_ARGUMENT },
  { "ConnectRemoteServer: bad security type", connect_security, CSMTP_BAD_ARGUMENT },
  { "ConnectRemoteServer: nobody listens", connect_dead, CSMTP_WSA_CONNECT },
  { "ConnectRemoteServer: no server", connect_nowhere, CSMTP_WSA_GETHOSTBY_NAME_ADDR },
  { "SendBatch: NULL", batch_null, CSMTP_BAD_ARGUMENT },
  { "SendBatch: too long", batch_long, CSMTP_BAD_ARGUMENT },
  { "SendBatch: the carrier is a mail of the batch", batch_itself, CSMTP_BAD_ARGUMENT },
  { "SendBatch: no handle", batch_no_handle, CSMTP_BAD_HANDLE },
  { "SendBatch: no mails", batch_empty, SUCCESS },
  { "SendBatch, a mail: another handle is invalid", mail_behind_none, CSMTP_BAD_HANDLE },
  { "SendBatch, a mail: listed twice", mail_twice, CSMTP_BAD_ARGUMENT },
  { "SendBatch, a mail: another mail is the carrier", mail_behind_carrier, CSMTP_BAD_ARGUMENT },
  { "SendBatch, a mail: the port is closed", mail_dead_port, CSMTP_WSA_CONNECT },
  { "SendBatch, a mail: no recipient", mail_nobody, CSMTP_UNDEF_RECIPIENTS },
  { "SendAsync: no recipient", async_nobody, CSMTP_UNDEF_RECIPIENTS },
  { "SendAsync: nobody listens", async_dead_port, CSMTP_WSA_CONNECT },
  { "SendAsync: canceled before it starts", async_cancelled, CSMTP_CANCELED },
};

static const struct row *tried;

static void *results_are_cleared(void *handle)
{
  CSmtpHandle h = *(CSmtpHandle *)handle;
  CHECK(CSmtp_GetOutcome(h) == CSMTP_NOT_SENT, "%s: outcome %d", tried->name, CSmtp_GetOutcome(h));
  CHECK(CSmtp_GetResultCount(h) == 0, "%s: %u rows", tried->name, CSmtp_GetResultCount(h));
  CHECK(CSmtp_GetResultAccepted(h, 0) == 0 && CSmtp_GetResultCode(h, 0) == 0, "%s: a row is left", tried->name);
  CHECK(CSmtp_GetResultReply(h, 0)[0] == 0, "%s: a row still holds the reply %s", tried->name, CSmtp_GetResultReply(h, 0));
  CHECK(CSmtp_IsSafeToRetry(h) == (tried->want == CSMTP_WSA_CONNECT), "%s: safe to retry: %d", tried->name, CSmtp_IsSafeToRetry(h));
  CHECK(CSmtp_GetLastReply(h)[0] == 0, "%s: reply %s", tried->name, CSmtp_GetLastReply(h));
  CHECK(CSmtp_GetLastReplyCode(h) == 0, "%s: code %d", tried->name, CSmtp_GetLastReplyCode(h));
  CHECK(CSmtp_GetLastEnhancedCode(h)[0] == 0, "%s: enhanced code %s", tried->name, CSmtp_GetLastEnhancedCode(h));
  CHECK(CSmtp_GetPhase(h) <= CSMTP_PHASE_CONNECT, "%s: phase %d", tried->name, CSmtp_GetPhase(h));
  CHECK(CSmtp_GetPeerAddress(h)[0] == 0, "%s: peer %s", tried->name, CSmtp_GetPeerAddress(h));
  CHECK(CSmtp_GetQueueID(h)[0] == 0, "%s: queue id %s", tried->name, CSmtp_GetQueueID(h));
  return NULL;
}

static void table(void)
{
  size_t i;
  CHECK(CSmtp_IsSafeToRetry(0) == 0 && CSmtp_GetOutcome(0) == 0 && CSmtp_GetResultCount(0) == 0, "results of handle 0");
  for (i = 0; i < sizeof rows / sizeof *rows; i++) {
    CSmtpHandle h = mailer();
    int r;
    tried = &rows[i];
    GOOD(h, CSmtp_Send(h));
    CHECK(CSmtp_GetOutcome(h) == CSMTP_ACCEPTED && CSmtp_GetResultCount(h) == 1 && CSmtp_GetLastReplyCode(h) == 250, "%s: the previous mail was not accepted", tried->name);
    CHECK(CSmtp_GetPeerAddress(h)[0] != 0 && CSmtp_GetPhase(h) == CSMTP_PHASE_NONE, "peer \"%s\", phase %d", CSmtp_GetPeerAddress(h), CSmtp_GetPhase(h));
    r = tried->run(h);
    CHECK(tried->want == ANY_ERROR ? r > 0 : r == tried->want, "%s: %d: %s", tried->name, r, CSmtp_GetLastErrorText(h));
    CHECK(r == 0 || CSmtp_GetLastError(h) == r, "%s: last error %d", tried->name, CSmtp_GetLastError(h));
    results_are_cleared(&h);
    join(thread(results_are_cleared, &h, 0)); /* also for a thread that has not made a call */
    CSmtp_Free(h);
  }
}

/* A Send that is refused because the handle is busy does not count as an attempt: the getters
 * still report on the Send that is in progress. */
static void CSMTP_CALL refused_inside(void *user, int direction, const char *line)
{
  CSmtpHandle h = *(CSmtpHandle *)user;
  (void)direction;
  (void)line;
  CHECK(CSmtp_Send(h) == CSMTP_BUSY && CSmtp_SendRaw(h, NULL, 1, NULL, NULL) == CSMTP_BUSY, "a Send in a callback was not refused");
}

static void busy(void)
{
  CSmtpHandle h = mailer();
  GOOD(h, CSmtp_SetLogCallback(h, refused_inside, &h));
  GOOD(h, CSmtp_Send(h));
  CHECK(CSmtp_GetOutcome(h) == CSMTP_ACCEPTED && CSmtp_GetResultCount(h) == 1, "outcome %d", CSmtp_GetOutcome(h));
  CSmtp_Free(h);
}

/* A canceled Send never reports the results of an earlier mail. */
static void cancels(void)
{
  CSmtpHandle h = mailer();
  int i, early = 0;
  for (i = 0; i < 200; i++) {
    int r, outcome;
    GOOD(h, CSmtp_Send(h));
    GOOD(h, CSmtp_SendAsync(h, NULL, NULL));
    outcome = i % 2 ? CSmtp_GetOutcome(h) : CSMTP_NOT_SENT; /* the outcome of this Send, whether or not it has begun */
    CHECK(outcome == CSMTP_NOT_SENT || outcome == CSMTP_ACCEPTED, "outcome %d", outcome);
    if (outcome == CSMTP_ACCEPTED)
      CHECK(wait_async(h) == 0, "the outcome is ACCEPTED, but Wait returned %d", CSmtp_Poll(h));
    GOOD(h, CSmtp_Cancel(h));
    r = wait_async(h);
    outcome = CSmtp_GetOutcome(h);
    CHECK(r == 0 ? outcome == CSMTP_ACCEPTED : outcome == CSMTP_NOT_SENT || outcome == CSMTP_IN_DOUBT, "%d with outcome %d", r, outcome);
    early += r == CSMTP_CANCELED && outcome == CSMTP_NOT_SENT;
  }
  printf("%d of 200 were canceled before they sent\n", early);
  CSmtp_Free(h);
}

MODES({ "table", table }, { "busy", busy }, { "cancels", cancels })
