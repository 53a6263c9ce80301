/* SPDX-License-Identifier: MIT
 * send SERVER PORT LOGIN PASSWORD: a mail over STARTTLS. */
#include <stdio.h>
#include <stdlib.h>

#include "csmtp_c.h"

int main(int argc, char *argv[]) {
  if (argc != 5) return 2;
  CSmtpHandle mail = CSmtp_New();
  CSmtp_SetSMTPServer(mail, argv[1], (unsigned short)atoi(argv[2]), 1);
  CSmtp_SetSecurityType(mail, CSMTP_USE_TLS);
  CSmtp_SetLogin(mail, argv[3]);
  CSmtp_SetPassword(mail, argv[4]);
  CSmtp_SetSenderMail(mail, "alice@test.example");
  CSmtp_AddRecipient(mail, "bob@test.example", NULL);
  CSmtp_SetSubject(mail, "The same mail in C");
  CSmtp_AddMsgLine(mail, "It has arrived.");
  int error = CSmtp_Send(mail);
  if (error != CSMTP_NO_ERROR) fprintf(stderr, "%d: %s\n", error, CSmtp_GetLastErrorText(mail));
  CSmtp_Free(mail);
  return error != CSMTP_NO_ERROR;
}
