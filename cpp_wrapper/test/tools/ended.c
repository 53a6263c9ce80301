/* SPDX-License-Identifier: MIT
 *
 * This file is linked into each test program for Win32 (wine_test.go). Just before
 * ExitProcess, when all atexit functions and all destructors have run, it writes the
 * exit status to the file that CSMTP_TEST_ENDED names. The linker flag --wrap redirects
 * main and exit to the functions of this file, which remember the status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __real_main(int count, char **arguments, char **environment);
void __real_exit(int status) __attribute__((noreturn));

static char file[1024];
static int known, result;

static void ended(void)
{
  FILE *f;
  fflush(NULL); /* Wine's C library flushes only in ExitProcess */
  if (!known || !(f = fopen(file, "w"))) return;
  fprintf(f, "%d\n", result);
  fclose(f);
}

/* Runs before all other constructors, so that the function 'ended' runs after all destructors. */
__attribute__((constructor(101))) static void begin(void)
{
  const char *name = getenv("CSMTP_TEST_ENDED");
  if (!name || strlen(name) >= sizeof file) return;
  strcpy(file, name);
  _putenv("CSMTP_TEST_ENDED="); /* not for child processes */
  atexit(ended);
}

void __wrap_exit(int status)
{
  result = status, known = 1;
  __real_exit(status);
}

int __wrap_main(int count, char **arguments, char **environment)
{
  result = __real_main(count, arguments, environment), known = 1;
  return result;
}
