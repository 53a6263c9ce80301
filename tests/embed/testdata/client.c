/* SPDX-License-Identifier: MIT
 *
 * client.c: compiled once, against csmtp_c.h of 1.0.0, into
 * client-1.0.0-amd64.o (gcc -O1 -std=c99 -I../../../include -c). The object is
 * committed and never compiled again: it represents existing programs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

static int failed(const char *what, CSmtpHandle h)
{
  fprintf(stderr, "%s: %d: %s\n", what, CSmtp_GetLastError(h), CSmtp_GetLastErrorText(h));
  return 1;
}

static void CSMTP_CALL on_line(void *user, int direction, const char *line)
{
  if (direction == CSMTP_LOG_SERVER && strncmp(line, "354", 3) == 0)
    ++*(int *)user;
}

static int CSMTP_CALL on_progress(void *user, int64_t sent, int64_t total)
{
  *(int64_t *)user = sent;
  return sent > total && total >= 0;
}

int main(int argc, char **argv)
{
  unsigned short port = (unsigned short)(argc > 1 ? atoi(argv[1]) : 0);
  int go_aheads = 0;
  int64_t sent = 0;
  CSmtpHandle h = CSmtp_New(), copy;
  if (h == 0)
    return failed("CSmtp_New", 0);
  if (CSmtp_SetSubject(h, NULL) != CSMTP_BAD_ARGUMENT || CSmtp_Send(h) == CSMTP_NO_ERROR)
    return failed("bad input", h);
  if (CSmtp_SetSubject(h, "old") || CSmtp_SetSenderName(h, "Old") || CSmtp_SetSenderMail(h, "old@test.example")
      || CSmtp_AddRecipient(h, "alice@test.example", NULL) || CSmtp_AddCCRecipient(h, "bob@test.example", "Bob")
      || CSmtp_AddMsgLine(h, "one") || CSmtp_AddMsgLine(h, "two") || CSmtp_DelMsgLine(h, 0)
      || CSmtp_SetXPriority(h, CSMTP_XPRIORITY_HIGH) || CSmtp_SetLogCallback(h, on_line, &go_aheads)
      || CSmtp_SetProgressCallback(h, on_progress, &sent))
    return failed("settings", h);
  if (CSmtp_GetMsgLines(h) != 1 || strcmp(CSmtp_GetMsgLineText(h, 0), "two") != 0 || CSmtp_GetMsgLineText(h, 1) != NULL)
    return failed("lines", h);
  if (CSmtp_ConnectRemoteServer(h, "127.0.0.1", port, CSMTP_NO_SECURITY, 0, NULL, NULL) || CSmtp_Send(h))
    return failed("send", h);
  if (CSmtp_GetOutcome(h) != CSMTP_ACCEPTED || go_aheads != 1 || sent <= 0)
    return failed("outcome", h);
  copy = CSmtp_Clone(h);
  CSmtp_Free(h);
  if (CSmtp_Send(h) != CSMTP_BAD_HANDLE || CSmtp_SetSMTPServer(copy, "127.0.0.1", port, 0) || CSmtp_SetLogCallback(copy, NULL, NULL)
      || CSmtp_SetProgressCallback(copy, NULL, NULL) || CSmtp_Send(copy))
    return failed("clone", copy);
  CSmtp_Free(copy);
  return 0;
}
