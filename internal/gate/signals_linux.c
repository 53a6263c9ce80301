/* SPDX-License-Identifier: MIT
 *
 * signals_linux.c: a thread's way into Go and out again. Go sees none of
 * the host's signals, and the host finds its dispositions, masks and stacks as
 * they were.
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

/* One pointer of static TLS: signal handlers may read it, and a process can
 * hold many copies of the library. */
static __thread struct gateThread *me __attribute__((tls_model("initial-exec")));
static pthread_key_t forget_key;
static int can_forget;

/* Go's own key, whose destructor gives the thread back to the runtime. In a
 * child that runtime is dead, and the destructor would wait for it for ever:
 * the value is taken away first. Go does not tell the key: it is the one that
 * the first introduction of a thread sets. */
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

/* In a child, for the one thread that it has. */
void gateDisown(void)
{
  if (go_key_known)
    pthread_setspecific(go_key, NULL);
}

/* Nor may Go take a thread back that left a callback by longjmp: for Go it is
 * still in there. */
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

/* At load, so that no fork can come in the middle of it. */
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

/* Go needs the first three to turn a fault of its own into a panic; SIGURG
 * closes the signals that Go opens: close_signals. */
static const int taken[] = { SIGSEGV, SIGBUS, SIGFPE, SIGURG };
enum { TAKEN = sizeof taken / sizeof *taken, SIGNALS = 65 };

static struct sigaction hosts[SIGNALS]; /* the host's, when Go started */
static struct sigaction gos[SIGNALS];

static void send_self(int sig) { syscall(SYS_tgkill, getpid(), (int)syscall(SYS_gettid), sig); }

/* Go opens SIGCHLD, SIGPROF, SIGURG and one real-time signal on every thread
 * that it takes. A handler of the host's that lacks SA_ONSTACK would then run
 * on a goroutine's stack, and signalfd or sigwait would lose signals. So each
 * such thread comes with a SIGURG pending: this runs in the moment when Go
 * opens the mask, while the thread is still on its system stack. */
static void close_signals(struct gateThread *t, ucontext_t *c)
{
  sigset_t *mask = &c->uc_sigmask;
  int sig;
  if (t->closing && sigismember(mask, SIGCHLD)) {
    /* Above the frame of a lower signal delivered in the same moment: again,
     * when that one has returned. */
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
  if (info->si_code <= 0) /* sent: a fault would come again by itself */
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
    return; /* Go's scheduler sent it, and had no answer while the mask was closed */
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

/* Held while Go's handlers stand where the host's belong: the threads that Go
 * makes meanwhile wait for it, see begin. */
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;

void gateNoteSignals(void)
{
  int sig;
  pthread_mutex_lock(&taking);
  for (sig = 1; sig < SIGNALS; sig++)
    sigaction(sig, NULL, &hosts[sig]);
}

/* Go has put its handlers in, and SA_ONSTACK on the host's: back to what was
 * noted, but for those that Go must have. */
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

/* ---- Threads that Go takes --------------------------------------------- */

/* The calling thread has all signals blocked and is about to be taken. */
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

/* -Wl,--wrap=pthread_create brings every thread that Go makes through here. */
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

/* The signal by which the C library makes every thread take part in setuid:
 * it waits for them. */
#if defined(__GLIBC__)
enum { SETUID_SIGNAL = 33 };
#else
enum { SETUID_SIGNAL = 34 };
#endif

/* In Go all is closed but what a fault raises, which kills the process when it
 * is blocked. That includes pthread_cancel's signal, which pthread_sigmask
 * leaves open, and whose handler lacks SA_ONSTACK. */
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

/* The caller's alternate stack for Go's, which Go's fault handler needs. A
 * thread that runs on its alternate stack keeps it. */
static void swap_stacks(struct gateThread *t, struct gateVisit *v)
{
  v->swapped = sigaltstack(&t->stack, &v->stack) == 0;
}

static void swap_back(struct gateVisit *v)
{
  if (v->swapped)
    sigaltstack(&v->stack, NULL);
}

/* The first call of a thread: Go makes a record of it, and an alternate stack,
 * both kept until the thread ends. When it cannot keep them (no pthread key
 * was left) it makes them at each call. */
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

/* A write to a closed connection leaves a SIGPIPE on the thread: the host must
 * not see it. One that somebody else sent is sent again. */
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

/* v->up is the call that the callback belongs to; NULL on a thread of Go's,
 * whose mask stays closed. */
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
    static const char text[] = "csmtp: a callback forked and returned in the child, on a thread of the library's\n";
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
