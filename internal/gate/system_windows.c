/* SPDX-License-Identifier: MIT
 *
 * system_windows.c: the loader starts Go with the DLL, and there are neither
 * forks nor signals. What a call can change of its thread is kept: the last
 * error, errno, and how the processor treats floating point (programs of other
 * compilers than Microsoft's have it raise exceptions, which Go takes for
 * crashes of its own).
 */
#include <windows.h>
#include <errno.h>
#include <stdlib.h>

#include "gate.h"

/* Fiber-local, which without fibers is thread-local: unlike a TLS slot it says
 * when the thread ends. */
static DWORD slot = FLS_OUT_OF_INDEXES;

static void WINAPI forget(void *record)
{
  gateRetire(record);
  free(record);
}

/* At load, before anything can call. Go cannot be unloaded: FreeLibrary would
 * take the code away under its threads. */
__attribute__((constructor)) static void at_load(void)
{
  HMODULE self;
  slot = FlsAlloc(forget);
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)(void *)&slot, &self);
}

struct gateThread *gateThreadKnown(void)
{
  DWORD last = GetLastError(); /* which FlsGetValue sets */
  struct gateThread *t = FlsGetValue(slot);
  SetLastError(last);
  return t;
}

struct gateThread *gateThread(void)
{
  struct gateThread *t = gateThreadKnown();
  DWORD last = GetLastError();
  int number = errno;
  if (t == NULL && (t = calloc(1, sizeof *t)) != NULL && !FlsSetValue(slot, t)) {
    free(t);
    t = NULL;
  }
  errno = number;
  SetLastError(last);
  return t;
}

int gateProcess(CSmtpHandle h)
{
  (void)h;
  return GATE_OPEN;
}

void gateMade(CSmtpHandle h) { (void)h; }

void *gateCopy(int entry, const char *name)
{
  (void)entry;
  (void)name;
  return NULL;
}

/* ---- Crossing ---------------------------------------------------------- */

static void keep(struct gateVisit *v)
{
  v->last_error = GetLastError();
  v->os_error = errno;
#if defined(__x86_64__) || defined(__i386__)
  static const unsigned int silent = 0x1f80; /* as Windows starts a thread: nothing is raised */
  __asm__ volatile("stmxcsr %0" : "=m"(v->floating_point));
  __asm__ volatile("ldmxcsr %0" : : "m"(silent));
#endif
}

static void give_back(const struct gateVisit *v)
{
#if defined(__x86_64__) || defined(__i386__)
  __asm__ volatile("ldmxcsr %0" : : "m"(v->floating_point));
#endif
  errno = v->os_error;
  SetLastError(v->last_error);
}

void gateCross(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  keep(v);
}

void gateReturn(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  give_back(v);
}

/* v->up is the call that the callback belongs to; NULL on a thread of Go's. */
void gatePause(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  if (v->up != NULL)
    give_back(v->up);
}

int gateResume(struct gateThread *t, struct gateVisit *v)
{
  (void)t;
  if (v->up != NULL)
    keep(v->up);
  return 1;
}
