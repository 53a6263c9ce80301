/* SPDX-License-Identifier: MIT
 *
 * gate.h: the functions of this folder that exports*.go calls (first part), and
 * those that its files share (second part). It is not installed.
 */
#ifndef CSMTP_GATE_H
#define CSMTP_GATE_H

#include "csmtp_c.h"

#if defined(__linux__)
#include <setjmp.h>
#include <signal.h>
#endif

/* ---- For exports*.go --------------------------------------------------- */

/* Stores, for the calling thread, an error that belongs to no handle: the call had an
 * invalid handle, or CSmtp_New failed. CSmtp_GetLastError(0) returns this error. */
void gateRemember(int code, const char *text, size_t size);

/* Returns 'size' zero octets, or NULL if there is no memory. C.malloc and C.CString would
 * end the process instead. */
void *gateAllocate(size_t size);
void gateFree(void *p);

/* The table of Go's handles in this image, which a private copy of the library in a
 * forked child needs. Go sets this pointer when it starts. In a private copy, it points
 * to the parent's table until then. */
extern void *gateTable;

/* 'running' is the number of threads that are about to fork. 'changes' counts the changes
 * of handles that are under way. 'locks' contains the descriptors of locked files, plus
 * 1. A forked child closes these descriptors, because a lock must end with the process
 * that took it. Go's mailer.Fork has the same layout. */
struct gateFork {
  uint32_t running;
  char pad[60];
  struct {
    int32_t running;
    char pad[60];
  } changes[16];
  int32_t locks[16];
};
extern struct gateFork gateFork;

/* The identity of a thread that has called the library. It is valid until the thread
 * ends. A thread of the library gets a new identity for each callback that it runs. The
 * address of an identity is used for another thread only after Go has freed it. */
struct gateSelf {
  struct gateSelf *next;
};
/* Returns the identity of the calling thread, or NULL if there is no memory. */
struct gateSelf *gateSelf(void);
/* The threads that have ended. gateTakeEnded returns the list and empties it. Go
 * frees each entry. */
extern struct gateSelf *gateEnded;
struct gateSelf *gateTakeEnded(void);

/* A text that was returned to the calling thread. When that thread ends, the octets are
 * freed and the field is set to NULL; the struct itself exists until gateFreeText is
 * called. */
struct gateText {
  char *octets;
  struct gateText *next, **link; /* in the thread's list */
};
/* Returns a text of 'size' zero octets, or NULL if there is no memory. */
struct gateText *gateNewText(size_t size);
void gateFreeText(struct gateText *text);

/* Returns the id of the asynchronous Send, or of the pool's mail, whose callback runs on
 * the calling thread at this depth, or 0 if there is none. These callbacks can be nested:
 * depth 0 is the innermost one. */
uint64_t gateDoneAt(int depth);

/* Constant texts, for use when there is not enough memory for another text. */
extern const char *const gateNothing, *const gateNoMemory;

/* Each of these functions runs a callback of h on the calling thread, with the signal
 * mask and the alternate stack of the library's caller, and with in_go cleared. 'call' is
 * the id of the asynchronous Send, or of the pool's mail, for which the callback runs,
 * or 0. During gateLog, gateEvent, gateProgress, gateToken and gateRead, calls on h from
 * this thread return CSMTP_BUSY. */
void gateLog(CSmtpHandle h, uint64_t call, CSmtpLogFunction fn, uintptr_t user, int direction, const char *line);
void gateEvent(CSmtpHandle h, CSmtpEventFunction fn, uintptr_t user, const CSmtpEvent *event, const char *name, const char *server); /* sets size, name and server */
int gateProgress(CSmtpHandle h, CSmtpProgressFunction fn, uintptr_t user, int64_t sent, int64_t total);
const char *gateToken(CSmtpHandle h, uint64_t call, CSmtpTokenFunction fn, uintptr_t user, int refused);
int64_t gateRead(CSmtpHandle h, CSmtpReadFunction fn, uintptr_t user, void *buffer, size_t capacity);
void gateDone(CSmtpHandle h, uint64_t call, CSmtpDoneFunction fn, uintptr_t user, int error);
int gateSending(CSmtpHandle h, uint64_t call, CSmtpSendingFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id);
int gateAttemptEnded(CSmtpHandle h, uint64_t call, CSmtpEndedFunction fn, uintptr_t user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply);
int gateReconcile(CSmtpHandle h, uint64_t call, CSmtpReconcileFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id);

/* ---- Between the files of this folder ---------------------------------- */

/* Where to execute a call: in this image of the library, or in its private copy.
 * gateEnter and gateProcess return one of these values, or a positive error number with
 * which the call is refused. */
enum { GATE_OPEN = 0, GATE_COPY = -1 };

/* Where a child that a callback forked continues. Clang has __builtin_setjmp only for some
 * processors, of which only x86 is tested. */
#if defined(__linux__)
#if !defined(__clang__) || defined(__x86_64__) || defined(__i386__)
#define GATE_BUILTIN_SETJMP
typedef void *gateLanding[5];
#else
typedef jmp_buf gateLanding;
#endif
#endif

/* A call into Go, or a callback from Go. Calls and callbacks can be nested on a
 * thread. */
struct gateVisit {
  struct gateVisit *up;
  int code; /* the error if the call is refused */
  int writes; /* whether the call may raise SIGPIPE */
  int in_go;
  int os_error;
#if defined(__linux__)
  gateLanding landing;
  int cancel_state;
  int swapped; /* whether stack is the caller's alternate stack */
  int had_pipe; /* whether a SIGPIPE was pending before the call */
  uint64_t mask; /* the caller's signal mask as the kernel has it, with the C library's own signals */
  stack_t stack;
#elif defined(_WIN32)
  unsigned long last_error;
  unsigned int floating_point; /* MXCSR */
#endif
};

/* A callback that is running, or that has exited by longjmp. After a longjmp, the struct
 * gateVisit of its call no longer exists, but the gate does not know that. This record
 * still exists, because it belongs to the thread. */
struct gateCallback {
  struct gateCallback *up;
  CSmtpHandle handle;
  uint64_t call; /* the id of the asynchronous Send or of the pool's mail, or 0 */
  int busy; /* whether calls on 'handle' are refused */
};

/* The record of a thread that has called the library. */
struct gateThread {
#if defined(__linux__)
  /* Signal handlers read these: */
  volatile int in_go; /* whether it runs Go code, so that Go handles its faults */
  volatile int armed, closing; /* signals_linux.c: arm */
  volatile int leaving; /* whether its signal mask is being restored */
  int native; /* whether Go made the thread */
  int bound; /* whether Go keeps its own record of the thread between calls */
  stack_t stack; /* the alternate stack that Go uses on it */
#endif
  struct gateVisit *visit; /* the innermost; the outer ones may no longer exist */
  struct gateCallback *callback; /* the innermost */
  struct gateSelf *self; /* NULL until gateSelf is called */
  struct gateText *texts;
  int code;
  char text[512];
};

/* Returns the thread's record. Makes it if there is none. Returns NULL if there is no
 * memory. */
struct gateThread *gateThread(void);
/* Returns the thread's record, or NULL if there is none. */
struct gateThread *gateThreadKnown(void);

/* Frees the texts of a thread that ends, and adds its identity to gateEnded: texts.c. */
void gateRetire(struct gateThread *t);

/* Returns where to execute a call on h in this process. h is 0 if the call has no handle.
 * Starts the runtime if necessary. */
int gateProcess(CSmtpHandle h);
/* Records that a forked child frees a handle of its parent before it has used the
 * library. Returns 0 if CSmtp_Free must be executed instead. */
int gateFreeLater(CSmtpHandle h);
/* Returns the function with the given name in the private copy. Returns NULL if there is
 * no such function, or if no copy serves this process. */
void *gateCopy(int entry, const char *name);
/* Records a new handle, so that the handles that a forked child creates will be greater. */
void gateMade(CSmtpHandle h);

void gateCross(struct gateThread *t, struct gateVisit *v); /* enters Go */
void gateReturn(struct gateThread *t, struct gateVisit *v); /* leaves Go */
void gatePause(struct gateThread *t, struct gateVisit *v); /* leaves Go for a callback */
/* Enters Go again after a callback. Returns 0, and does not enter Go, in a child that
 * the callback forked: the child has no Go runtime, and the call in t->visit must end
 * at once. */
int gateResume(struct gateThread *t, struct gateVisit *v);

#if defined(__linux__)
/* The entry of the Go runtime, where lazystart.ld put it. NULL if the library was
 * linked without that script: then the loader has already started Go. */
typedef void (*gateEntry)(int, char **, char **);
extern gateEntry csmtp_go_entry[] __attribute__((weak, visibility("hidden")));

/* probe_linux.c: reports whether the system permits the calls that Go needs. If it does
 * not, gateRefusedCall is the name of a call that it refuses. */
int gateProbe(void);
extern const char *gateRefusedCall;

/* start_linux.c: starts the Go runtime. Returns CSMTP_CANNOT_START, and changes
 * nothing, if the process has too little address space or too few threads, or if a
 * sandbox refuses a system call that Go needs. Calls before_go just before it starts
 * Go. */
int gateStart(CSmtpHandle first, void (*before_go)(void));
/* signals_linux.c: gateNoteSignals is called before Go starts, and gateTakeSignals when
 * Go has started. gateReturnSignals restores the host's handlers. All signals are blocked
 * during these calls. */
void gateNoteSignals(void);
void gateTakeSignals(void);
void gateReturnSignals(void);
/* Enters Go as gateCross does. If 'first' is not 0, it is the number of the first handle
 * that Go creates. */
void gateFirstCross(struct gateThread *t, struct gateVisit *v, CSmtpHandle first);
/* In a child: makes the thread forget the Go runtime, which does not run there. */
void gateDisown(void);
/* file_linux.c: gateFindOwnFile finds the library's file when the library is loaded.
 * gateKeepOwnFile opens the file at the first call, and keeps it open. gateCopyOwnFile
 * returns a descriptor of a copy of the file in memory, or -1. */
void gateFindOwnFile(void);
void gateKeepOwnFile(void);
int gateCopyOwnFile(void);
/* The state of the dynamic loader, or NULL if it is not known. */
struct r_debug;
extern const struct r_debug *gateLoader;
/* fork_linux.c: reports whether this is a child of the process in which the call
 * began. */
int gateForked(void);
#endif

#endif
