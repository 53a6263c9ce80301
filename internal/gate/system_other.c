/* SPDX-License-Identifier: MIT */

//go:build !linux && !windows

/*
 * system_other.c: for macOS and the BSDs. The loader starts Go when it loads the library. A
 * forked child must not use the library before it calls exec. Signals stay as the Go
 * runtime sets them up.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "gate.h"

static pthread_key_t key;
static pid_t born;

static void forget(void *record)
{
  if (born == getpid())
    gateRetire(record);
  free(record);
}

__attribute__((constructor)) static void at_load(void)
{
  born = getpid();
  if (pthread_key_create(&key, forget) != 0)
    born = 0; /* threads cannot have records, so each call is refused */
}

struct gateThread *gateThreadKnown(void) { return born != 0 ? pthread_getspecific(key) : NULL; }

struct gateThread *gateThread(void)
{
  struct gateThread *t = gateThreadKnown();
  if (born != 0 && t == NULL && (t = calloc(1, sizeof *t)) != NULL && pthread_setspecific(key, t) != 0) {
    free(t);
    t = NULL;
  }
  return t;
}

void gateMade(CSmtpHandle h) { (void)h; }

int gateFreeLater(CSmtpHandle h)
{
  (void)h;
  return 0;
}

void *gateCopy(int entry, const char *name)
{
  (void)entry;
  (void)name;
  return NULL;
}

int gateProcess(CSmtpHandle h)
{
  (void)h;
  return born == getpid() ? GATE_OPEN : CSMTP_FORKED;
}

void gateCross(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  v->os_error = errno;
}

void gateReturn(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  errno = v->os_error;
}

void gatePause(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  if (v->up != NULL)
    errno = v->up->os_error;
}

int gateResume(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  if (v->up != NULL)
    v->up->os_error = errno;
  return 1;
}
