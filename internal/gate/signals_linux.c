/* SPDX-License-Identifier: MIT
 *
 * signals_linux.c: how a thread enters and leaves Go. Go receives none of the host's
 * signals. The host's dispositions, signal masks and alternate stacks stay
 * unchanged.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "gate.h"
#include "exports.h"

/* ---- Threads ----------------------------------------------------------- */

/* A pointer to the calling thread's record. Signal handlers can read the pointer, because
 * it is in static thread-local storage. The record itself is elsewhere, because this
 * storage is scarce and a process can load several copies of the library. */
static __thread struct gateThread *me __attribute__((tls_model("initial-exec")));
static pthread_key_t forget_key;
static int can_forget;

/* The pthread key that Go uses. When a thread ends, the key's destructor returns the thread
 * to the Go runtime. In a child, where the runtime does not run, the destructor would wait
 * for ever, so gateDisown removes the key's value. Go does not publish the key: find_go_key
 * finds it as the key that has a value only after the first thread entered Go. */
static pthread_key_t go_key;
static int go_key_known;

static void find_go_key(const unsigned char *had_value)
{
  unsigned k;
  for (k = 0; k < PTHREAD_KEYS_MAX && !go_key_known; k++)
    if (!had_value[k] && pthread_getspecific((pthread_key_t)k) != NULL) {
      go_key = (pthread_key_t)k;
      go_key_known = 1;
    }
}

/* Called in the only thread of a forked child, and by the function forget. */
void gateDisown(void)
{
  if (go_key_known)
    pthread_setspecific(go_key, NULL);
}

/* Runs when a thread ends. Go's destructor must not run for a thread that has left a
 * callback by longjmp, because Go believes that the thread is still in that
 * callback. */
static void forget(void *record)
{
  struct gateThread *t = record;
  if (gateForked() || t->callback != NULL)
    gateDisown();
  if (!gateForked())
    gateRetire(t);
  while (t->callback != NULL) {
    struct gateCallback *c = t->callback;
    t->callback = c->up;
    free(c);
  }
  me = NULL;
  free(t);
}

/* Runs when the library is loaded: later, a fork could interrupt pthread_key_create. */
__attribute__((constructor)) static void make_forget_key(void) { can_forget = pthread_key_create(&forget_key, forget) == 0; }

struct gateThread *gateThreadKnown(void) { return me; }

struct gateThread *gateThread(void)
{
  if (me == NULL) {
    struct gateThread *t = calloc(1, sizeof *t);
    if (t == NULL)
      return NULL;
    if (can_forget)
      pthread_setspecific(forget_key, t);
    me = t;
  }
  return me;
}

/* ---- Dispositions ------------------------------------------------------ */

/* The signals for which this file installs its own handlers. Go needs the first three to
 * turn its own faults into panics. The handler of SIGURG calls close_signals. */
static const int taken[] = { SIGSEGV, SIGBUS, SIGFPE, SIGURG };
enum { TAKEN = sizeof taken / sizeof *taken, SIGNALS = 65 };

static struct sigaction hosts[SIGNALS]; /* the host's actions at the time when Go started */
static struct sigaction gos[SIGNALS]; /* Go's actions */

static void send_self(int sig) { syscall(SYS_tgkill, getpid(), (int)syscall(SYS_gettid), sig); }

/* Blocks the signals that Go unblocks on a thread that enters Go for the first time:
 * SIGCHLD, SIGPROF, SIGURG, SIGSTKFLT and real-time signals. Otherwise a handler of the host
 * without SA_ONSTACK could run on a goroutine's stack, and the host's signalfd or sigwait
 * could lose signals. So 'arm' leaves a SIGURG pending on each such thread. When Go unblocks
 * SIGURG, its handler calls this function while the thread is still on its system stack. */
static void close_signals(struct gateThread *t, ucontext_t *c)
{
  sigset_t *mask = &c->uc_sigmask;
  int sig;
  if (t->closing && sigismember(mask, SIGCHLD)) {
    /* A signal with a lower number was delivered at the same moment, and its handler runs
     * when this handler returns. SIGURG is sent again, so that this function runs again
     * after that. */
    sigaddset(mask, SIGURG);
    send_self(SIGURG);
    return;
  }
  t->armed = 0;
  if (!t->closing)
    return;
  t->closing = 0;
  sigaddset(mask, SIGCHLD);
  sigaddset(mask, SIGPROF);
  sigaddset(mask, SIGURG);
  sigaddset(mask, SIGSTKFLT);
  for (sig = SIGRTMIN; sig <= SIGRTMAX; sig++)
    sigaddset(mask, sig);
}

static void by_default(int sig, const siginfo_t *info)
{
  struct sigaction d;
  memset(&d, 0, sizeof d);
  d.sa_handler = SIG_DFL;
  sigaction(sig, &d, NULL);
  if (info->si_code <= 0) /* the signal was sent; after a fault, the instruction raises it again */
    send_self(sig);
}

static void to_host(int sig, siginfo_t *info, void *context)
{
  struct sigaction *h = &hosts[sig];
  struct sigaction was = *h;
  if (was.sa_handler == SIG_DFL || was.sa_handler == SIG_IGN) {
    if (sig != SIGURG && !(was.sa_handler == SIG_IGN && info->si_code <= 0))
      by_default(sig, info);
    return;
  }
  if (was.sa_flags & (int)SA_RESETHAND)
    h->sa_handler = SIG_DFL;
  if (was.sa_flags & SA_SIGINFO)
    was.sa_sigaction(sig, info, context);
  else
    was.sa_handler(sig);
}

static void chain(int sig, siginfo_t *info, void *context)
{
  struct gateThread *t = me;
  int saved = errno;
  if (sig == SIGURG && t != NULL && t->armed)
    close_signals(t, context);
  else if (sig == SIGURG && t != NULL && t->leaving && info->si_code == SI_TKILL)
    return; /* Go's scheduler sent the signal while it was blocked */
  else if (t != NULL && t->in_go)
    gos[sig].sa_sigaction(sig, info, context);
  else
    to_host(sig, info, context);
  errno = saved;
}

static void take(int sig, const struct sigaction *host)
{
  struct sigaction a;
  hosts[sig] = *host;
  memset(&a, 0, sizeof a);
  a.sa_sigaction = chain;
  a.sa_mask = host->sa_mask;
  a.sa_flags = SA_SIGINFO | SA_ONSTACK | (host->sa_flags & ((int)SA_NODEFER | SA_RESTART));
  if (sig == SIGURG) {
    sigfillset(&a.sa_mask);
    a.sa_flags |= SA_RESTART;
  }
  sigaction(sig, &a, NULL);
}

/* Held while Go's handlers are installed in place of the host's. The threads that Go creates
 * during this time wait for this lock: see the function begin. */
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

void gateNoteSignals(void)
{
  int sig;
  pthread_mutex_lock(&taking);
  for (sig = 1; sig < SIGNALS; sig++)
    sigaction(sig, NULL, &hosts[sig]);
}

/* Go has installed its handlers and added SA_ONSTACK to the host's. This function
 * restores the actions that gateNoteSignals stored, except those for the signals that Go
 * must handle. */
void gateTakeSignals(void)
{
  int sig;
  for (sig = 1; sig < SIGNALS; sig++) {
    if (sigaction(sig, NULL, &gos[sig]) != 0)
      continue;
    if (gos[sig].sa_sigaction != hosts[sig].sa_sigaction || gos[sig].sa_flags != hosts[sig].sa_flags)
      sigaction(sig, &hosts[sig], NULL);
  }
  for (sig = 0; sig < TAKEN; sig++) {
    struct sigaction host = hosts[taken[sig]];
    take(taken[sig], &host);
  }
  pthread_mutex_unlock(&taking);
}

void gateReturnSignals(void)
{
  struct sigaction now;
  int i;
  for (i = 0; i < TAKEN; i++)
    if (sigaction(taken[i], NULL, &now) == 0 && now.sa_sigaction == chain)
      sigaction(taken[i], &hosts[taken[i]], NULL);
}

/* ---- Threads that Go creates or that enter Go -------------------------- */

/* Makes close_signals run when the calling thread, which has blocked all signals, first enters Go. */
static void arm(struct gateThread *t)
{
  struct sigaction now;
  if (csmtp_go_entry == NULL)
    return;
  if (sigaction(SIGURG, NULL, &now) == 0 && now.sa_sigaction != chain)
    take(SIGURG, &now);
  t->closing = 1;
  t->armed = 1;
  send_self(SIGURG);
}

/* The linker option -Wl,--wrap=pthread_create makes Go call this function. */
int __real_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *) __attribute__((weak));
int __wrap_pthread_create(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

struct beginning {
  void *(*run)(void *);
  void *argument;
};

static void *begin(void *p)
{
  struct beginning b = *(struct beginning *)p;
  struct gateThread *t = gateThread();
  free(p);
  pthread_mutex_lock(&taking);
  pthread_mutex_unlock(&taking);
  if (t != NULL) {
    t->native = 1;
    t->in_go = 1;
    arm(t);
  }
  return b.run(b.argument);
}

int __wrap_pthread_create(pthread_t *id, const pthread_attr_t *attr, void *(*run)(void *), void *argument)
{
  struct beginning *b;
  int err;
  if (me == NULL || !me->in_go)
    return __real_pthread_create(id, attr, run, argument);
  if ((b = malloc(sizeof *b)) == NULL)
    return EAGAIN;
  b->run = run;
  b->argument = argument;
  err = __real_pthread_create(id, attr, begin, b);
  if (err != 0)
    free(b);
  return err;
}

/* ---- Crossing ---------------------------------------------------------- */

#define BIT(sig) (UINT64_C(1) << ((sig)-1))

/* The signal that the C library sends to every thread in setuid, so that each thread
 * changes its user ID. The C library waits for all threads, so no thread may block the
 * signal. */
#if defined(__GLIBC__)
enum { SETUID_SIGNAL = 33 };
#else
enum { SETUID_SIGNAL = 34 };
#endif

/* The signals that are blocked while a thread runs Go code. SIGABRT, SETUID_SIGNAL and the
 * signals that a fault raises are not blocked: the kernel kills the process if a fault
 * raises a blocked signal. The signal of pthread_cancel must be blocked too, because its
 * handler is installed without SA_ONSTACK. pthread_sigmask cannot block that signal, so
 * set_mask makes the system call itself. */
static const uint64_t closed = ~(BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGFPE) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGSYS)
  | BIT(SIGABRT) | BIT(SETUID_SIGNAL));

static void set_mask(const uint64_t *mask, uint64_t *old)
{
  syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, old, sizeof *mask);
}

static void close_mask(struct gateVisit *v)
{
  sigset_t pending;
  set_mask(&closed, &v->mask);
  v->had_pipe = v->writes && (v->mask & BIT(SIGPIPE)) != 0 && sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE);
}

/* Replaces the caller's alternate stack with Go's, which Go's fault handler needs. A
 * thread that is running on its alternate stack keeps it. */
static void swap_stacks(struct gateThread *t, struct gateVisit *v)
{
  v->swapped = sigaltstack(&t->stack, &v->stack) == 0;
}

static void swap_back(struct gateVisit *v)
{
  if (v->swapped)
    sigaltstack(&v->stack, NULL);
}

/* Handles a thread's first call. Go makes its own record of the thread, with an
 * alternate stack, and keeps both until the thread ends. If there is no free pthread key,
 * Go cannot keep them, and makes them again at each call. */
static void introduce(struct gateThread *t, struct gateVisit *v, CSmtpHandle first)
{
  t->stack.ss_flags = SS_DISABLE;
  swap_stacks(t, v);
  arm(t);
  goStart(first);
  t->closing = 0;
  set_mask(&closed, NULL);
  sigaltstack(NULL, &t->stack);
  t->bound = (t->stack.ss_flags & SS_DISABLE) == 0;
  if (!t->bound)
    arm(t);
}

/* Removes a SIGPIPE that is pending on the thread because Go wrote to a closed connection,
 * so that the host does not receive it. A SIGPIPE from another process is sent again. */
static void drain(const struct gateVisit *v)
{
  static const struct timespec now = { 0, 0 };
  sigset_t pipe;
  siginfo_t info;
  if (!v->writes || v->had_pipe)
    return;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  if (sigtimedwait(&pipe, &info, &now) == SIGPIPE && info.si_pid != getpid())
    kill(getpid(), SIGPIPE);
}

static void open_mask(struct gateThread *t, const struct gateVisit *v)
{
  t->leaving = 1;
  set_mask(&v->mask, NULL);
  t->leaving = 0;
}

static void cross(struct gateThread *t, struct gateVisit *v, CSmtpHandle first)
{
  v->os_error = errno;
  v->in_go = t->in_go;
  v->swapped = 0;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &v->cancel_state);
  if (!t->native)
    close_mask(v);
  t->in_go = 1;
  if (!t->native && t->bound)
    swap_stacks(t, v);
  else if (!t->native)
    introduce(t, v, first);
}

void gateCross(struct gateThread *t, struct gateVisit *v) { cross(t, v, 0); }

void gateFirstCross(struct gateThread *t, struct gateVisit *v, CSmtpHandle first)
{
  static unsigned char had_value[PTHREAD_KEYS_MAX];
  unsigned k;
  for (k = 0; k < PTHREAD_KEYS_MAX; k++)
    had_value[k] = pthread_getspecific((pthread_key_t)k) != NULL;
  cross(t, v, first);
  find_go_key(had_value);
}

void gateReturn(struct gateThread *t, struct gateVisit *v)
{
  if (!t->native) {
    drain(v);
    swap_back(v);
  }
  t->in_go = v->in_go;
  if (!t->native)
    open_mask(t, v);
  pthread_setcancelstate(v->cancel_state, NULL);
  errno = v->os_error;
}

/* v->up is the call that runs the callback. It is NULL on a thread that Go has created; the
 * signals of such a thread stay blocked. */
void gatePause(struct gateThread *t, struct gateVisit *v)
{
  struct gateVisit *call = v->up;
  v->in_go = t->in_go;
  if (t->native || call == NULL) {
    t->in_go = 0;
    return;
  }
  drain(call);
  swap_back(call);
  t->in_go = 0;
  open_mask(t, call);
  errno = call->os_error;
}

int gateResume(struct gateThread *t, struct gateVisit *v)
{
  struct gateVisit *call = v->up;
  if (gateForked()) {
    static const char text[] = "csmtp: fork was called in a callback on a thread of the library, and the callback returned in the child; "
                               "in the child, the callback must call exec or _exit instead of returning\n";
    if (call == NULL) {
      if (write(2, text, sizeof text - 1) < 0)
        _exit(70);
      abort();
    }
    t->visit = call->up;
    pthread_setcancelstate(call->cancel_state, NULL);
    return 0;
  }
  if (!t->native && call != NULL) {
    call->os_error = errno;
    close_mask(call);
    swap_stacks(t, call);
  }
  t->in_go = v->in_go;
  return 1;
}
