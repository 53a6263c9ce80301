/* SPDX-License-Identifier: MIT
 *
 * start_linux.c: starts the Go runtime at the first call, and not when the
 * library is loaded.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gate.h"

/* Creates a block of memory like the one in which the kernel passes the arguments, the
 * environment and the auxiliary vector to a program, because Go expects them in this form.
 * So Go gets the current environment and does not need /proc. This also works with musl,
 * which does not pass the kernel's block to libraries.
 *
 * If the kernel says that the program has rights that its caller lacks (set-user-ID, file
 * capabilities, another security domain), the environment cannot be trusted, because the
 * caller chose it. Go then gets an empty environment, and so no CSMTP_CONFIG, certificates,
 * proxies or GODEBUG. */
static char **arguments(void)
{
  static const unsigned long tags[] = { AT_RANDOM, AT_PAGESZ, AT_HWCAP, AT_HWCAP2, AT_SECURE, AT_SYSINFO_EHDR };
  enum { TAGS = sizeof tags / sizeof *tags };
  /* Settings for Go. asyncpreemptoff=0 makes Go send SIGURG, which signals_linux.c needs.
   * With invalidptr=0, Go does not end the process if it finds an invalid pointer on a
   * stack: a program can pass a number as a pointer, for example as the user pointer of a
   * callback. */
  static const char ours[] = ",asyncpreemptoff=0,invalidptr=0";
  const int trusted = getauxval(AT_SECURE) == 0;
  size_t n = 0, at = 0, i;
  int found = 0;
  char **v;
  while (trusted && environ != NULL && environ[n] != NULL)
    n++;
  v = calloc(n + 4 + 2 * (TAGS + 1), sizeof *v);
  if (v == NULL)
    return NULL;
  v[at++] = (char *)"csmtp";
  at++;
  for (i = 0; i < n && environ[i] != NULL; i++) {
    char *s = environ[i];
    if (strncmp(s, "GODEBUG=", 8) == 0) {
      char *with = malloc(strlen(s) + sizeof ours);
      found = 1;
      if (with != NULL)
        s = strcat(strcpy(with, s), ours);
    }
    v[at++] = s;
  }
  if (!found)
    v[at++] = (char *)"GODEBUG=invalidptr=0";
  at++;
  for (i = 0; i < TAGS; i++) {
    unsigned long value = getauxval(tags[i]);
    if (value == 0 && tags[i] != AT_SECURE)
      continue;
    v[at++] = (char *)tags[i];
    v[at++] = (char *)value;
  }
  return v;
}

static void *wait_turn(void *turn)
{
  pthread_mutex_lock(turn);
  pthread_mutex_unlock(turn);
  return NULL;
}

/* Reports whether the process can get enough address space and threads for Go. Without
 * them, Go would end the process. According to measurements, Go has reserved 1.63 GiB and
 * created 6 threads by the time the first mail has been sent. */
static int room(void)
{
  enum { THREADS = 8 };
  const size_t size = ((size_t)1 << 28) * (sizeof(void *) == 8 ? 7 : 1);
  pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
  pthread_t made[THREADS];
  void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  int i, n = 0, failed = 0;
  if (p == MAP_FAILED)
    return 0;
  pthread_mutex_lock(&turn);
  while (n < THREADS && (failed = pthread_create(&made[n], NULL, wait_turn, &turn)) == 0)
    n++;
  if (failed == EPERM || failed == EACCES)
    gateRefusedCall = "clone3";
  pthread_mutex_unlock(&turn);
  for (i = 0; i < n; i++)
    pthread_join(made[i], NULL);
  munmap(p, size);
  return n == THREADS;
}

/* Releases the pages that contain the library's relocations, which are a twelfth of the
 * library's size. The loader has already applied the relocations, and does not need them
 * again. */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((weak, visibility("hidden")));
extern const char __ehdr_start[] __attribute__((weak, visibility("hidden")));

static void release_relocations(void)
{
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), base = (uintptr_t)__ehdr_start;
  uintptr_t from = 0, size = 0, to;
  const ElfW(Dyn) * d;
  for (d = _DYNAMIC; d != NULL && d->d_tag != DT_NULL; d++) {
    if (d->d_tag == DT_RELA || d->d_tag == DT_REL)
      from = (uintptr_t)d->d_un.d_ptr;
    if (d->d_tag == DT_RELASZ || d->d_tag == DT_RELSZ)
      size = (uintptr_t)d->d_un.d_val;
  }
  if (from < base) /* musl does not add the base address */
    from += base;
  to = (from + size) / page * page;
  from = (from + page - 1) / page * page;
  if (size > page && from < to)
    madvise((void *)from, to - from, MADV_DONTNEED);
}

int gateStart(CSmtpHandle first, void (*before_go)(void))
{
  static char **given; /* Go keeps pointers to this memory */
  struct gateThread *t = gateThread();
  struct gateVisit v;
  if (t == NULL)
    return CSMTP_LACK_OF_MEMORY;
  if (csmtp_go_entry != NULL) {
    if (!gateProbe() || !room())
      return CSMTP_CANNOT_START;
    given = arguments();
    if (given == NULL)
      return CSMTP_LACK_OF_MEMORY;
  }
  before_go();
  if (csmtp_go_entry != NULL) {
    release_relocations();
    gateNoteSignals();
    t->in_go = 1; /* so that __wrap_pthread_create treats the threads that are created now as those of Go */
    csmtp_go_entry[0](1, given, given + 2);
    t->in_go = 0;
    gateTakeSignals();
  }
  v.writes = 0;
  gateFirstCross(t, &v, first);
  gateReturn(t, &v);
  return 0;
}
