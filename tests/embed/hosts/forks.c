/* SPDX-License-Identifier: MIT
 *
 * forks.c: in most modes, the parent has not used the library when it forks.
 * Parent and children use it as any process does.
 */
#include "host.h"

#include <sys/syscall.h>

static void before(void)
{
  in_child(send_new, "the child");
  send_new();
}

/* daemon(3) ends the parent process at once, so the daemon reports its result through a pipe. */
static void daemon_sends(void)
{
  int ends[2];
  char done = 0;
  pid_t starter;
  CHECK(pipe(ends) == 0, "pipe: %s", strerror(errno));
  starter = fork();
  if (starter == 0) {
    CHECK(daemon(0, 1) == 0, "daemon: %s", strerror(errno));
    send_new();
    CHECK(write(ends[1], "k", 1) == 1, "write: %s", strerror(errno));
    _exit(0);
  }
  close(ends[1]);
  CHECK(read(ends[0], &done, 1) == 1 && done == 'k', "the daemon did not send");
  wait_for(starter, "the starter");
}

static void second_fork(void) { in_child(send_new, "the second child"); }
static void twice(void) { in_child(second_fork, "the first child"); }

/* The program is a server that forks its workers before it calls the library. */
static void prefork(void)
{
  enum { WORKERS = 8 };
  pid_t worker[WORKERS];
  int i;
  for (i = 0; i < WORKERS; i++) {
    worker[i] = fork();
    CHECK(worker[i] >= 0, "fork: %s", strerror(errno));
    if (worker[i] == 0) {
      send_new();
      send_new();
      _exit(0);
    }
  }
  send_new();
  for (i = 0; i < WORKERS; i++)
    wait_for(worker[i], "a worker");
}

/* A child that has not used the library ends by calling exit, not _exit, so exit handlers run. */
static void leaves(void) { exit(0); }
static void idle_child(void)
{
  send_new();
  in_child(leaves, "the idle child");
}

static void *first_call(void *unused)
{
  send_new();
  return unused;
}

/* A thread forks while another thread makes the process's first call. Each round runs in a
 * new process and forks after a different delay. */
static int delay;

static void round_of_first(void)
{
  pthread_t other = thread(first_call, NULL, 0);
  double until = now() + delay * 1e-4;
  while (now() < until) {
  }
  in_child(send_new, "a child forked during the first call");
  join(other);
}

static void during_first_call(void)
{
  for (delay = 0; delay < 40; delay++)
    in_child(round_of_first, "a round");
}

/* The children are forked by a system call, so the fork handlers of the C library do not run. */
static void raw(void)
{
  pid_t child = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
  if (child == 0) {
    send_new();
    _exit(0);
  }
  CHECK(child > 0, "clone: %s", strerror(errno));
  wait_for(child, "a raw clone");
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 34)
  child = _Fork();
  if (child == 0) {
    send_new();
    _exit(0);
  }
  CHECK(child > 0, "_Fork: %s", strerror(errno));
  wait_for(child, "a _Fork");
#endif
  send_new();
}

/* The program is a daemon that closes all inherited descriptors before its first call. */
static void closes_all(void)
{
  int fd;
  for (fd = 3; fd < 1024; fd++)
    close(fd);
  send_new();
  in_child(send_new, "a child of the daemon");
  send_new();
}

MODES({ "raw", raw }, { "closes-all", closes_all }, { "before", before }, { "daemon", daemon_sends }, { "twice", twice }, { "prefork", prefork },
  { "idle-child", idle_child }, { "first-call", during_first_call })
