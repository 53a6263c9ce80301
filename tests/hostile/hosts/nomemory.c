/* SPDX-License-Identifier: MIT
 *
 * nomemory.c N: replaces calloc, and makes the N-th call from the library's C code
 * fail. (Go gets its memory from the system directly.) The call must succeed without
 * that memory or return an error number, and later calls must succeed.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

extern void *__libc_calloc(size_t n, size_t size);

static volatile int fail_at, seen, failed, failures;

void *calloc(size_t n, size_t size)
{
  Dl_info from;
  if (fail_at != 0 && dladdr(__builtin_return_address(0), &from) != 0 && from.dli_fname != NULL &&
      strstr(from.dli_fname, "libcsmtp") != NULL && ++seen == fail_at) {
    failed = 1;
    return NULL;
  }
  return __libc_calloc(n, size);
}

static void *make_calls(void *unused)
{
  CSmtpHandle h;
  int last;
  (void)unused;
  failed = 0;
  h = CSmtp_New();
  if (h != 0)
    CSmtp_Free(h);
  last = CSmtp_GetLastError(0);
  /* Some allocations are not essential: if they fail, New succeeds. If New fails, it stores an
   * error, unless there is not enough memory even for the error. */
  if (failed && h == 0 && last != CSMTP_LACK_OF_MEMORY && last != 0) {
    printf("an allocation failed: handle %lu, last error %d\n", (unsigned long)h, last);
    exit(1);
  }
  fail_at = 0;
  failures += failed;
  h = CSmtp_New();
  if (h == 0 || CSmtp_SetSubject(h, "x") != 0) {
    printf("after the failed allocation: %d %s\n", CSmtp_GetLastError(0), CSmtp_GetLastErrorText(0));
    exit(1);
  }
  CSmtp_Free(h);
  return NULL;
}

int main(int argc, char **argv)
{
  pthread_t thread;
  if (argc != 2)
    return 2;
  fail_at = atoi(argv[1]);
  make_calls(NULL); /* the process's first calls */
  fail_at = atoi(argv[1]);
  seen = 0;
  pthread_create(&thread, NULL, make_calls, NULL); /* a thread's first calls */
  pthread_join(thread, NULL);
  printf("%d failed\n", failures);
  return 0;
}
