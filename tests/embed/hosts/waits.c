/* SPDX-License-Identifier: MIT
 *
 * waits.c: the host blocks signals in all its threads and receives them by signalfd
 * or sigwait. A thread of the library must not receive them.
 */
#include "host.h"

#include <dirent.h>
#include <poll.h>
#include <sys/signalfd.h>

enum { TIMES = 20 };

static volatile int over;

static void *keeps_sending(void *unused)
{
  do
    send_new();
  while (!over);
  return unused;
}

static void block(const int *signals, sigset_t *set)
{
  sigemptyset(set);
  for (; *signals != 0; signals++)
    sigaddset(set, *signals);
  CHECK(pthread_sigmask(SIG_BLOCK, set, NULL) == 0, "pthread_sigmask");
}

static void children_by_signalfd(void)
{
  static const int which[] = { SIGCHLD, 0 };
  struct signalfd_siginfo info;
  struct pollfd ready;
  sigset_t set;
  pthread_t id;
  int i, got = 0;
  send_new(); /* starts Go's threads before the signals are blocked */
  block(which, &set);
  id = thread(keeps_sending, NULL, 0);
  ready.fd = signalfd(-1, &set, SFD_CLOEXEC);
  ready.events = POLLIN;
  CHECK(ready.fd >= 0, "signalfd: %s", strerror(errno));
  for (i = 0; i < TIMES; i++) {
    pid_t child = fork();
    if (child == 0)
      _exit(0);
    if (poll(&ready, 1, 2000) == 1 && read(ready.fd, &info, sizeof info) == sizeof info)
      got += info.ssi_pid == (unsigned)child;
    waitpid(child, NULL, 0);
  }
  over = 1;
  join(id);
  CHECK(got == TIMES, "%d of %d arrived", got, TIMES);
}

static void *kills(void *set)
{
  static const struct timespec patience = { 5, 0 };
  siginfo_t info;
  int i;
  for (i = 0; i < 2 * TIMES; i++) {
    int sig = i % 2 == 0 ? SIGTERM : SIGUSR1;
    CHECK(kill(getpid(), sig) == 0, "kill: %s", strerror(errno));
    CHECK(sigtimedwait(set, &info, &patience) == sig, "signal %d was not received in round %d", sig, i);
  }
  return NULL;
}

/* The host blocks the signals after it has loaded the library. It receives them by
 * sigtimedwait, first before its first call to the library and again after this call. */
static void by_sigwait(void)
{
  static const int which[] = { SIGTERM, SIGUSR1, 0 };
  sigset_t set;
  pthread_t sender;
  block(which, &set);
  join(thread(kills, &set, 0));
  sender = thread(keeps_sending, NULL, 0);
  join(thread(kills, &set, 0));
  over = 1;
  join(sender);
}

/* Go's threads block every signal except faults and those that cannot be blocked,
 * so no handler of the host runs on them. */
static void go_threads_block_signals(void)
{
  unsigned long long may = 0;
  static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGABRT, SIGKILL, SIGSTOP, 32, 33 };
  char path[512], line[256];
  size_t i;
  int n = 0, mine = 0;
  DIR *tasks;
  struct dirent *task;
  pthread_t id = thread(keeps_sending, NULL, 0);
  usleep(300000);
  over = 1;
  join(id);
  for (i = 0; i < sizeof faults / sizeof *faults; i++)
    may |= 1ULL << (faults[i] - 1);
  tasks = opendir("/proc/self/task");
  CHECK(tasks != NULL, "/proc/self/task: %s", strerror(errno));
  while ((task = readdir(tasks)) != NULL) {
    unsigned long long blocked = 0;
    FILE *f;
    snprintf(path, sizeof path, "/proc/self/task/%s/status", task->d_name);
    if (task->d_name[0] == '.' || (f = fopen(path, "r")) == NULL)
      continue;
    while (fgets(line, sizeof line, f) != NULL)
      sscanf(line, "SigBlk: %llx", &blocked);
    fclose(f);
    n++;
    if (atoi(task->d_name) == (int)getpid())
      mine += blocked == 0;
    else
      CHECK((~blocked & ~may) == 0, "a thread does not block %#llx", ~blocked & ~may);
  }
  closedir(tasks);
  CHECK(n > 4, "only %d threads", n);
  CHECK(mine == 1, "the main thread's signal mask changed");
}

MODES({ "signalfd", children_by_signalfd }, { "sigwait", by_sigwait }, { "closed", go_threads_block_signals })
