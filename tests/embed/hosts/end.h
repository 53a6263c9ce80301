/* SPDX-License-Identifier: MIT
 *
 * end.h: a done callback that counts its calls, for done.c and freed.c.
 */
#include "host.h"

enum { ROUNDS = 60 };

struct end {
  int error, calls;
  int delay; /* how long the callback runs, in microseconds */
};

static void CSMTP_CALL ended(void *user, CSmtpHandle h, int error)
{
  struct end *e = user;
  (void)h;
  if (e->delay)
    usleep((useconds_t)e->delay);
  e->error = error;
  e->calls++;
}

static struct end *new_end(int delay)
{
  struct end *e = calloc(1, sizeof *e);
  e->delay = delay;
  return e;
}

static void check_end(struct end *e, const char *who)
{
  CHECK(e->calls == 1, "%s: the callback ran %d times", who, e->calls);
  CHECK(e->error == 0 || e->error == CSMTP_CANCELED, "%s: the callback got error %d", who, e->error);
  free(e);
}
