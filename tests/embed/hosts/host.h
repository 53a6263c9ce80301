/* SPDX-License-Identifier: MIT
 *
 * host.h: code that the programs of this folder share. Each of them represents an
 * existing program that now uses libcsmtp, and tests one behavior. It is started as:
 * program PORT MODE. It exits with 0, or prints what went wrong and exits with 1.
 */
#ifndef HOST_H
#define HOST_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "csmtp_c.h"

#define UNUSED __attribute__((unused))

static unsigned short port;

#define CHECK(condition, ...)                                                     \
  do {                                                                            \
    if (!(condition)) {                                                           \
      fprintf(stderr, "%s:%d: %s\n  ", __FILE__, __LINE__, #condition);           \
      fprintf(stderr, __VA_ARGS__);                                               \
      fputc('\n', stderr);                                                        \
      fflush(NULL);                                                               \
      _exit(1);                                                                   \
    }                                                                             \
  } while (0)

#define GOOD(h, call)                                                                            \
  do {                                                                                           \
    int good_ = (call);                                                                          \
    CHECK(good_ == 0, "pid %d: %d: %s", (int)getpid(), good_, CSmtp_GetLastErrorText(h));        \
  } while (0)

/* Returns a handle that is ready to send to the test's server. */
static UNUSED CSmtpHandle mailer(void)
{
  CSmtpHandle h = CSmtp_New();
  CHECK(h != 0, "CSmtp_New: %d: %s", CSmtp_GetLastError(0), CSmtp_GetLastErrorText(0));
  GOOD(h, CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0));
  GOOD(h, CSmtp_SetSecurityType(h, CSMTP_NO_SECURITY));
  GOOD(h, CSmtp_SetSenderMail(h, "host@test.example"));
  GOOD(h, CSmtp_AddRecipient(h, "alice@test.example", ""));
  GOOD(h, CSmtp_SetSubject(h, "from a host program"));
  GOOD(h, CSmtp_AddMsgLine(h, "line one"));
  return h;
}

static UNUSED void send_new(void)
{
  CSmtpHandle h = mailer();
  GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
}

/* Calls chroot to enter CSMTP_ROOT, a folder that the test has prepared. */
static UNUSED void leave_root(void)
{
  const char *folder = getenv("CSMTP_ROOT");
  CHECK(folder != NULL, "CSMTP_ROOT is not set");
  CHECK(chroot(folder) == 0 && chdir("/") == 0, "chroot %s: %s", folder, strerror(errno));
}

static UNUSED double now(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static UNUSED int threads(void)
{
  char line[256];
  int n = 0;
  FILE *f = fopen("/proc/self/status", "r");
  CHECK(f != NULL, "/proc/self/status: %s", strerror(errno));
  while (fgets(line, sizeof line, f) != NULL)
    sscanf(line, "Threads: %d", &n);
  fclose(f);
  return n;
}

/* Waits until a child process has ended. Waits at most 30 s, which is less than the time limit of
 * the whole program. */
static UNUSED void wait_for(pid_t child, const char *who)
{
  int status = 0;
  double until = now() + 30;
  pid_t got;
  while ((got = waitpid(child, &status, WNOHANG)) == 0) {
    if (now() > until) {
      kill(child, SIGABRT);
      waitpid(child, &status, 0);
      CHECK(0, "%s (pid %d) hangs", who, (int)child);
    }
    usleep(2000);
  }
  CHECK(got == child, "waitpid: %s", strerror(errno));
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s (pid %d) ended with status %#x", who, (int)child, (unsigned)status);
}

/* Calls the function 'what' in a forked child, and waits for the child. */
static UNUSED void in_child(void (*what)(void), const char *who)
{
  pid_t child;
  fflush(NULL);
  child = fork();
  CHECK(child >= 0, "fork: %s", strerror(errno));
  if (child == 0) {
    what();
    fflush(NULL);
    _exit(0);
  }
  wait_for(child, who);
}

static UNUSED pthread_t thread(void *(*run)(void *), void *argument, size_t stack)
{
  pthread_attr_t attr;
  pthread_t id;
  int err;
  pthread_attr_init(&attr);
  if (stack != 0) {
    err = pthread_attr_setstacksize(&attr, stack);
    CHECK(err == 0, "a stack of %zu octets: %s", stack, strerror(err));
  }
  err = pthread_create(&id, &attr, run, argument);
  CHECK(err == 0, "pthread_create: %s", strerror(err));
  pthread_attr_destroy(&attr);
  return id;
}

static UNUSED void join(pthread_t id)
{
  int err = pthread_join(id, NULL);
  CHECK(err == 0, "pthread_join: %s", strerror(err));
}

/* A mode of the program, and its function. The first argument after the port selects it. */
struct mode {
  const char *name;
  void (*run)(void);
};

#define MODES(...)                                                               \
  int main(int argc, char **argv)                                                \
  {                                                                              \
    static const struct mode modes[] = { __VA_ARGS__ };                          \
    size_t i;                                                                    \
    CHECK(argc >= 3, "usage: %s PORT MODE", argv[0]);                            \
    port = (unsigned short)atoi(argv[1]);                                        \
    for (i = 0; i < sizeof modes / sizeof *modes; i++)                           \
      if (strcmp(modes[i].name, argv[2]) == 0) {                                 \
        modes[i].run();                                                          \
        fflush(NULL);                                                            \
        return 0;                                                                \
      }                                                                          \
    CHECK(0, "unknown mode %s", argv[2]);                                             \
  }

#endif
