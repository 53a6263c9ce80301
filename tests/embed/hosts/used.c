/* SPDX-License-Identifier: MIT
 *
 * used.c: the parent has used the library when it forks. The child uses its parent's
 * handles and new ones.
 */
#include "host.h"

#include <dlfcn.h>
#include <link.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>

static CSmtpHandle inherited;

static void uses_old_handle(void)
{
  CSmtpHandle clone;
  CHECK(strcmp(CSmtp_GetSubject(inherited), "from a host program") == 0, "GetSubject: %s", CSmtp_GetSubject(inherited));
  CHECK(CSmtp_GetMsgLines(inherited) == 1, "GetMsgLines: %u", CSmtp_GetMsgLines(inherited));
  GOOD(inherited, CSmtp_Cancel(inherited));
  GOOD(inherited, CSmtp_Send(inherited));
  clone = CSmtp_Clone(inherited);
  CHECK(clone > inherited, "Clone: %lu", (unsigned long)clone);
  CHECK(strcmp(CSmtp_GetSubject(clone), "from a host program") == 0, "GetSubject: %s", CSmtp_GetSubject(clone));
  CSmtp_Free(clone);
}

static void child_uses_handles(void)
{
  CSmtpHandle h;
  uses_old_handle();
  h = mailer();
  CHECK(h > inherited, "a new handle %lu is not above the parent's %lu", (unsigned long)h, (unsigned long)inherited);
  GOOD(h, CSmtp_Send(h));
  CHECK(strcmp(CSmtp_GetSubject(h), "from a host program") == 0, "GetSubject: %s", CSmtp_GetSubject(h));
  CHECK(CSmtp_SetSubject(h + 1000, "x") == CSMTP_BAD_HANDLE, "a handle that never existed");
  CHECK(CSmtp_GetLastError(0) == CSMTP_BAD_HANDLE, "GetLastError(0) after GetSubject: %d", CSmtp_GetLastError(0));
  CSmtp_Free(h);
  CHECK(CSmtp_Send(h) == CSMTP_BAD_HANDLE, "a freed handle");
  CHECK(strstr(CSmtp_GetLastErrorText(h), "was freed") != NULL, "text of a freed handle: %s", CSmtp_GetLastErrorText(h));
  CHECK(strstr(CSmtp_GetLastErrorText(h + 1000), "never existed") != NULL, "text of an invented handle: %s", CSmtp_GetLastErrorText(h + 1000));
}

static void after_use(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_Send(inherited));
  in_child(child_uses_handles, "the child");
  GOOD(inherited, CSmtp_Send(inherited));
}

static int generation;

static void descend(void)
{
  CSmtpHandle h;
  child_uses_handles();
  if (++generation == 12)
    return;
  h = mailer();
  inherited = h;
  in_child(descend, "a grandchild");
  GOOD(h, CSmtp_Send(h));
}

static void grandchildren(void)
{
  inherited = mailer();
  GOOD(inherited, CSmtp_Send(inherited));
  in_child(descend, "the first child");
}

/* The children are forked by a system call, so the fork handlers of the C library do not run. */
static void wait_raw(pid_t child, const char *who)
{
  CHECK(child > 0, "%s: %s", who, strerror(errno));
  wait_for(child, who);
}

static void raw(void)
{
  pid_t child;
  inherited = mailer();
  GOOD(inherited, CSmtp_Send(inherited));
  child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    child_uses_handles();
    _exit(0);
  }
  wait_raw(child, "a raw clone");
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  child = _Fork();
  if (child == 0) {
    child_uses_handles();
    _exit(0);
  }
  wait_raw(child, "a _Fork");
#endif
}

static void worker_main(void)
{
  GOOD(inherited, CSmtp_Send(inherited));
  send_new();
  send_new();
}

static void prefork(void)
{
  enum { WORKERS = 6 };
  pid_t worker[WORKERS];
  int i;
  inherited = mailer();
  GOOD(inherited, CSmtp_Send(inherited));
  for (i = 0; i < WORKERS; i++) {
    worker[i] = fork();
    CHECK(worker[i] >= 0, "fork: %s", strerror(errno));
    if (worker[i] == 0) {
      worker_main();
      _exit(0);
    }
  }
  for (i = 0; i < WORKERS; i++)
    wait_for(worker[i], "a worker");
}

/* A process calls daemon(3) after it has used the library. */
static void late_daemon(void)
{
  int ends[2];
  char done = 0;
  pid_t starter;
  CHECK(pipe(ends) == 0, "pipe: %s", strerror(errno));
  starter = fork();
  if (starter == 0) {
    send_new();
    CHECK(daemon(0, 1) == 0, "daemon: %s", strerror(errno));
    send_new();
    CHECK(write(ends[1], "k", 1) == 1, "write: %s", strerror(errno));
    _exit(0);
  }
  close(ends[1]);
  CHECK(read(ends[0], &done, 1) == 1 && done == 'k', "the daemon did not send");
  wait_for(starter, "the starter");
}

/* One thread forks while others send. */
static volatile int over;

static void *keeps_sending(void *handle)
{
  CSmtpHandle h = *(CSmtpHandle *)handle;
  while (!over)
    GOOD(h, CSmtp_Send(h));
  return NULL;
}

static void child_of_the_storm(void)
{
  GOOD(inherited, CSmtp_Send(inherited));
  send_new();
}

static void storm(void)
{
  enum { THREADS = 8, CHILDREN = 100, AT_ONCE = 4 };
  CSmtpHandle h[THREADS];
  pthread_t id[THREADS];
  pid_t child[AT_ONCE] = { 0 };
  int i;
  for (i = 0; i < THREADS; i++) {
    h[i] = mailer();
    id[i] = thread(keeps_sending, &h[i], 0);
  }
  inherited = h[0];
  for (i = 0; i < CHILDREN; i++) {
    pid_t *slot = &child[i % AT_ONCE];
    if (*slot != 0)
      wait_for(*slot, "a child of the storm");
    *slot = fork();
    CHECK(*slot >= 0, "fork: %s", strerror(errno));
    if (*slot == 0) {
      child_of_the_storm();
      _exit(0);
    }
  }
  for (i = 0; i < AT_ONCE; i++)
    wait_for(child[i], "a child of the storm");
  over = 1;
  for (i = 0; i < THREADS; i++)
    join(id[i]);
}

/* A thread that has used the library forks. It then returns both in the parent and in the
 * child, so that the destructors of its thread-specific data run, including Go's. Other threads
 * start and end at the same time. */
static void *sends_once(void *unused)
{
  send_new();
  return unused;
}

static void *comes_and_goes(void *unused)
{
  while (!over)
    join(thread(sends_once, NULL, 0));
  return unused;
}

static void *forks_and_returns(void *child)
{
  CSmtpHandle h = mailer();
  *(pid_t *)child = fork();
  CHECK(*(pid_t *)child >= 0, "fork: %s", strerror(errno));
  if (*(pid_t *)child != 0)
    CSmtp_Free(h);
  return NULL;
}

static void thread_ends(void)
{
  enum { OTHERS = 4, ROUNDS = 100 };
  pthread_t id[OTHERS];
  pid_t child = 0;
  int i;
  for (i = 0; i < OTHERS; i++)
    id[i] = thread(comes_and_goes, NULL, 0);
  for (i = 0; i < ROUNDS; i++) {
    join(thread(forks_and_returns, &child, 0));
    wait_for(child, "a child whose thread ended");
  }
  over = 1;
  for (i = 0; i < OTHERS; i++)
    join(id[i]);
}

static void ends_by_exit(void)
{
  CSmtp_Free(inherited);
  CHECK(threads() == 1, "%d threads: freeing a handle loaded the private copy", threads());
  exit(0);
}

static void child_exits(void)
{
  inherited = mailer();
  in_child(ends_by_exit, "a child that exits");
  GOOD(inherited, CSmtp_Send(inherited));
}

/* A thread forks while another loads and unloads a library. If the fork happens while the
 * dynamic loader is locked, the loader stays locked in the child. Calls in the child then fail
 * after 3 s and do not hang. */
static void *loads_and_unloads(void *unused)
{
  while (!over) {
    void *l = dlopen("libutil.so.1", RTLD_NOW);
    if (l != NULL)
      dlclose(l);
  }
  return unused;
}

static void sends_or_is_refused(void)
{
  CSmtpHandle h = CSmtp_New();
  if (h == 0) {
    CHECK(CSmtp_GetLastError(0) == CSMTP_FORKED, "%d", CSmtp_GetLastError(0));
    _exit(0);
  }
  CSmtp_Free(h);
  send_new();
}

/* Returns the state that the dynamic loader publishes for debuggers. */
static const struct r_debug *loader(void)
{
  const ElfW(Dyn) * d;
  for (d = _DYNAMIC; d->d_tag != DT_NULL; d++)
    if (d->d_tag == DT_DEBUG)
      return (const struct r_debug *)d->d_un.d_ptr;
  CHECK(0, "no DT_DEBUG");
}

/* Prints where a fault occurred in a child. A second fault kills the child. */
static void report_fault(int number, siginfo_t *info, void *context)
{
  const unsigned long *word = context;
  char line[512];
  size_t i;
  FILE *maps = fopen("/proc/self/maps", "r");
  (void)number;
  fprintf(stderr, "a fault at %p; the loader's state is %d; registers:", info->si_addr, (int)loader()->r_state);
  for (i = 0; i < sizeof(ucontext_t) / sizeof *word && i < 64; i++)
    fprintf(stderr, " %lx", word[i]);
  fputc('\n', stderr);
  while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
    fputs(line, stderr);
  fflush(stderr);
}

/* Fills the gaps between mapped libraries, so that later mappings are adjacent to others. If
 * the child's loader then unmaps a wrong range, it removes another mapping, and the test fails. */
static void fill_gaps(void)
{
  int i;
  for (i = 0; i < 3000; i++)
    CHECK(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED, "mmap: %s", strerror(errno));
}

static void beside_loader(void)
{
  pthread_t id;
  int i;
  send_new();
  fill_gaps();
  id = thread(loads_and_unloads, NULL, 0);
  for (i = 0; i < 40; i++) {
    pid_t child = fork();
    CHECK(child >= 0, "fork: %s", strerror(errno));
    if (child == 0) {
      struct sigaction report = { 0 };
      report.sa_sigaction = report_fault;
      report.sa_flags = (int)(SA_SIGINFO | SA_RESETHAND | SA_ONSTACK);
      sigaction(SIGSEGV, &report, NULL);
      sends_or_is_refused();
      _exit(0);
    }
    wait_for(child, "a child forked during dlopen or dlclose");
  }
  over = 1;
  join(id);
}

enum { REFUSED = 7, ELSEWHERE = 8 };

static void is_refused_at_once(void)
{
  CHECK(CSmtp_New() == 0 && CSmtp_GetLastError(0) == CSMTP_FORKED, "%d", CSmtp_GetLastError(0));
  CHECK(threads() == 1, "%d threads: dlopen was tried", threads());
  _exit(REFUSED);
}

/* In a child that was forked in the middle of dlclose, the next dlopen would hang or end the
 * process. So calls in such a child return CSMTP_FORKED at once. */
static void in_dlclose(void)
{
  enum { WANTED = 5 };
  double until = now() + 60;
  int status, refused = 0;
  pthread_t id;
  send_new();
  id = thread(loads_and_unloads, NULL, 0);
  while (refused < WANTED && now() < until) {
    pid_t child = fork();
    CHECK(child >= 0, "fork: %s", strerror(errno));
    if (child == 0) {
      if (loader()->r_state == RT_DELETE)
        is_refused_at_once();
      _exit(ELSEWHERE);
    }
    CHECK(waitpid(child, &status, 0) == child, "waitpid: %s", strerror(errno));
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) >= REFUSED, "a child ended with status %#x", (unsigned)status);
    refused += WEXITSTATUS(status) == REFUSED;
  }
  over = 1;
  join(id);
  CHECK(refused > 0, "no child was forked during dlclose");
}

/* A callback forks, and returns in the parent and in the child. */
static int in_the_child;

static void CSMTP_CALL forks_once(void *user, int direction, const char *line)
{
  int *forked = user;
  pid_t child;
  (void)direction;
  (void)line;
  if (*forked)
    return;
  *forked = 1;
  child = fork();
  if (child == 0)
    in_the_child = 1;
  else
    wait_for(child, "the child of the callback");
}

static void in_callback(void)
{
  int forked = 0, r;
  inherited = mailer();
  GOOD(inherited, CSmtp_SetLogCallback(inherited, forks_once, &forked));
  r = CSmtp_Send(inherited);
  if (in_the_child) {
    CHECK(r == CSMTP_FORKED, "Send in the child: %d", r);
    child_uses_handles();
    _exit(0);
  }
  CHECK(forked, "the callback did not run");
  CHECK(r == 0, "Send: %d: %s", r, CSmtp_GetLastErrorText(inherited));
}

MODES({ "after-use", after_use }, { "grandchildren", grandchildren }, { "raw", raw }, { "prefork", prefork },
  { "daemon", late_daemon }, { "storm", storm }, { "thread-ends", thread_ends }, { "exit", child_exits },
  { "loader", beside_loader }, { "dlclose", in_dlclose }, { "callback", in_callback })
