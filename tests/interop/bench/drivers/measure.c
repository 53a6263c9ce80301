/* SPDX-License-Identifier: MIT
 *
 * measure CPU PROGRAM ARGUMENT...: runs a program on one CPU (-1 for any). It prints
 * on descriptor 3 the start time (ns since 1970), wall time (ns), CPU time (us) and
 * peak resident memory (kB). This is a small separate program because a child's peak
 * memory is at least that of the process that started it.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t microseconds(struct timeval t) { return (int64_t)t.tv_sec * 1000000 + t.tv_usec; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure CPU PROGRAM ARGUMENT...\n");
    return 2;
  }
  int cpu = atoi(argv[1]);
  if (cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
      perror("measure: sched_setaffinity");
      return 2;
    }
  }
  int64_t start = now();
  pid_t child = fork();
  if (child == 0) {
    close(3);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status;
  struct rusage used;
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    perror("measure");
    return 2;
  }
  int64_t end = now();
  dprintf(3, "%lld %lld %lld %ld\n", (long long)start, (long long)(end - start),
          (long long)(microseconds(used.ru_utime) + microseconds(used.ru_stime)), used.ru_maxrss);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
