/* SPDX-License-Identifier: MIT
 *
 * Measures the cost of calls: for mails=N, it calls a setter of a text, a setter of
 * a number and a getter N times each. Prints the CPU time per call in nanoseconds,
 * and by how many kB the memory of the process grew.
 */
#define _POSIX_C_SOURCE 200809L
#include "csmtp_c.h"
#include "options.h"

#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static long resident(void) {
  long kb = 0;
  char line[256];
  FILE *f = fopen("/proc/self/status", "r");
  if (f == NULL) return 0;
  while (fgets(line, sizeof line, f) != NULL)
    if (sscanf(line, "VmRSS: %ld", &kb) == 1) break;
  fclose(f);
  return kb;
}

int main(int argc, char **argv) {
  struct options o = read_options(argc, argv);
  CSmtpHandle h = CSmtp_New();
  unsigned long sum = 0;
  for (long i = 0; i < o.mails / 4; i++) CSmtp_SetSubject(h, BENCH_SUBJECT);
  long before = resident();
  double start = now();
  for (long i = 0; i < o.mails; i++) CSmtp_SetSubject(h, BENCH_SUBJECT);
  double text = now();
  for (long i = 0; i < o.mails; i++) CSmtp_SetXPriority(h, CSMTP_XPRIORITY_HIGH);
  double number = now();
  for (long i = 0; i < o.mails; i++) sum += CSmtp_GetMsgLines(h);
  double getter = now();
  printf("text=%.1f number=%.1f getter=%.1f grown=%ld\n", (text - start) / (double)o.mails, (number - text) / (double)o.mails,
         (getter - number) / (double)o.mails, resident() - before);
  CSmtp_Free(h);
  return sum == 0 ? 0 : 1;
}
