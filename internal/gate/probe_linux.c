/* SPDX-License-Identifier: MIT
 *
 * probe_linux.c: finds out whether a sandbox (seccomp) refuses a system call that the Go
 * runtime needs. After such a refusal, the runtime would end the process.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "gate.h"

#ifndef GRND_NONBLOCK
#define GRND_NONBLOCK 1
#endif
enum { KERNEL_SIGSET = 8 }; /* the size of the kernel's signal set in octets */

const char *gateRefusedCall;

/* Returns 1 if the system permits a system call: the call succeeded, or failed only because
 * no descriptor or memory was available. Otherwise stores the name of the call
 * in gateRefusedCall, and returns 0. */
static int permitted(const char *name, long result)
{
  if (result >= 0 || errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EAGAIN || errno == EINTR)
    return 1;
  gateRefusedCall = name;
  return 0;
}

static int memory(void)
{
  void *p = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int good = permitted("mmap", p == MAP_FAILED ? -1 : 0);
  if (p == MAP_FAILED)
    return good;
  good = permitted("mprotect", mprotect(p, 4096, PROT_READ)) && permitted("munmap", munmap(p, 4096));
  return good;
}

static int signals(void)
{
  uint64_t mask;
  stack_t stack;
  return permitted("rt_sigprocmask", syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, KERNEL_SIGSET)) &&
         permitted("rt_sigaction", sigaction(SIGPIPE, NULL, &(struct sigaction){ .sa_flags = 0 })) &&
         permitted("sigaltstack", sigaltstack(NULL, &stack)) &&
         permitted("getpid", syscall(SYS_getpid)) && permitted("gettid", syscall(SYS_gettid)) &&
         permitted("tgkill", syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
}

static int threads(void)
{
  int word = 0;
  /* The kernel returns EINVAL for this time. Even the shortest sleep would take 0.05 ms. */
  const struct timespec invalid = { 0, -1 };
  long slept;
  if (!permitted("futex", syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL, NULL, 0)))
    return 0;
  slept = syscall(SYS_nanosleep, &invalid, NULL);
  return (slept < 0 && errno == EINVAL) || permitted("nanosleep", slept);
}

/* Reports whether the system permits the calls that the Go runtime's network poller makes. */
static int poller(void)
{
  struct epoll_event event = { .events = EPOLLIN };
  const uint64_t one = 1;
  const int poll = (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
  int wake, good = permitted("epoll_create1", poll);
  if (poll < 0)
    return good;
  wake = (int)syscall(SYS_eventfd2, 0, 02000000 | 04000); /* EFD_CLOEXEC, EFD_NONBLOCK */
  good = permitted("eventfd2", wake);
  if (wake >= 0) {
    good = permitted("epoll_ctl", epoll_ctl(poll, EPOLL_CTL_ADD, wake, &event)) &&
           permitted("epoll_pwait", syscall(SYS_epoll_pwait, poll, &event, 1, 0, NULL, KERNEL_SIGSET)) &&
           permitted("write", write(wake, &one, sizeof one));
    close(wake);
  }
  close(poll);
  return good;
}

/* Go reads /dev/urandom instead if the kernel has no getrandom. */
static int randomness(void)
{
  unsigned char octets[8];
  const long n = syscall(SYS_getrandom, octets, sizeof octets, GRND_NONBLOCK);
  return n < 0 && errno == ENOSYS ? 1 : permitted("getrandom", n);
}

int gateProbe(void)
{
  gateRefusedCall = NULL;
  return memory() && signals() && threads() && poller() && randomness();
}
