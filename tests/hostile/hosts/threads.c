/* SPDX-License-Identifier: MIT
 *
 * threads.c PORT THREADS: each thread sends on its own handle and on a shared one.
 * sanitize.sh runs it under ThreadSanitizer and valgrind.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "csmtp_c.h"

static unsigned short port;
static CSmtpHandle shared;

static CSmtpHandle mailer(void)
{
  CSmtpHandle h = CSmtp_New();
  CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0);
  CSmtp_SetSenderMail(h, "host@test.example");
  CSmtp_AddRecipient(h, "alice@test.example", "");
  CSmtp_SetSubject(h, "from a thread");
  CSmtp_AddMsgLine(h, "line one");
  return h;
}

static void check(CSmtpHandle h, int number)
{
  if (number != 0) {
    printf("%d: %s\n", number, CSmtp_GetLastErrorText(h));
    exit(1);
  }
}

static void *work(void *unused)
{
  int i;
  (void)unused;
  for (i = 0; i < 4; i++) {
    CSmtpHandle h = mailer(), copy;
    check(h, CSmtp_Send(h));
    check(shared, CSmtp_Send(shared));
    copy = CSmtp_Clone(h);
    check(copy, CSmtp_SetSubject(copy, "other"));
    if (CSmtp_GetSubject(h)[0] == 0 || CSmtp_GetResultReply(h, 0) == NULL)
      exit(1);
    CSmtp_Free(copy);
    CSmtp_Free(h);
  }
  return NULL;
}

int main(int argc, char **argv)
{
  pthread_t threads[64];
  int i, n;
  if (argc != 3)
    return 2;
  port = (unsigned short)atoi(argv[1]);
  n = atoi(argv[2]);
  if (n < 1 || n > 64)
    return 2;
  shared = mailer();
  for (i = 0; i < n; i++)
    if (pthread_create(&threads[i], NULL, work, NULL) != 0)
      return 3;
  for (i = 0; i < n; i++)
    pthread_join(threads[i], NULL);
  CSmtp_Free(shared);
  return 0;
}
