/* SPDX-License-Identifier: MIT
 *
 * gate.h: what this folder offers to exports*.go (first part), and what its
 * files use of each other (second part). Not installed.
 */
#ifndef CSMTP_GATE_H
#define CSMTP_GATE_H

#include "csmtp_c.h"

#if defined(__linux__)
#include <signal.h>
#endif

/* ---- For exports*.go --------------------------------------------------- */

/* An error that belongs to no handle: a bad one, or a CSmtp_New that failed.
 * Remembered for the calling thread; CSmtp_GetLastError(0) gives it. */
void gateRemember(int code, const char *text, size_t size);

/* size octets of zeroes; NULL without memory, where C.malloc and C.CString
 * would end the process. */
void *gateAllocate(size_t size);
void gateFree(void *p);

/* A thread that came through the gate, as long as it lives. A thread of the
 * library's is a new one at each callback that it runs. An address is not used
 * for a second thread before Go has freed it. */
struct gateSelf {
  struct gateSelf *next;
};
/* The calling thread; NULL without memory. */
struct gateSelf *gateSelf(void);
/* Those that have ended; gateTakeEnded empties the list. Go frees each. */
extern struct gateSelf *gateEnded;
struct gateSelf *gateTakeEnded(void);

/* A text for the calling thread to read. When that thread ends, the octets are
 * freed and octets is NULL; the rest stays until gateFreeText. */
struct gateText {
  char *octets;
  struct gateText *next, **link; /* in the thread's list */
};
/* size octets of zeroes; NULL without memory. */
struct gateText *gateNewText(size_t size);
void gateFreeText(struct gateText *text);

/* The number of the asynchronous Send whose done callback runs on the calling
 * thread, the innermost being at depth 0; 0 when there is none. */
uint64_t gateDoneAt(int depth);

/* Texts that are there when there is no memory for one. */
extern const char *const gateNothing, *const gateNoMemory;

/* Each runs one callback of h on the calling thread, as the caller of the
 * library would: its signals, its alternate stack, not "in Go". Until it
 * returns the gate answers a call on h from this thread with CSMTP_BUSY; not
 * gateDone, whose Send has ended: done is its number. */
void gateLog(CSmtpHandle h, CSmtpLogFunction fn, void *user, int direction, const char *line);
int gateProgress(CSmtpHandle h, CSmtpProgressFunction fn, void *user, int64_t sent, int64_t total);
const char *gateToken(CSmtpHandle h, CSmtpTokenFunction fn, void *user, int refused);
int64_t gateRead(CSmtpHandle h, CSmtpReadFunction fn, void *user, void *buffer, size_t capacity);
void gateDone(CSmtpHandle h, uint64_t done, CSmtpDoneFunction fn, void *user, int error);

/* ---- Between the files of this folder ---------------------------------- */

/* Where a call may go. Anything above is a CSMTP_ number: refused. */
enum { GATE_OPEN = 0, GATE_COPY = -1 };

/* One call into Go, or one callback out of it; they nest on a thread. */
struct gateVisit {
  struct gateVisit *up;
  int code; /* why the call was refused */
  int writes; /* it may leave a SIGPIPE behind */
  int in_go;
  int os_error;
#if defined(__linux__)
  void *landing[5]; /* where a child goes on that was forked in a callback */
  int cancel_state;
  int swapped; /* stack holds the caller's alternate stack */
  int had_pipe; /* a SIGPIPE was pending before */
  uint64_t mask; /* the kernel's, with the C library's own signals */
  stack_t stack;
#elif defined(_WIN32)
  unsigned long last_error;
  unsigned int floating_point; /* MXCSR */
#endif
};

/* A callback that runs, or was left by longjmp: its visit has gone then, and
 * nothing tells. This stays, and so does the thread's record of it. */
struct gateCallback {
  struct gateCallback *up;
  CSmtpHandle handle;
  uint64_t done; /* of gateDone: which Send has ended; else 0 */
};

/* What is known of a thread that came through the gate. */
struct gateThread {
#if defined(__linux__)
  /* Read by signal handlers. */
  volatile int in_go; /* it runs Go: its faults are Go's */
  volatile int armed, closing; /* signals_linux.c: arm */
  volatile int leaving; /* its mask is being given back */
  int native; /* Go made the thread */
  int bound; /* Go keeps its record of the thread between calls */
  stack_t stack; /* Go's alternate stack for it */
#endif
  struct gateVisit *visit; /* the innermost; those above it may have gone */
  struct gateCallback *callback; /* the innermost */
  struct gateSelf *self; /* NULL until it is asked for */
  struct gateText *texts;
  int code;
  char text[512];
};

/* The thread's record, made when there is none; NULL without memory. */
struct gateThread *gateThread(void);
/* The same, NULL when there is none. */
struct gateThread *gateThreadKnown(void);

/* The thread ends: texts.c. */
void gateRetire(struct gateThread *t);

/* May h (0: none) be used here and now? Starts the runtime when needed. */
int gateProcess(CSmtpHandle h);
/* In a process that is served by a private copy: the copy's function of that
 * name. NULL when there is none, or no copy. */
void *gateCopy(int entry, const char *name);
/* A handle was given out: a child's handles start above it. */
void gateMade(CSmtpHandle h);

void gateCross(struct gateThread *t, struct gateVisit *v); /* into Go */
void gateReturn(struct gateThread *t, struct gateVisit *v); /* out of it */
void gatePause(struct gateThread *t, struct gateVisit *v); /* out, for a callback */
/* In again. Not when the callback has forked and this is the child: its Go is
 * dead, and the call in t->visit must end at once. */
int gateResume(struct gateThread *t, struct gateVisit *v);

#if defined(__linux__)
/* The Go runtime's entry, where lazystart.ld put it. NULL when the library was
 * linked without it: the loader has then started Go already. */
typedef void (*gateEntry)(int, char **, char **);
extern gateEntry csmtp_go_entry[] __attribute__((weak, visibility("hidden")));

/* start_linux.c. CSMTP_CANNOT_START when there is no room for it, and
 * nothing is changed then; before_go is called when it is certain. */
int gateStart(CSmtpHandle first, void (*before_go)(void));
/* signals_linux.c: around the start, all signals blocked. */
void gateNoteSignals(void);
void gateTakeSignals(void);
void gateReturnSignals(void);
/* As gateCross; handles begin at first, or where they did if it is 0. */
void gateFirstCross(struct gateThread *t, struct gateVisit *v, CSmtpHandle first);
/* In a child: the thread that called fork is no longer the dead runtime's. */
void gateDisown(void);
/* fork_linux.c: this is a child of the process that the call began in. */
int gateForked(void);
#endif

#endif
