/* SPDX-License-Identifier: MIT
 *
 * gate_start_linux.c: starts the Go runtime, at the first call and not at load.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gate.h"

/* Go reads its arguments, the environment and the auxiliary vector where the
 * kernel puts them for a program. It gets a vector made here: it then sees the
 * environment of today, needs no /proc, and musl, which tells a library
 * nothing of this, makes no difference. Where the kernel says that the program
 * has rights which its caller has not (set-user-id, capabilities of the file,
 * another security domain) the environment is the caller's word: Go gets none
 * of it, neither CSMTP_CONFIG nor certificates, proxies or GODEBUG. */
static char **arguments(void)
{
  static const unsigned long tags[] = { AT_RANDOM, AT_PAGESZ, AT_HWCAP, AT_HWCAP2, AT_SECURE, AT_SYSINFO_EHDR };
  enum { TAGS = sizeof tags / sizeof *tags };
  static const char preempt[] = ",asyncpreemptoff=0"; /* what opens SIGURG: gate_signals_linux.c */
  const int trusted = getauxval(AT_SECURE) == 0;
  size_t n = 0, at = 0, i;
  char **v;
  while (trusted && environ != NULL && environ[n] != NULL)
    n++;
  v = calloc(n + 3 + 2 * (TAGS + 1), sizeof *v);
  if (v == NULL)
    return NULL;
  v[at++] = (char *)"csmtp";
  at++;
  for (i = 0; i < n && environ[i] != NULL; i++) {
    char *s = environ[i];
    if (strncmp(s, "GODEBUG=", 8) == 0) {
      char *with = malloc(strlen(s) + sizeof preempt);
      if (with != NULL)
        s = strcat(strcpy(with, s), preempt);
    }
    v[at++] = s;
  }
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

/* Go ends the process when it gets no address space or no thread: both are
 * asked for beforehand. It was measured to reserve 1.63 GiB with its first
 * mail, and to make 6 threads; with less it starts or dies, as it happens. */
static int room(void)
{
  enum { THREADS = 8 };
  const size_t size = ((size_t)1 << 28) * (sizeof(void *) == 8 ? 7 : 1);
  pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
  pthread_t made[THREADS];
  void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  int i, n = 0;
  if (p == MAP_FAILED)
    return 0;
  pthread_mutex_lock(&turn);
  while (n < THREADS && pthread_create(&made[n], NULL, wait_turn, &turn) == 0)
    n++;
  pthread_mutex_unlock(&turn);
  for (i = 0; i < n; i++)
    pthread_join(made[i], NULL);
  munmap(p, size);
  return n == THREADS;
}

int gateStart(CSmtpHandle first, void (*before_go)(void))
{
  static char **given; /* Go keeps pointers into it */
  struct gateThread *t = gateThread();
  struct gateVisit v;
  if (t == NULL)
    return CSMTP_LACK_OF_MEMORY;
  if (csmtp_go_entry != NULL) {
    if (!room())
      return CSMTP_CANNOT_START;
    given = arguments();
    if (given == NULL)
      return CSMTP_LACK_OF_MEMORY;
  }
  before_go();
  if (csmtp_go_entry != NULL) {
    gateNoteSignals();
    t->in_go = 1; /* its thread is Go's, not the caller's */
    csmtp_go_entry[0](1, given, given + 2);
    t->in_go = 0;
    gateTakeSignals();
  }
  v.writes = 0;
  gateFirstCross(t, &v, first);
  gateReturn(t, &v);
  return 0;
}
