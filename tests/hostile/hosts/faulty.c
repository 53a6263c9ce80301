/* SPDX-License-Identifier: MIT
 *
 * faulty.c MISTAKE: makes the named mistake, which sanitizers and valgrind must
 * find.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static int shared;

static void *count(void *unused)
{
  int i;
  for (i = 0; i < 100000; i++)
    shared++;
  return unused;
}

int main(int argc, char **argv)
{
  const char *mistake = argc > 1 ? argv[1] : "";
  char *text = malloc(100);
  pthread_t other;
  int status = 0;
  if (strcmp(mistake, "race") == 0) {
    pthread_create(&other, NULL, count, NULL);
    count(NULL);
    pthread_join(other, NULL);
  } else if (strcmp(mistake, "undefined") == 0) {
    text[0] = 'x';
    status = text[1] == 'y' ? 3 : 0;
  } else if (strcmp(mistake, "freed") == 0) {
    text[0] = 'x';
    free(text);
    status = text[0] == 'y' ? 3 : 0;
    text = NULL;
  } else {
    status = 2;
  }
  free(text);
  return status;
}
