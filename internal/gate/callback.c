/* SPDX-License-Identifier: MIT
 *
 * callback.c: runs the callbacks of the program.
 */
#include <stdlib.h>

#include "entry.h"

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

#define CALLBACK(done, call)                  \
  struct gateThread *t = gateThread();        \
  struct gateCallback *c = begin(t, h, done); \
  struct gateVisit v;                         \
  if (c == NULL)                              \
    return FAILED;                            \
  v.up = t->visit;                            \
  gatePause(t, &v);                           \
  t->visit = &v;                              \
  gateOrder();                                \
  call;                                       \
  gateOrder();                                \
  t->visit = v.up;                            \
  t->callback = c->up;                        \
  free(c);                                    \
  if (!gateResume(t, &v))                     \
    GATE_LAND(v.up);                          \
  if (v.up == NULL)                           \
    gateRetire(t);

#define FAILED
void gateLog(CSmtpHandle h, CSmtpLogFunction fn, void *user, int direction, const char *line)
{
  CALLBACK(0, fn(user, direction, line))
}

void gateEvent(CSmtpHandle h, CSmtpEventFunction fn, void *user, const CSmtpEvent *event, const char *name, const char *server)
{
  CSmtpEvent e = *event;
  e.size = sizeof e;
  e.name = name;
  e.server = server;
  CALLBACK(0, fn(user, &e))
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

int gateSending(CSmtpHandle h, uint64_t done, CSmtpSendingFunction fn, void *user, const char *id, unsigned int relay, const char *message_id)
{
  int r;
  CALLBACK(done, r = fn(user, id, relay, message_id))
  return r;
}

int gateAttemptEnded(CSmtpHandle h, uint64_t done, CSmtpEndedFunction fn, void *user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply)
{
  int r;
  CALLBACK(done, r = fn(user, id, relay, outcome, queue_id, reply))
  return r;
}
#undef FAILED

#define FAILED CSMTP_UNKNOWN
int gateReconcile(CSmtpHandle h, uint64_t done, CSmtpReconcileFunction fn, void *user, const char *id, unsigned int relay, const char *message_id)
{
  int r;
  CALLBACK(done, r = fn(user, id, relay, message_id))
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
