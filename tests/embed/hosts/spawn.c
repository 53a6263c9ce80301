/* SPDX-License-Identifier: MIT
 *
 * spawn.c: starts other programs by system, popen, posix_spawn, vfork and fork while
 * other threads send.
 */
#include "host.h"

#include <spawn.h>

static volatile int over;

static void *keeps_sending(void *unused)
{
  CSmtpHandle h = mailer();
  while (!over)
    GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
  return unused;
}

static void by_popen(void)
{
  char line[16] = "";
  FILE *f = popen("echo hello", "r");
  CHECK(f != NULL && fgets(line, sizeof line, f) != NULL, "popen: %s", strerror(errno));
  CHECK(pclose(f) == 0 && strcmp(line, "hello\n") == 0, "popen read %s", line);
}

static void by_posix_spawn(void)
{
  char *const arguments[] = { (char *)"true", NULL };
  pid_t child;
  int err = posix_spawnp(&child, "true", NULL, NULL, arguments, environ);
  CHECK(err == 0, "posix_spawnp: %s", strerror(err));
  wait_for(child, "true");
}

static void by_vfork(void)
{
  pid_t child = vfork();
  if (child == 0) {
    execlp("true", "true", (char *)NULL);
    _exit(127);
  }
  CHECK(child > 0, "vfork: %s", strerror(errno));
  wait_for(child, "true");
}

static void by_fork_and_exec(void)
{
  pid_t child = fork();
  if (child == 0) {
    execlp("true", "true", (char *)NULL);
    _exit(127);
  }
  CHECK(child > 0, "fork: %s", strerror(errno));
  wait_for(child, "true");
}

static void all_ways(void)
{
  enum { SENDERS = 4, ROUNDS = 15 };
  pthread_t id[SENDERS];
  int i;
  for (i = 0; i < SENDERS; i++)
    id[i] = thread(keeps_sending, NULL, 0);
  for (i = 0; i < ROUNDS; i++) {
    CHECK(system("exit 3") == 3 << 8, "system");
    by_popen();
    by_posix_spawn();
    by_vfork();
    by_fork_and_exec();
  }
  over = 1;
  for (i = 0; i < SENDERS; i++)
    join(id[i]);
}

/* Describes in 'all' what a program inherits from this process: the number of open descriptors,
 * and the signals that are blocked or ignored. */
static void state_of_started_program(char *all, size_t size)
{
  FILE *f = popen("ls /proc/self/fd | wc -l; grep -E '^(SigBlk|SigIgn)' /proc/self/status", "r");
  size_t n;
  CHECK(f != NULL, "popen: %s", strerror(errno));
  n = fread(all, 1, size - 1, f);
  all[n] = 0;
  CHECK(pclose(f) == 0 && strstr(all, "SigIgn") != NULL, "unexpected output: %s", all);
}

static void nothing_inherited(void)
{
  char before[512], after[512];
  state_of_started_program(before, sizeof before);
  send_new();
  state_of_started_program(after, sizeof after);
  CHECK(strcmp(before, after) == 0, "a started program inherits\n%s and before the first mail it inherited\n%s", after, before);
}

/* The process calls exec while other threads are sending. */
static void becomes_another(void)
{
  char digits[16];
  send_new();
  thread(keeps_sending, NULL, 0);
  thread(keeps_sending, NULL, 64 << 10);
  usleep(20000);
  snprintf(digits, sizeof digits, "%d", port);
  execl("/proc/self/exe", "spawn", digits, "inherits", (char *)NULL);
  CHECK(0, "execl: %s", strerror(errno));
}

MODES({ "all-ways", all_ways }, { "inherits", nothing_inherited }, { "exec", becomes_another })
