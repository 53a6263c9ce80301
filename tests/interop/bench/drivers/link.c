/* SPDX-License-Identifier: MIT
 *
 * Prints its number of threads. Built with and without a library, it shows the cost
 * of linking; measure.c measures its time and memory.
 */
#include <dirent.h>
#include <stdio.h>

int main(void) {
  int threads = 0;
  DIR *d = opendir("/proc/self/task");
  if (d == NULL) return 1;
  for (struct dirent *e; (e = readdir(d)) != NULL;)
    if (e->d_name[0] != '.') threads++;
  closedir(d);
  printf("threads=%d\n", threads);
  return 0;
}
