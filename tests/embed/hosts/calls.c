/* SPDX-License-Identifier: MIT
 *
 * calls.c: calls the library inside callbacks.
 */
#include "host.h"

#include <setjmp.h>

struct scene {
  CSmtpHandle at_work, other;
  int runs;
  int cancel_now;
};

static void CSMTP_CALL on_line(void *user, int direction, const char *line)
{
  struct scene *s = user;
  (void)direction;
  CHECK(line != NULL, "the line is NULL");
  if (s->runs++ != 0)
    return;
  CHECK(CSmtp_SetSubject(s->at_work, "x") == CSMTP_BUSY, "SetSubject");
  CHECK(CSmtp_Send(s->at_work) == CSMTP_BUSY, "Send");
  CHECK(CSmtp_Clone(s->at_work) == 0, "Clone");
  CHECK(CSmtp_GetSubject(s->at_work)[0] == 0, "GetSubject");
  CHECK(CSmtp_GetMsgLines(s->at_work) == 0, "GetMsgLines");
  CHECK(CSmtp_GetMsgLineText(s->at_work, 0) == NULL, "GetMsgLineText");
  CHECK(CSmtp_GetLastError(s->at_work) == CSMTP_BUSY, "GetLastError");
  CHECK(strstr(CSmtp_GetLastErrorText(s->at_work), "callback") != NULL, "text: %s", CSmtp_GetLastErrorText(s->at_work));
  CSmtp_Free(s->at_work);
  GOOD(s->other, CSmtp_SetSubject(s->other, "set in a callback"));
  GOOD(s->other, CSmtp_Send(s->other));
  send_new();
  if (s->cancel_now)
    GOOD(s->at_work, CSmtp_Cancel(s->at_work));
}

static void busy(void)
{
  struct scene s = { mailer(), mailer(), 0, 0 };
  GOOD(s.at_work, CSmtp_SetLogCallback(s.at_work, on_line, &s));
  GOOD(s.at_work, CSmtp_Send(s.at_work));
  CHECK(s.runs > 4, "%d lines", s.runs);
  CHECK(CSmtp_GetLastError(s.at_work) == 0, "GetLastError: %d", CSmtp_GetLastError(s.at_work));
  CHECK(strcmp(CSmtp_GetSubject(s.at_work), "from a host program") == 0, "the subject was changed");
  CHECK(strcmp(CSmtp_GetSubject(s.other), "set in a callback") == 0, "the subject of the other handle was not changed");
}

static void cancels(void)
{
  struct scene s = { mailer(), mailer(), 0, 1 };
  int r;
  GOOD(s.at_work, CSmtp_SetLogCallback(s.at_work, on_line, &s));
  r = CSmtp_Send(s.at_work);
  CHECK(r == CSMTP_CANCELED, "Send: %d", r);
  GOOD(s.at_work, CSmtp_SetLogCallback(s.at_work, NULL, NULL));
  GOOD(s.at_work, CSmtp_Send(s.at_work));
}

/* Each callback calls Send on the next handle of the chain. All handles on which Send has been
 * called are then busy. */
static struct scene chain[4];

static void CSMTP_CALL deeper(void *user, int direction, const char *line)
{
  struct scene *s = user, *up;
  (void)direction;
  (void)line;
  if (s->runs++ != 0)
    return;
  for (up = chain; up <= s; up++)
    CHECK(CSmtp_SetSubject(up->at_work, "x") == CSMTP_BUSY, "depth %d: the handle %d levels above is not busy", (int)(s - chain), (int)(s - up));
  if (s + 1 < chain + 4)
    GOOD(s[1].at_work, CSmtp_Send(s[1].at_work));
}

static void nested(void)
{
  int i;
  for (i = 0; i < 4; i++) {
    chain[i].at_work = mailer();
    GOOD(chain[i].at_work, CSmtp_SetLogCallback(chain[i].at_work, deeper, &chain[i]));
  }
  GOOD(chain[0].at_work, CSmtp_Send(chain[0].at_work));
  for (i = 0; i < 4; i++) {
    CHECK(chain[i].runs > 4, "depth %d did not run", i);
    GOOD(chain[i].at_work, CSmtp_SetSubject(chain[i].at_work, "free again"));
  }
}

/* on_done is the callback of SendAsync. It runs on a thread of the library. */
static int done;

static void CSMTP_CALL on_done(void *user, CSmtpHandle h, int error)
{
  (void)user;
  CHECK(error == 0, "the asynchronous Send: %d", error);
  GOOD(h, CSmtp_SetSubject(h, "x")); /* the Send is over */
  send_new();
  __atomic_store_n(&done, 1, __ATOMIC_RELEASE);
}

static void asynchronous(void)
{
  CSmtpHandle h = mailer();
  double until = now() + 20;
  GOOD(h, CSmtp_SendAsync(h, on_done, NULL));
  while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE) && now() < until)
    usleep(1000);
  CHECK(done, "never done");
  while (CSmtp_Poll(h) == CSMTP_BUSY && now() < until)
    usleep(1000);
  GOOD(h, CSmtp_Poll(h));
  CSmtp_Free(h);
}

/* If a callback exits by longjmp, its handle stays permanently busy. Other handles work, on
 * this thread and on others. */
static __thread jmp_buf way_out;

static void CSMTP_CALL leaves(void *user, int direction, const char *line)
{
  (void)user;
  (void)direction;
  (void)line;
  longjmp(way_out, 1);
}

static void *leaves_often(void *unused)
{
  volatile int i;
  for (i = 0; i < 5; i++) {
    CSmtpHandle h = mailer();
    GOOD(h, CSmtp_SetLogCallback(h, leaves, NULL));
    if (setjmp(way_out) == 0) {
      CSmtp_Send(h);
      CHECK(0, "Send returned although the callback left it by longjmp");
    }
    send_new();
  }
  return unused;
}

static void *stays_busy(void *unused)
{
  volatile CSmtpHandle h = mailer();
  GOOD(h, CSmtp_SetLogCallback(h, leaves, NULL));
  if (setjmp(way_out) == 0)
    CSmtp_Send(h);
  CHECK(CSmtp_SetSubject(h, "x") == CSMTP_BUSY, "SetSubject");
  CHECK(CSmtp_Send(h) == CSMTP_BUSY, "Send");
  CSmtp_Free(h);
  send_new();
  CHECK(CSmtp_GetMsgLines(h) == 0 && CSmtp_GetLastError(h) == CSMTP_BUSY, "the handle is no longer busy");
  return unused;
}

static void *sends(void *unused)
{
  send_new();
  return unused;
}

static void left_by_longjmp(void)
{
  int i;
  stays_busy(NULL);
  leaves_often(NULL);
  join(thread(stays_busy, NULL, 0));
  join(thread(leaves_often, NULL, 64 << 10));
  for (i = 0; i < 8; i++)
    join(thread(sends, NULL, i % 2 ? 64 << 10 : 0));
  sends(NULL);
}

MODES({ "busy", busy }, { "cancel", cancels }, { "nested", nested }, { "async", asynchronous }, { "longjmp", left_by_longjmp })
