/* SPDX-License-Identifier: MIT
 *
 * crash.c: if the host crashes, its crash handler is called, and a backtrace that the
 * handler makes contains the host's stack frames. Without a handler, the process ends
 * as it would without the library.
 */
#include "host.h"

#include <execinfo.h>
#include <setjmp.h>
#include <sys/mman.h>

enum { FRAMES = 6 };
static volatile int *volatile nowhere; /* NULL */

static void report(int sig, siginfo_t *info, void *context)
{
  void *frame[64];
  int n = backtrace(frame, 64);
  (void)context;
  if (sig == SIGSEGV && info->si_addr == NULL && n >= FRAMES)
    _exit(0);
  fprintf(stderr, "signal %d at %p with %d frames\n", sig, info->si_addr, n);
  backtrace_symbols_fd(frame, n, 2);
  _exit(2);
}

static void install(int flags)
{
  struct sigaction a;
  void *frame[4];
  memset(&a, 0, sizeof a);
  a.sa_sigaction = report;
  a.sa_flags = SA_SIGINFO | flags;
  CHECK(backtrace(frame, 4) > 0, "backtrace"); /* the first call loads libgcc */
  CHECK(sigaction(SIGSEGV, &a, NULL) == 0, "sigaction: %s", strerror(errno));
}

__attribute__((noinline)) static int depth_3(void) { return *nowhere + 1; }
__attribute__((noinline)) static int depth_2(void) { return depth_3() + 1; }
__attribute__((noinline)) static int depth_1(void) { return depth_2() + 1; }

static void crashes_later(void)
{
  printf("%d\n", depth_1());
  CHECK(0, "no crash");
}

static void handler_before(void)
{
  install(0);
  send_new();
  crashes_later();
}

static void handler_after(void)
{
  send_new();
  install(SA_ONSTACK);
  crashes_later();
}

static void *crashes_in_thread(void *unused)
{
  send_new();
  crashes_later();
  return unused;
}

static void handler_in_thread(void)
{
  install(0);
  send_new();
  join(thread(crashes_in_thread, NULL, 0));
}

static void CSMTP_CALL crashes_in_callback(void *user, int direction, const char *line)
{
  (void)user;
  (void)direction;
  (void)line;
  crashes_later();
}

static void handler_in_callback(void)
{
  CSmtpHandle h;
  install(0);
  h = mailer();
  GOOD(h, CSmtp_SetLogCallback(h, crashes_in_callback, NULL));
  CSmtp_Send(h);
}

/* An invalid pointer from the caller causes a fault inside Go, and Go converts the fault to an
 * error. The host's own signal handler is not called if it was installed before the first call,
 * but it is called if it was installed later. */
static void must_not_be_called(int sig)
{
  (void)sig;
  _exit(3);
}

static void must_be_called(int sig)
{
  (void)sig;
  _exit(0);
}

static int faults_inside(void)
{
  static CSmtpHandle h;
  if (h == 0)
    h = mailer();
  return CSmtp_SetSubject(h, (const char *)16);
}

static void go_fault(void)
{
  signal(SIGSEGV, must_not_be_called);
  CHECK(faults_inside() == CSMTP_INTERNAL, "not CSMTP_INTERNAL");
  CHECK(faults_inside() == CSMTP_INTERNAL, "not CSMTP_INTERNAL, again");
  send_new();
}

static void go_fault_later(void)
{
  send_new();
  signal(SIGSEGV, must_be_called);
  faults_inside();
  CHECK(0, "the handler was not called");
}

static int dies_of(void (*what)(void))
{
  int status = 0;
  pid_t child;
  fflush(NULL);
  child = fork();
  if (child == 0) {
    what();
    _exit(0);
  }
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void sends_and_crashes(void)
{
  send_new();
  crashes_later();
}

static void sends_and_aborts(void)
{
  send_new();
  abort();
}

static void sends_and_is_killed(void)
{
  send_new();
  raise(SIGFPE);
}

static void by_default(void)
{
  int sig;
  CHECK((sig = dies_of(sends_and_crashes)) == SIGSEGV, "a crash: %d", sig);
  CHECK((sig = dies_of(sends_and_aborts)) == SIGABRT, "abort: %d", sig);
  CHECK((sig = dies_of(sends_and_is_killed)) == SIGFPE, "raise: %d", sig);
}

/* Some virtual machines implement null checks by faults: they handle many faults of their own
 * code, and continue after each. */
static __thread sigjmp_buf check;
static volatile long checks;
static volatile int over, sum;

static void null_check(int sig, siginfo_t *info, void *context)
{
  (void)sig;
  (void)info;
  (void)context;
  checks++;
  siglongjmp(check, 1);
}

static void *interprets(void *unused)
{
  while (!over)
    if (sigsetjmp(check, 1) == 0)
      sum += depth_1();
  return unused;
}

static void machine(int before_use)
{
  enum { MACHINES = 2, MAILS = 100 };
  struct sigaction a;
  pthread_t id[MACHINES];
  int i;
  memset(&a, 0, sizeof a);
  a.sa_sigaction = null_check;
  a.sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER;
  if (!before_use)
    send_new();
  CHECK(sigaction(SIGSEGV, &a, NULL) == 0, "sigaction: %s", strerror(errno));
  for (i = 0; i < MACHINES; i++)
    id[i] = thread(interprets, NULL, 0);
  for (i = 0; i < MAILS; i++)
    send_new();
  over = 1;
  for (i = 0; i < MACHINES; i++)
    join(id[i]);
  CHECK(checks > 1000, "only %ld null checks", checks);
}

static void machine_before(void) { machine(1); }
static void machine_after(void) { machine(0); }

MODES({ "before", handler_before }, { "after", handler_after }, { "thread", handler_in_thread },
  { "callback", handler_in_callback }, { "go-fault", go_fault }, { "go-fault-later", go_fault_later }, { "default", by_default }, { "machine-before", machine_before },
  { "machine-after", machine_after })
