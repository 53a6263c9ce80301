/* SPDX-License-Identifier: MIT
 *
 * copied.c PORT: passes texts and data in memory that is overwritten and freed as
 * soon as the call has returned, then sends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

static char *held;

static char *copied(const char *s)
{
  held = malloc(strlen(s) + 1);
  return strcpy(held, s);
}

static void wipe(int number)
{
  memset(held, '#', strlen(held));
  free(held);
  if (number != 0)
    exit(number % 256);
}

int main(int argc, char **argv)
{
  CSmtpHandle h = CSmtp_New();
  int n;
  if (argc != 2)
    return 2;
  wipe(CSmtp_SetSMTPServer(h, copied("127.0.0.1"), (unsigned short)atoi(argv[1]), 0));
  wipe(CSmtp_SetSenderMail(h, copied("sender@test.example")));
  wipe(CSmtp_AddRecipient(h, copied("rcpt@test.example"), NULL));
  wipe(CSmtp_SetSubject(h, copied("the subject")));
  wipe(CSmtp_AddMsgLine(h, copied("the line")));
  wipe(CSmtp_AddAttachmentData(h, "a.txt", "text/plain", copied("the data"), 8));
  n = CSmtp_Send(h);
  printf("%s\n", CSmtp_GetLastErrorText(h));
  CSmtp_Free(h);
  return n != 0;
}
