/* SPDX-License-Identifier: MIT
 *
 * system_windows.c: the loader starts Go when it loads the DLL. There are no forks
 * and no signals. A call saves and restores the state of its thread that it may
 * change: the last error, errno, and the floating-point control register. It changes
 * this register because some compilers let floating-point operations raise exceptions.
 * Go would treat these exceptions as its own crashes.
 */
#include <windows.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"

/* A fiber-local slot. In a thread that does not use fibers, the slot belongs to the thread.
 * Fiber-local storage is used because, unlike thread-local storage, it calls a function
 * when the thread ends. */
static DWORD slot = FLS_OUT_OF_INDEXES;

static void WINAPI forget(void *record)
{
  gateRetire(record);
  free(record);
}

static const RTL_CRITICAL_SECTION *loader_lock;

/* Finds the loader lock. The offset of its pointer in the PEB has been the same since the
 * first Windows NT. */
static void find_loader_lock(void)
{
  const char *(NTAPI *current_peb)(void);
  const FARPROC found = GetProcAddress(GetModuleHandleA("ntdll"), "RtlGetCurrentPeb");
  memcpy(&current_peb, &found, sizeof found);
  if (found != NULL)
    loader_lock = *(RTL_CRITICAL_SECTION *const *)(current_peb() + (sizeof(void *) == 8 ? 0x110 : 0xa0));
}

/* Runs when the DLL is loaded, before any call. It keeps the DLL loaded for ever, because
 * Go cannot be unloaded: FreeLibrary would unmap the code that Go's threads run. */
__attribute__((constructor)) static void at_load(void)
{
  HMODULE self;
  slot = FlsAlloc(forget);
  find_loader_lock();
  GetModuleHandleExA(GET_MODULE_HANDLE_EX_FLAG_PIN | GET_MODULE_HANDLE_EX_FLAG_FROM_ADDRESS, (LPCSTR)(void *)&slot, &self);
}

struct gateThread *gateThreadKnown(void)
{
  DWORD last = GetLastError(); /* FlsGetValue changes the last error */
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

/* Reports whether the calling thread holds the loader lock. If the thread holds it, a call
 * would wait for Go's threads for ever: while DllMain, or a constructor or destructor of a
 * DLL, is running, no thread can start; and at the end of the process, Go's threads have
 * already ended. */
static int in_loader(void)
{
  return loader_lock != NULL && loader_lock->OwningThread == (HANDLE)(ULONG_PTR)GetCurrentThreadId();
}

int gateProcess(CSmtpHandle h)
{
  (void)h;
  return in_loader() ? CSMTP_CANNOT_START : GATE_OPEN;
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

/* ---- Crossing ---------------------------------------------------------- */

static void keep(struct gateVisit *v)
{
  v->last_error = GetLastError();
  v->os_error = errno;
#if defined(__x86_64__) || defined(__i386__)
  static const unsigned int silent = 0x1f80; /* Windows' default: no exceptions */
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

/* v->up is the call that runs the callback. It is NULL on a thread that Go has created. */
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
