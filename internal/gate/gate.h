/* SPDX-License-Identifier: MIT
 *
 * gate.h: the functions of this folder that exports*.go calls (first part), and those
 * that the files of this folder share (second part). This header is not installed.
 */
#ifndef CSMTP_GATE_H
#define CSMTP_GATE_H

#include "csmtp_c.h"

#if defined(__linux__)
#include <setjmp.h>
#include <signal.h>
#endif

/* ---- For exports*.go --------------------------------------------------- */

/* Stores an error that belongs to no handle: the call had an invalid handle, or CSmtp_New
 * failed. On the calling thread, CSmtp_GetLastError(0) then returns this error. */
void gateRemember(int code, const char *text, size_t size);

/* Returns 'size' zero octets, or NULL if there is no memory. Go code calls this function
 * instead of C.malloc and C.CString, which would end the process if there is no memory. */
void *gateAllocate(size_t size);
void gateFree(void *p);

/* The table in which Go keeps the handles of this image. The private copy of the library in
 * a forked child also reads the table of the child's parent. Go sets this pointer when Go
 * starts. Until then, the pointer is NULL, except in a private copy, where it points to the
 * parent's table. */
extern void *gateTable;

/* 'running' is the number of threads that are about to fork. 'changes' counts the unfinished
 * changes of handles. 'locks' contains the descriptors of the locked files, each plus 1; 0
 * marks a free place. A forked child closes these descriptors, because a lock must end with
 * the process that took it. Go's mailer.Fork has the same layout. */
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

/* The identity of a thread that has called the library. It is valid until the thread ends. A
 * thread that Go itself created gets a new identity for each callback that it runs. The
 * address of an identity is not used for another thread until Go has freed the identity. */
struct gateSelf {
  struct gateSelf *next;
};
/* Returns the identity of the calling thread, or NULL if there is no memory. */
struct gateSelf *gateSelf(void);
/* The identities of the threads that have ended. gateTakeEnded returns this list and
 * empties it. Go frees each identity. */
extern struct gateSelf *gateEnded;
struct gateSelf *gateTakeEnded(void);

/* A text that was returned to a thread. When that thread ends, 'octets' is freed and set to
 * NULL. The struct itself exists until gateFreeText is called. */
struct gateText {
  char *octets;
  struct gateText *next, **link; /* in the list of the thread */
};
/* Returns a text of 'size' zero octets, or NULL if there is no memory. */
struct gateText *gateNewText(size_t size);
void gateFreeText(struct gateText *text);

/* Returns the id of the asynchronous Send, or of the pool's mail, whose callback runs on
 * the calling thread, or 0 if there is none. Callbacks can be nested: depth 0 is the
 * innermost one. */
uint64_t gateDoneAt(int depth);

/* Constant texts, for use when there is not enough memory for another text. */
extern const char *const gateNothing, *const gateNoMemory;

/* Each of these functions runs a callback of h on the calling thread. On Linux, while the
 * callback runs, the thread's in_go is 0, and a thread that Go did not create has the signal
 * mask and the alternate stack of the library's caller. 'call' is the id of the asynchronous
 * Send, or of the pool's mail, for which the callback runs, or 0. While gateLog, gateEvent,
 * gateProgress, gateToken or gateRead runs, all calls on h from this thread except
 * CSmtp_Cancel fail with CSMTP_BUSY. */
void gateLog(CSmtpHandle h, uint64_t call, CSmtpLogFunction fn, uintptr_t user, int direction, const char *line);
void gateEvent(CSmtpHandle h, CSmtpEventFunction fn, uintptr_t user, const CSmtpEvent *event, const char *name, const char *server); /* sets the members size, name and server */
int gateProgress(CSmtpHandle h, CSmtpProgressFunction fn, uintptr_t user, int64_t sent, int64_t total);
const char *gateToken(CSmtpHandle h, uint64_t call, CSmtpTokenFunction fn, uintptr_t user, int refused);
int64_t gateRead(CSmtpHandle h, CSmtpReadFunction fn, uintptr_t user, void *buffer, size_t capacity);
void gateDone(CSmtpHandle h, uint64_t call, CSmtpDoneFunction fn, uintptr_t user, int error);
int gateSending(CSmtpHandle h, uint64_t call, CSmtpSendingFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id);
int gateAttemptEnded(CSmtpHandle h, uint64_t call, CSmtpEndedFunction fn, uintptr_t user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply);
int gateReconcile(CSmtpHandle h, uint64_t call, CSmtpReconcileFunction fn, uintptr_t user, const char *id, unsigned int relay, const char *message_id);

/* ---- Between the files of this folder ---------------------------------- */

/* Where to execute a call: GATE_OPEN means in this image of the library, and GATE_COPY
 * means in the private copy. gateEnter and gateProcess return one of these values, or a
 * positive error number if the call is refused. */
enum { GATE_OPEN = 0, GATE_COPY = -1 };

/* The place to which a child jumps if a callback forked it. Clang has __builtin_setjmp only
 * for some processors. With Clang, the library has been tested only on x86. */
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
  uint64_t mask; /* the caller's signal mask in the kernel, including the signals of the C library */
  stack_t stack;
#elif defined(_WIN32)
  unsigned long last_error;
  unsigned int floating_point; /* MXCSR */
#endif
};

/* A callback that is running, or that was left by longjmp. After a longjmp, the gateVisit
 * of the call that ran the callback no longer exists, but the gate does not know that. The
 * gateCallback still exists, because it belongs to the thread. */
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
  volatile int in_go; /* whether the thread runs Go code, so that Go handles its faults */
  volatile int armed, closing; /* see arm in signals_linux.c */
  volatile int leaving; /* whether the signal mask of the thread is being restored */
  int native; /* whether Go created the thread */
  int bound; /* whether Go keeps its own record of the thread between calls */
  stack_t stack; /* the alternate stack that Go uses on the thread */
#endif
  struct gateVisit *visit; /* the innermost call; the outer ones may no longer exist */
  struct gateCallback *callback; /* the innermost callback */
  struct gateSelf *self; /* NULL until gateSelf is called */
  struct gateText *texts;
  int code;
  char text[512];
};

/* Returns the calling thread's record. Creates it if there is none. Returns NULL if there
 * is no memory. */
struct gateThread *gateThread(void);
/* Returns the calling thread's record, or NULL if there is none. */
struct gateThread *gateThreadKnown(void);

/* Defined in texts.c. Frees the texts of a thread that ends, and adds the thread's identity
 * to gateEnded. */
void gateRetire(struct gateThread *t);

/* Returns where to execute a call on h. h is 0 if the call has no handle. Starts the Go
 * runtime if necessary. */
int gateProcess(CSmtpHandle h);
/* If this process is a forked child that has not loaded a private copy, records that the
 * child frees its parent's handle h. Returns 0 if CSmtp_Free must be executed instead. */
int gateFreeLater(CSmtpHandle h);
/* Returns the function with the given name in the private copy. 'entry' is the function's
 * number in exports.h. Returns NULL if there is no such function, or if this process has no
 * private copy. */
void *gateCopy(int entry, const char *name);
/* Records a new handle, so that the handles that a forked child creates later are greater. */
void gateMade(CSmtpHandle h);

void gateCross(struct gateThread *t, struct gateVisit *v); /* enters Go */
void gateReturn(struct gateThread *t, struct gateVisit *v); /* leaves Go */
void gatePause(struct gateThread *t, struct gateVisit *v); /* leaves Go for a callback */
/* Enters Go again after a callback, and returns 1. In a child that the callback forked, it
 * returns 0 and does not enter Go: the child has no Go runtime, and the call v->up must end
 * at once. If v->up is NULL in such a child, gateResume ends the process. */
int gateResume(struct gateThread *t, struct gateVisit *v);

#if defined(__linux__)
/* Contains the address of the function that starts the Go runtime. The linker script
 * lazystart.ld defines the symbol. If the library was linked without that script, the
 * symbol is NULL, and the loader has already started Go. */
typedef void (*gateEntry)(int, char **, char **);
extern gateEntry csmtp_go_entry[] __attribute__((weak, visibility("hidden")));

/* Defined in probe_linux.c. Reports whether the system permits the system calls that Go
 * needs. If not, gateRefusedCall is the name of one that the system refuses. */
int gateProbe(void);
extern const char *gateRefusedCall;

/* Defined in start_linux.c. Calls before_go, starts the Go runtime unless the loader has
 * started it, and returns 0. 'first' is used as in gateFirstCross. If the process cannot get
 * enough address space or threads, or a sandbox refuses a system call that Go needs, the
 * function does not start Go and returns CSMTP_CANNOT_START. If there is no memory, it
 * returns CSMTP_LACK_OF_MEMORY. */
int gateStart(CSmtpHandle first, void (*before_go)(void));
/* Defined in signals_linux.c. gateNoteSignals is called before Go starts, and
 * gateTakeSignals when Go has started. gateReturnSignals restores the host's handlers. All
 * signals are blocked during these calls. */
void gateNoteSignals(void);
void gateTakeSignals(void);
void gateReturnSignals(void);
/* Enters Go as gateCross does. If 'first' is not 0, it is the first handle that Go creates. */
void gateFirstCross(struct gateThread *t, struct gateVisit *v, CSmtpHandle first);
/* Makes the calling thread forget the Go runtime, for example in a forked child, where the
 * runtime does not run. */
void gateDisown(void);
/* Defined in file_linux.c. gateFindOwnFile finds the library's file when the library is
 * loaded. gateKeepOwnFile opens the file at the first call, and keeps it open.
 * gateCopyOwnFile returns a descriptor of a copy of the file in memory, or -1. */
void gateFindOwnFile(void);
void gateKeepOwnFile(void);
int gateCopyOwnFile(void);
/* The state of the dynamic loader, or NULL if it is not known. */
struct r_debug;
extern const struct r_debug *gateLoader;
/* Defined in fork_linux.c. Reports whether Go does not run in this process: another process started it, or none. */
int gateForked(void);
#endif

#endif
