/* SPDX-License-Identifier: MIT
 *
 * callback.c: runs the callbacks of the program.
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"

static struct gateCallback *begin(struct gateThread *t, CSmtpHandle h, uint64_t call, int busy)
{
  struct gateCallback *c = t != NULL ? malloc(sizeof *c) : NULL;
  if (c != NULL) {
    c->up = t->callback;
    c->handle = h;
    c->call = call;
    c->busy = busy;
    t->callback = c;
  }
  return c;
}

#define CALLBACK(id, busy, run)                   \
  struct gateThread *t = gateThread();            \
  struct gateCallback *c = begin(t, h, id, busy); \
  struct gateVisit v;                             \
  if (c == NULL)                                  \
    return FAILED;                                \
  v.up = t->visit;                                \
  gatePause(t, &v);                               \
  t->visit = &v;                                  \
  gateOrder();                                    \
  run;                                            \
  gateOrder();                                    \
  t->visit = v.up;                                \
  t->callback = c->up;                            \
  free(c);                                        \
  if (!gateResume(t, &v))                         \
    GATE_LAND(v.up);                              \
  if (v.up == NULL)                               \
    gateRetire(t);

#define FAILED
void gateLog(CSmtpHandle h, uint64_t call, CSmtpLogFunction fn, uintptr_t user, int direction, const char *line)
{
  CALLBACK(call, 1, fn((void *)user, direction, line))
}

static void call_event(CSmtpHandle h, CSmtpEventFunction fn, uintptr_t user, const CSmtpEvent *e)
{
  CALLBACK(0, 1, fn((void *)user, e))
}

/* Passes copies of the texts to the callback, because ThreadSanitizer could report a data
 * race if the callback read Go's memory. If there is no memory for the copies, the texts
 * are "". */
void gateEvent(CSmtpHandle h, CSmtpEventFunction fn, uintptr_t user, const CSmtpEvent *event, const char *name, const char *server)
{
  char buffer[512], *texts = buffer;
  const size_t first = strlen(name) + 1, second = strlen(server) + 1;
  CSmtpEvent e = *event;
  if (first + second > sizeof buffer)
    texts = malloc(first + second);
  e.size = sizeof e;
  e.name = e.server = "";
  if (texts != NULL) {
    e.name = memcpy(texts, name, first);
    e.server = memcpy(texts + first, server, second);
  }
  call_event(h, fn, user, &e);
  if (texts != buffer)
    free(texts);
}

void gateDone(CSmtpHandle h, uint64_t call, CSmtpDoneFunction fn, uintptr_t user, int error)
{
  CALLBACK(call, 0, fn((void *)user, h, error))
}
#undef FAILED

#define FAILED -1
int gateProgress(CSmtpHandle h, CSmtpProgressFunction fn, uintptr_t user, int64_t sent, int64_t total)
{
  int r;
  CALLBACK(0, 1, r = fn((void *)user, sent, total))
  return r;
}

int64_t gateRead(CSmtpHandle h, CSmtpReadFunction fn, uintptr_t user, void *buffer, size_t capacity)
{
  int64_t r;
  CALLBACK(0, 1, r = fn((void *)user, buffer, capacity))
  return r;
}

int gateSending(CSmtpHandle h, uint64_t call, CSmtpSendingFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id)
{
  int r;
  CALLBACK(call, 0, r = fn((void *)user, id, relay, message_id))
  return r;
}

int gateAttemptEnded(CSmtpHandle h, uint64_t call, CSmtpEndedFunction fn, uintptr_t user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply)
{
  int r;
  CALLBACK(call, 0, r = fn((void *)user, id, relay, outcome, queue_id, reply))
  return r;
}
#undef FAILED

#define FAILED CSMTP_UNKNOWN
int gateReconcile(CSmtpHandle h, uint64_t call, CSmtpReconcileFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id)
{
  int r;
  CALLBACK(call, 0, r = fn((void *)user, id, relay, message_id))
  return r;
}
#undef FAILED

#define FAILED NULL
const char *gateToken(CSmtpHandle h, uint64_t call, CSmtpTokenFunction fn, uintptr_t user, int refused)
{
  const char *r;
  CALLBACK(call, 1, r = fn((void *)user, refused))
  return r;
}
#undef FAILED
