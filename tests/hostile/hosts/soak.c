/* SPDX-License-Identifier: MIT
 *
 * soak.c PORT KEPT FRESH: sends KEPT mails on one handle, and then FRESH mails with
 * a new handle for each. Meanwhile it prints memory, file descriptors and threads.
 * They must not grow after the first tenth of the mails.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

static unsigned short port;

static long status(const char *key)
{
  char line[256];
  long n = -1;
  FILE *f = fopen("/proc/self/status", "r");
  while (f != NULL && fgets(line, sizeof line, f) != NULL)
    if (strncmp(line, key, strlen(key)) == 0)
      n = atol(line + strlen(key));
  if (f != NULL)
    fclose(f);
  return n;
}

static int descriptors(void)
{
  int n = 0;
  DIR *d = opendir("/proc/self/fd");
  while (d != NULL && readdir(d) != NULL)
    n++;
  if (d != NULL)
    closedir(d);
  return n - 3; /* . and .. and the folder itself */
}

static CSmtpHandle mailer(void)
{
  CSmtpHandle h = CSmtp_New();
  CSmtp_SetSMTPServer(h, "127.0.0.1", port, 0);
  CSmtp_SetSenderMail(h, "host@test.example");
  CSmtp_AddRecipient(h, "alice@test.example", "");
  CSmtp_SetSubject(h, "again");
  CSmtp_AddMsgLine(h, "line one");
  CSmtp_AddAttachmentData(h, "a.bin", NULL, "0123456789abcdef", 16);
  return h;
}

static void check(CSmtpHandle h, int number)
{
  if (number == 0)
    return;
  printf("%d: %s\n", number, CSmtp_GetLastErrorText(h));
  exit(1);
}

/* Sends mails. Returns nonzero if the use of memory, descriptors or threads has grown after the
 * first tenth of the mails. Only these first mails are allowed to fill caches and pools. */
static int watch(const char *what, int n, int fresh)
{
  CSmtpHandle h = fresh ? 0 : mailer();
  long memory = 0, files = 0, threads = 0;
  int i, bad = 0;
  if (!fresh)
    check(h, CSmtp_ConnectRemoteServer(h, "127.0.0.1", port, CSMTP_DO_NOT_SET, 0, NULL, NULL));
  for (i = 1; i <= n; i++) {
    if (fresh)
      h = mailer();
    check(h, CSmtp_Send(h));
    (void)CSmtp_GetMessageID(h);
    (void)CSmtp_GetResultReply(h, 0);
    if (fresh)
      CSmtp_Free(h);
    if (i % (n / 10) != 0)
      continue;
    printf("%s %7d mails: %6ld KiB, %2d files, %2ld threads\n", what, i, status("VmRSS:"), descriptors(), status("Threads:"));
    if (i == n / 10) {
      memory = status("VmRSS:");
      files = descriptors();
      threads = status("Threads:");
    }
  }
  if (status("VmRSS:") > memory + 8192 || descriptors() > files + 2 || status("Threads:") > threads + 8)
    bad = printf("%s: memory, files or threads grew\n", what);
  if (!fresh)
    CSmtp_Free(h);
  return bad;
}

int main(int argc, char **argv)
{
  int bad;
  if (argc != 4)
    return 2;
  port = (unsigned short)atoi(argv[1]);
  bad = watch("one handle   ", atoi(argv[2]), 0);
  bad |= watch("fresh handles", atoi(argv[3]), 1);
  return bad != 0;
}
