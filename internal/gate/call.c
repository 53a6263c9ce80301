/* SPDX-License-Identifier: MIT
 *
 * call.c: what is done in each call from C before the call enters Go, and after it has
 * left Go.
 */
#include <stdlib.h>
#include <string.h>

#include "entry.h"

/* ThreadSanitizer does not see how Go synchronizes its threads. So each call and each
 * callback tells ThreadSanitizer, at its beginning and at its end, that all earlier calls
 * happened before it. The two functions below exist only in programs that run under
 * ThreadSanitizer; in other programs, they are NULL. */
#if defined(__linux__)
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));
static char order;
#endif

void gateOrder(void)
{
#if defined(__linux__)
  if (__tsan_acquire && __tsan_release) {
    __tsan_acquire(&order);
    __tsan_release(&order);
  }
#endif
}

/* ---- Memory for exports*.go -------------------------------------------- */

void *gateTable;
struct gateFork gateFork;

const char *const gateNothing = "", *const gateNoMemory = "out of memory";

/* Returns 'size' zero octets. It calls gateOrder because another thread of the library may
 * free the memory, which ThreadSanitizer could report as a data race. */
void *gateAllocate(size_t size)
{
  void *p = calloc(1, size);
  gateOrder();
  return p;
}

void gateFree(void *p)
{
  gateOrder();
  free(p);
}

/* ---- Refusals ---------------------------------------------------------- */

#if defined(__linux__)
/* Returns the error text for a system call that the system refuses. gateRefusedCall is the
 * name of the call. Two threads can write the text at the same time without harm, because
 * they write the same octets. */
static const char *refused_call(void)
{
  static char text[160];
  const char *const parts[] = { "the library could not start: the system refuses the system call ", gateRefusedCall,
                                ": permit it in the sandbox of this process (seccomp)" };
  size_t i, at = 0;
  for (i = 0; i < sizeof parts / sizeof *parts; i++) {
    memcpy(text + at, parts[i], strlen(parts[i]));
    at += strlen(parts[i]);
  }
  return text;
}
#endif

/* These texts are written in C, because most of them are needed when Go does not run. */
const char *gateRefusal(int code)
{
  switch (code) {
  case CSMTP_FORKED:
    return "this process was forked from one that had used the library, and could not load a private copy of the library. "
#if defined(__linux__) && !defined(__GLIBC__)
           "With musl, a forked process can never load one: fork before the first call to the library. "
#else
           "Loading it needs /proc, the library's file unchanged on disk, and csmtp linked as a shared library. "
#endif
           "If a callback forked, the call that ran the callback continues only in the parent; in the child it has failed, and the child can call the function again";
  case CSMTP_BUSY:
    return "a callback of this handle called a function on the same handle: only CSmtp_Cancel may be called there";
  case CSMTP_CANNOT_START:
#if defined(__linux__)
    if (gateRefusedCall != NULL)
      return refused_call();
#endif
#if defined(_WIN32)
    return "the library cannot run in DllMain, or in the constructors and destructors of a DLL, because Windows starts no "
           "threads there: call it later, for example from an exported function of the DLL";
#else
    return "the library could not start: a limit on address space (ulimit -v; the library reserves 1.8 GiB) "
           "or on threads (ulimit -u; the library starts 8) is too low";
#endif
  case CSMTP_LACK_OF_MEMORY:
    return gateNoMemory;
  default:
    return "";
  }
}

void gateRemember(int code, const char *text, size_t size)
{
  struct gateThread *t = gateThread();
  if (t == NULL)
    return;
  if (size >= sizeof t->text)
    size = sizeof t->text - 1;
  t->code = code;
  if (size > 0)
    memcpy(t->text, text, size);
  t->text[size] = 0;
}

/* ---- Calls ------------------------------------------------------------- */

int gateRefuse(struct gateVisit *v, int code)
{
  v->code = code;
  if (code != CSMTP_BUSY)
    gateRemember(code, gateRefusal(code), strlen(gateRefusal(code)));
  return code;
}

static int in_callback_of(const struct gateThread *t, CSmtpHandle h)
{
  const struct gateCallback *c;
  for (c = t != NULL && h != 0 ? t->callback : NULL; c != NULL; c = c->up)
    if (c->handle == h && c->busy)
      return 1;
  return 0;
}

int gateEnter(struct gateVisit *v, CSmtpHandle h, int special)
{
  struct gateThread *t = gateThreadKnown();
  int code;

  if (!(special & GATE_ANYWHERE) && in_callback_of(t, h))
    return gateRefuse(v, CSMTP_BUSY);
  if (special & GATE_FREES && gateFreeLater(h))
    return CSMTP_BAD_HANDLE;
  code = gateProcess(h);
  if (code == GATE_COPY) {
    if (t != NULL)
      t->code = 0; /* the private copy stores the error of this call */
    return code;
  }
  if (code != GATE_OPEN)
    return gateRefuse(v, code);
  if (t == NULL && (t = gateThread()) == NULL)
    return gateRefuse(v, CSMTP_LACK_OF_MEMORY);
  v->writes = special & GATE_WRITES;
  v->up = t->visit;
  gateCross(t, v);
  t->visit = v;
  gateOrder();
  return GATE_OPEN;
}

void gateLeave(struct gateVisit *v)
{
  struct gateThread *t = gateThreadKnown();
  gateOrder();
  t->visit = v->up;
  gateReturn(t, v);
}

CSmtpHandle gateNote(CSmtpHandle h)
{
  if (h != 0) {
    gateMade(h);
    gateRemember(0, NULL, 0);
  }
  return h;
}
