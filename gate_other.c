/* SPDX-License-Identifier: MIT */

//go:build !linux

/*
 * gate_other.c: macOS and Windows. The system's loader starts Go with the
 * library; there are no forks to survive (macOS allows nothing but exec in a
 * child), and the runtime's own arrangements with signals stand.
 */
#include "gate.h"

#if defined(_WIN32)
#include <windows.h>
#else
#include <errno.h>
#include <unistd.h>
#endif

static
#if defined(_WIN32)
  __thread
#else
  _Thread_local
#endif
  struct gateThread mine;

struct gateThread *gateThread(void) { return &mine; }
struct gateThread *gateThreadKnown(void) { return &mine; }

void gateMade(CSmtpHandle h) { (void)h; }

void *gateCopy(int entry, const char *name)
{
  (void)entry;
  (void)name;
  return NULL;
}

#if defined(_WIN32)

/* Go cannot be unloaded: FreeLibrary would leave its threads without code. */
static BOOL CALLBACK pin(PINIT_ONCE once, PVOID argument, PVOID *context)
{
  HMODULE self;
  (void)once;
  (void)argument;
  (void)context;
  return GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)pin, &self);
}

int gateProcess(CSmtpHandle h)
{
  static INIT_ONCE once = INIT_ONCE_STATIC_INIT;
  (void)h;
  InitOnceExecuteOnce(&once, pin, NULL, NULL);
  return GATE_OPEN;
}

#else

static pid_t born;

__attribute__((constructor)) static void at_load(void) { born = getpid(); }

int gateProcess(CSmtpHandle h)
{
  (void)h;
  return born == getpid() ? GATE_OPEN : CSMTP_FORKED;
}

#endif

void gateCross(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
#if defined(_WIN32)
  v->os_error = (int)GetLastError();
#else
  v->os_error = errno;
#endif
}

void gateReturn(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
#if defined(_WIN32)
  SetLastError((DWORD)v->os_error);
#else
  errno = v->os_error;
#endif
}

void gatePause(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  (void)v;
}

int gateResume(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  (void)v;
  return 1;
}
