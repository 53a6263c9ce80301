/* SPDX-License-Identifier: MIT
 *
 * untouched.c: loading the library changes nothing in the process. Using it changes
 * four signal dispositions, and no state of the calling thread.
 */
#include "host.h"

#include <dlfcn.h>

enum { SIGNALS = 65 };

static void host_handler(int sig) { (void)sig; }
static void host_action(int sig, siginfo_t *info, void *context)
{
  (void)sig;
  (void)info;
  (void)context;
}

static void note(struct sigaction *all)
{
  int sig;
  memset(all, 0, SIGNALS * sizeof *all);
  for (sig = 1; sig < SIGNALS; sig++)
    sigaction(sig, NULL, &all[sig]);
}

static int is_taken(int sig) { return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGURG; }

/* Compares the dispositions of all signals with the earlier dispositions in 'was'. Ignores the
 * signals for which the library installs handlers. */
static void compare(const struct sigaction *was, const char *when)
{
  struct sigaction is[SIGNALS];
  int sig;
  note(is);
  for (sig = 1; sig < SIGNALS; sig++) {
    if (is_taken(sig))
      continue;
    CHECK(was[sig].sa_sigaction == is[sig].sa_sigaction, "%s: the handler of signal %d changed", when, sig);
    CHECK(was[sig].sa_flags == is[sig].sa_flags, "%s: the flags of signal %d are %#x, were %#x", when, sig, is[sig].sa_flags, was[sig].sa_flags);
    CHECK(memcmp(&was[sig].sa_mask, &is[sig].sa_mask, 8) == 0, "%s: the mask of signal %d changed", when, sig);
  }
}

/* Installs handlers of every kind, none with SA_ONSTACK. */
static void install_handlers(void)
{
  static const int plain[] = { SIGHUP, SIGINT, SIGTERM, SIGCHLD, SIGALRM, SIGPROF, SIGUSR1, SIGWINCH, SIGXCPU };
  struct sigaction a;
  size_t i;
  memset(&a, 0, sizeof a);
  a.sa_handler = host_handler;
  a.sa_flags = SA_RESTART;
  for (i = 0; i < sizeof plain / sizeof *plain; i++)
    sigaction(plain[i], &a, NULL);
  a.sa_sigaction = host_action;
  a.sa_flags = SA_SIGINFO;
  sigaddset(&a.sa_mask, SIGUSR2);
  sigaction(SIGUSR2, &a, NULL);
  sigaction(SIGSEGV, &a, NULL);
  sigaction(SIGURG, &a, NULL);
  sigaction(SIGRTMIN + 3, &a, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGQUIT, SIG_IGN);
}

/* The library is loaded before main, so main cannot reset the signals first. A signal that the
 * parent ignored, as nohup does, stays ignored across exec. This program therefore sets every
 * disposition to its default and executes itself again. */
static void linked(void)
{
  struct sigaction is[SIGNALS];
  int sig;
  if (!getenv("ALL_SIGNALS_DEFAULT")) {
    for (sig = 1; sig < SIGNALS; sig++)
      signal(sig, SIG_DFL);
    setenv("ALL_SIGNALS_DEFAULT", "1", 1);
    execl("/proc/self/exe", "untouched", "0", "linked", (char *)NULL);
    CHECK(0, "execl");
  }
  note(is);
  for (sig = 1; sig < SIGNALS; sig++)
    CHECK(is[sig].sa_handler == SIG_DFL && is[sig].sa_flags == 0, "signal %d has a handler", sig);
  CHECK(threads() == 1, "%d threads", threads());
}

static void used(void)
{
  struct sigaction was[SIGNALS];
  install_handlers();
  note(was);
  send_new();
  compare(was, "after use");
  CHECK(threads() > 1, "one thread: the Go runtime did not start");
}

static void look(sigset_t *mask, stack_t *stack, int *cancel)
{
  sigemptyset(mask);
  pthread_sigmask(SIG_BLOCK, NULL, mask);
  sigaltstack(NULL, stack);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, cancel);
  pthread_setcancelstate(*cancel, NULL);
}

static void calls_change_nothing(const char *whose)
{
  sigset_t mask, mask_after;
  stack_t stack, stack_after;
  int cancel, cancel_after, i;
  CSmtpHandle h;
  look(&mask, &stack, &cancel);
  for (i = 0; i < 3; i++) {
    errno = 4711;
    h = mailer();
    GOOD(h, CSmtp_Send(h));
    CHECK(CSmtp_SetSubject(h, NULL) != 0, "NULL was accepted");
    CHECK(CSmtp_SetSubject(h + 99, "x") == CSMTP_BAD_HANDLE, "a handle that never existed was accepted");
    CSmtp_Free(h);
    CHECK(errno == 4711, "%s: errno is %d", whose, errno);
    look(&mask_after, &stack_after, &cancel_after);
    CHECK(memcmp(&mask, &mask_after, 8) == 0, "%s: the signal mask changed", whose);
    CHECK(stack.ss_flags == stack_after.ss_flags && stack.ss_sp == stack_after.ss_sp && stack.ss_size == stack_after.ss_size,
      "%s: the alternate stack is %d %p %zu, was %d %p %zu", whose, stack_after.ss_flags, stack_after.ss_sp,
      stack_after.ss_size, stack.ss_flags, stack.ss_sp, stack.ss_size);
    CHECK(cancel == cancel_after, "%s: the cancel state changed", whose);
  }
}

static void *with_everything_blocked(void *unused)
{
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, NULL);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  calls_change_nothing("a thread with all signals blocked");
  return unused;
}

static void *with_a_stack(void *unused)
{
  static char room[64 << 10];
  stack_t own;
  memset(&own, 0, sizeof own);
  own.ss_sp = room;
  own.ss_size = sizeof room;
  CHECK(sigaltstack(&own, NULL) == 0, "sigaltstack: %s", strerror(errno));
  calls_change_nothing("a thread with an alternate stack");
  return unused;
}

static void thread_state(void)
{
  calls_change_nothing("main");
  join(thread(with_everything_blocked, NULL, 0));
  join(thread(with_a_stack, NULL, 0));
  calls_change_nothing("main, again");
}

/* In a callback, the thread's signal mask and alternate signal stack are the same as before the
 * call. */
static sigset_t outside;
static int callbacks;

static void CSMTP_CALL looks(void *user, int direction, const char *line)
{
  sigset_t mask;
  stack_t stack;
  int cancel;
  (void)direction;
  (void)line;
  look(&mask, &stack, &cancel);
  CHECK(pthread_equal(*(pthread_t *)user, pthread_self()), "the callback runs on another thread");
  CHECK(memcmp(&mask, &outside, 8) == 0, "the signal mask differs in a callback");
  CHECK(stack.ss_flags == SS_DISABLE, "a callback runs with an alternate stack");
  callbacks++;
  errno = 17;
}

static void in_callback(void)
{
  pthread_t self = pthread_self();
  CSmtpHandle h = mailer();
  sigemptyset(&outside);
  sigaddset(&outside, SIGUSR1);
  pthread_sigmask(SIG_SETMASK, &outside, NULL);
  GOOD(h, CSmtp_SetLogCallback(h, looks, &self));
  GOOD(h, CSmtp_Send(h));
  CHECK(callbacks > 4, "%d callbacks", callbacks);
  CSmtp_Free(h);
}

MODES({ "linked", linked }, { "used", used }, { "thread", thread_state }, { "callback", in_callback })
