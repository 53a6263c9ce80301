/* SPDX-License-Identifier: MIT
 *
 * sandbox.c: in a sandbox that refuses a system call with EPERM or EACCES, the library
 * returns an error that names the call. The Go runtime itself would end the process.
 */
#include "host.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

static int number, os_error;
static const char *name;

static void refuse(void)
{
  struct sock_filter rules[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)os_error),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { sizeof rules / sizeof *rules, rules };
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "prctl: %s", strerror(errno));
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp: %s", strerror(errno));
}

/* The first call in the sandbox fails, and its error text names the system call that was
 * refused. */
static void starts(void)
{
  CSmtpHandle h;
  refuse();
  h = CSmtp_New();
  CHECK(h == 0 && CSmtp_GetLastError(0) == CSMTP_CANNOT_START, "%s: handle %lu, error %d", name, (unsigned long)h, CSmtp_GetLastError(0));
  CHECK(strstr(CSmtp_GetLastErrorText(0), name) != NULL, "%s: %s", name, CSmtp_GetLastErrorText(0));
  CHECK(strcmp(CSmtp_GetErrorText(CSMTP_CANNOT_START), CSmtp_GetLastErrorText(0)) == 0, "GetErrorText");
}

/* Whichever system call is refused, the library starts and sends, or returns an
 * error. */
static void any(void)
{
  CSmtpHandle h;
  refuse();
  alarm(20);
  h = CSmtp_New();
  if (h == 0) {
    CHECK(CSmtp_GetLastErrorText(0)[0] != 0, "call %d: no text", number);
    printf("%d: %s\n", number, CSmtp_GetLastErrorText(0));
    fflush(stdout);
    return;
  }
  CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0);
  CSmtp_SetSenderMail(h, "host@test.example");
  CSmtp_AddRecipient(h, "alice@test.example", "");
  CSmtp_SetTimeout(h, CSMTP_TIMEOUT_TOTAL, 5000);
  if (CSmtp_Send(h) != 0) {
    CHECK(CSmtp_GetLastErrorText(h)[0] != 0, "call %d: no text", number);
    printf("%d: %s\n", number, CSmtp_GetLastErrorText(h));
    fflush(stdout);
  }
}

static void needed(void)
{
  static const struct {
    const char *name;
    int number;
  } calls[] = {
    { "epoll_create1", SYS_epoll_create1 }, { "eventfd2", SYS_eventfd2 },       { "getrandom", SYS_getrandom },
    { "sigaltstack", SYS_sigaltstack },     { "epoll_ctl", SYS_epoll_ctl },     { "epoll_pwait", SYS_epoll_pwait },
    { "nanosleep", SYS_nanosleep },         { "tgkill", SYS_tgkill },           { "clone3", SYS_clone3 },
    { "rt_sigaction", SYS_rt_sigaction },   { "mprotect", SYS_mprotect },
    { "write", SYS_write },
  };
  static const int errors[] = { EPERM, EACCES };
  size_t i, j;
  for (i = 0; i < sizeof calls / sizeof *calls; i++)
    for (j = 0; j < sizeof errors / sizeof *errors; j++) {
      name = calls[i].name;
      number = calls[i].number;
      os_error = errors[j];
      in_child(starts, name);
    }
  send_new();
}

static void some(int from, int until)
{
  os_error = EPERM;
  for (number = from; number < until; number++) {
    if (number == SYS_exit_group || number == SYS_exit || number == SYS_rt_sigreturn || number == SYS_rseq)
      continue; /* without these, the C library of the host ends the process or hangs */
    in_child(any, "a process in a sandbox");
  }
  send_new();
}

static void first(void) { some(0, 120); }
static void second(void) { some(120, 240); }
static void third(void) { some(240, 350); }
static void last(void) { some(424, 460); }

MODES({ "needed", needed }, { "first", first }, { "second", second }, { "third", third }, { "last", last })
