/* SPDX-License-Identifier: MIT
 *
 * done.c: tests when the done callback of an asynchronous Send runs, and which
 * functions it can call. The callback has returned before Poll or Wait reports the end
 * (freed.c tests this for Free). Most modes then free the callback's data, so that the
 * sanitizers would detect a later use.
 */
#include "end.h"

static void waited(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct end *e = new_end(i % 3 ? 500 : 0);
    int r;
    GOOD(h, CSmtp_SendAsync(h, ended, e));
    while ((r = i % 2 ? CSmtp_Wait(h, 20000) : CSmtp_Poll(h)) == CSMTP_BUSY) {
    }
    CHECK(r == 0 && CSmtp_GetOutcome(h) == CSMTP_ACCEPTED, "Wait or Poll: %d", r);
    check_end(e, "Wait");
    CHECK(CSmtp_Poll(h) == 0 && CSmtp_Wait(h, 0) == 0, "Poll or Wait no longer reports the end");
    CSmtp_Free(h);
  }
}

/* Two threads call Wait. Both calls return after the callback has returned. */
struct pair {
  CSmtpHandle h;
  struct end *e;
};

static void *waits(void *p)
{
  struct pair *pair = p;
  int r;
  while ((r = CSmtp_Wait(pair->h, 20000)) == CSMTP_BUSY) {
  }
  CHECK(r == 0, "Wait: %d", r);
  CHECK(pair->e->calls == 1, "Wait returned before the callback");
  return NULL;
}

static void two_wait(void)
{
  int i;
  for (i = 0; i < ROUNDS; i++) {
    struct pair pair = { mailer(), new_end(500) };
    pthread_t one, two;
    GOOD(pair.h, CSmtp_SendAsync(pair.h, ended, pair.e));
    one = thread(waits, &pair, 0);
    two = thread(waits, &pair, 0);
    join(one);
    join(two);
    check_end(pair.e, "Wait");
    CSmtp_Free(pair.h);
  }
}

/* The Send is canceled immediately after it was started, or while it runs. */
static void cancelled(void)
{
  int i, r;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer();
    struct end *e = new_end(0);
    GOOD(h, CSmtp_Send(h));
    CHECK(CSmtp_GetOutcome(h) == CSMTP_ACCEPTED, "outcome %d", CSmtp_GetOutcome(h));
    GOOD(h, CSmtp_SendAsync(h, ended, e));
    if (i % 2)
      usleep((useconds_t)(i % 20) * 50);
    GOOD(h, CSmtp_Cancel(h));
    while ((r = CSmtp_Wait(h, 20000)) == CSMTP_BUSY) {
    }
    CHECK(r == e->error, "Wait returned %d, the callback got %d", r, e->error);
    if (r == CSMTP_CANCELED && i % 2 == 0)
      CHECK(CSmtp_GetOutcome(h) == CSMTP_NOT_SENT || CSmtp_GetOutcome(h) == CSMTP_IN_DOUBT, "CSMTP_CANCELED with outcome %d", CSmtp_GetOutcome(h));
    check_end(e, "Cancel");
    CSmtp_Free(h);
  }
}

/* When the callback runs, the Send has ended, and the callback can call every function. */
static int ran;

static void CSMTP_CALL calls(void *user, CSmtpHandle h, int error)
{
  CSmtpHandle clone;
  (void)user;
  CHECK(error == 0, "the callback got error %d", error);
  CHECK(CSmtp_Poll(h) == 0 && CSmtp_Wait(h, 60000) == 0, "Poll in the callback: %d", CSmtp_Poll(h));
  CHECK(CSmtp_GetOutcome(h) == CSMTP_ACCEPTED && CSmtp_GetResultCount(h) == 1, "outcome %d", CSmtp_GetOutcome(h));
  CHECK(CSmtp_GetLastError(h) == 0 && CSmtp_GetLastReplyCode(h) == 250, "reply code %d", CSmtp_GetLastReplyCode(h));
  GOOD(h, CSmtp_SetSubject(h, "set in the callback"));
  CHECK(strcmp(CSmtp_GetSubject(h), "set in the callback") == 0, "%s", CSmtp_GetSubject(h));
  clone = CSmtp_Clone(h);
  CHECK(clone != 0, "Clone");
  GOOD(clone, CSmtp_Send(clone));
  CSmtp_Free(clone);
  GOOD(h, CSmtp_Send(h));
  ran++;
}

static void called(void)
{
  CSmtpHandle h = mailer();
  int r;
  GOOD(h, CSmtp_SendAsync(h, calls, NULL));
  while ((r = CSmtp_Wait(h, 20000)) == CSMTP_BUSY) {
  }
  CHECK(r == 0 && ran == 1, "Wait: %d; the callback ran %d times", r, ran);
  CSmtp_Free(h);
}

/* Each callback starts the next Send. */
struct series {
  int left, sent;
};

static void CSMTP_CALL next(void *user, CSmtpHandle h, int error)
{
  struct series *s = user;
  CHECK(error == 0 || error == CSMTP_CANCELED, "the callback got error %d", error);
  if (error == 0)
    s->sent++;
  if (error == 0 && s->left-- > 0) {
    int r = CSmtp_SendAsync(h, next, s);
    CHECK(r == 0 || r == CSMTP_BAD_HANDLE, "SendAsync in the callback: %d", r);
    CHECK(r != 0 || CSmtp_Poll(h) != CSMTP_BAD_ARGUMENT, "Poll after SendAsync in the callback: no asynchronous Send");
  }
}

static void sent_inside(void)
{
  int i, r;
  CSmtpHandle h = mailer();
  struct series s = { 5, 0 };
  double until = now() + 30;
  GOOD(h, CSmtp_SendAsync(h, next, &s));
  while ((r = CSmtp_Wait(h, 20000)) == CSMTP_BUSY || s.sent < 6)
    CHECK(now() < until && (r == 0 || r == CSMTP_BUSY), "Wait: %d after %d mails", r, s.sent);
  CSmtp_Free(h);
  for (i = 0; i < ROUNDS; i++) { /* Free waits for all callbacks of a series */
    struct series *other = calloc(1, sizeof *other);
    other->left = 1000;
    h = mailer();
    GOOD(h, CSmtp_SendAsync(h, next, other));
    usleep((useconds_t)(i % 20) * 200);
    CSmtp_Free(h);
    free(other);
  }
}

/* If two callbacks wait for each other's handles, Wait soon returns CSMTP_BUSY. */
static pthread_barrier_t both;

static void CSMTP_CALL waits_for_other(void *user, CSmtpHandle h, int error)
{
  double began = now();
  int r;
  (void)h;
  (void)error;
  pthread_barrier_wait(&both);
  r = CSmtp_Wait(*(CSmtpHandle *)user, 60000);
  CHECK(r == CSMTP_BUSY || r == 0, "Wait in the callback: %d", r);
  CHECK(now() - began < 20, "the two callbacks wait for each other");
}

static void waited_crosswise(void)
{
  int i;
  for (i = 0; i < 20; i++) {
    CSmtpHandle a = mailer(), b = mailer();
    pthread_barrier_init(&both, NULL, 2);
    GOOD(a, CSmtp_SendAsync(a, waits_for_other, &b));
    GOOD(b, CSmtp_SendAsync(b, waits_for_other, &a));
    while (CSmtp_Wait(a, 20000) == CSMTP_BUSY || CSmtp_Wait(b, 20000) == CSMTP_BUSY) {
    }
    CSmtp_Free(a);
    CSmtp_Free(b);
    pthread_barrier_destroy(&both);
  }
}

/* Calls that are made on the handle after SendAsync take effect only after the asynchronous
 * Send. */
static void in_order(void)
{
  int i, r;
  for (i = 0; i < ROUNDS; i++) {
    CSmtpHandle h = mailer(), other = mailer(), mail;
    struct end *e = new_end(0);
    GOOD(h, CSmtp_SendAsync(h, ended, e));
    switch (i % 4) {
    case 0:
      GOOD(h, CSmtp_DelRecipients(h));
      break;
    case 1:
      mail = h;
      r = CSmtp_SendBatch(other, &mail, 1, NULL);
      CHECK(r == 0 || r == CSMTP_BUSY, "SendBatch with a mail that is being sent: %d", r);
      break;
    case 2:
      GOOD(h, CSmtp_SendBatch(h, &other, 1, NULL));
      break;
    case 3:
      CHECK(CSmtp_GetOutcome(h) == CSMTP_ACCEPTED, "outcome %d", CSmtp_GetOutcome(h));
      break;
    }
    while ((r = CSmtp_Wait(h, 20000)) == CSMTP_BUSY) {
    }
    CHECK(r == 0 && e->error == 0, "round %d: Wait: %d: %s", i, r, CSmtp_GetLastErrorText(h));
    check_end(e, "Wait");
    CSmtp_Free(h);
    CSmtp_Free(other);
  }
}

/* Until the callback of the first SendAsync has returned, a second SendAsync is refused,
 * except in this callback. */
static void second(void)
{
  CSmtpHandle h = mailer();
  struct end *e = new_end(300000);
  GOOD(h, CSmtp_SendAsync(h, ended, e));
  CHECK(CSmtp_SendAsync(h, ended, e) == CSMTP_BUSY, "a second SendAsync was accepted");
  CHECK(CSmtp_GetLastError(h) == CSMTP_BUSY && CSmtp_GetLastErrorText(h)[0] != 0, "GetLastError: %d", CSmtp_GetLastError(h));
  while (CSmtp_Wait(h, 20000) == CSMTP_BUSY) {
  }
  CHECK(CSmtp_GetLastError(h) == 0 && CSmtp_GetOutcome(h) == CSMTP_ACCEPTED, "GetLastError: %d", CSmtp_GetLastError(h));
  check_end(e, "the first SendAsync");
  CSmtp_Free(h);
}

/* In a child forked during an asynchronous Send, Poll and Wait return CSMTP_FORKED at
 * once. */
static CSmtpHandle sending;

static void child(void)
{
  CHECK(CSmtp_Poll(sending) == CSMTP_FORKED && CSmtp_Wait(sending, 60000) == CSMTP_FORKED, "Poll: %d", CSmtp_Poll(sending));
  CSmtp_Free(sending);
  send_new();
}

static void forked(void)
{
  int i, r;
  for (i = 0; i < 8; i++) {
    struct end *e = new_end(20000);
    sending = mailer();
    GOOD(sending, CSmtp_SendAsync(sending, ended, e));
    usleep((useconds_t)i * 500);
    in_child(child, "a child forked during an asynchronous Send");
    while ((r = CSmtp_Wait(sending, 20000)) == CSMTP_BUSY) {
    }
    CHECK(r == 0, "Wait: %d", r);
    check_end(e, "Wait");
    CSmtp_Free(sending);
  }
}

MODES({ "waited", waited }, { "two-wait", two_wait }, { "cancelled", cancelled }, { "called", called },
  { "waited-crosswise", waited_crosswise }, { "in-order", in_order },
  { "sent-inside", sent_inside }, { "second", second }, { "forked", forked })
