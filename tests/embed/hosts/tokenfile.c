/* SPDX-License-Identifier: MIT
 *
 * tokenfile.c: the process forks while another thread renews the tokens of a token
 * file. Then the process is killed. This must release the lock on the file, although
 * the child continues to run.
 */
#include "host.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

static void *renew(void *h)
{
  CSmtp_CheckToken((CSmtpHandle)h); /* never returns: the token server does not respond */
  return NULL;
}

int main(int argc, char **argv)
{
  CSmtpHandle h = CSmtp_New();
  pthread_t thread;
  pid_t child;
  char c;
  if (argc != 2 || CSmtp_SetOAuth2TokenFile(h, argv[1]) != 0 || CSmtp_SetProxy(h, "") != 0)
    return 2;
  if (pthread_create(&thread, NULL, renew, (void *)h) != 0)
    return 3;
  if (read(0, &c, 1) != 1) /* the token server has the request */
    return 4;
  child = fork();
  if (child == 0) {
    for (;;)
      pause();
  }
  printf("%ld\n", (long)child);
  fflush(stdout);
  kill(getpid(), SIGKILL);
  return 5;
}
