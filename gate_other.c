/* SPDX-License-Identifier: MIT */

//go:build !linux && !windows

/*
 * gate_other.c: macOS and the BSDs. The system's loader starts Go with the
 * library, a forked child can do nothing with it but exec, and the runtime's
 * own arrangements with signals stand.
 */
#include <errno.h>
#include <unistd.h>

#include "gate.h"

static _Thread_local struct gateThread mine;

struct gateThread *gateThread(void) { return &mine; }
struct gateThread *gateThreadKnown(void) { return &mine; }

void gateMade(CSmtpHandle h) { (void)h; }

void *gateCopy(int entry, const char *name)
{
  (void)entry;
  (void)name;
  return NULL;
}

static pid_t born;

__attribute__((constructor)) static void at_load(void) { born = getpid(); }

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
