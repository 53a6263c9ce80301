/* SPDX-License-Identifier: MIT
 * send SERVER PORT LOGIN PASSWORD CA-FILE: sends a mail over STARTTLS, then one that
 * the server refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

/* Sends the mail. On failure, prints the error, which contains the server's reply. */
static int Send(CSmtpHandle mail) {
  const int error = CSmtp_Send(mail);
  if (error != CSMTP_NO_ERROR) printf("%d: %s\n", error, CSmtp_GetLastErrorText(mail));
  return error;
}

int main(int argc, char *argv[]) {
  if (argc != 6) {
    fputs("usage: send SERVER PORT LOGIN PASSWORD CA-FILE\n", stderr);
    return 2;
  }
  const CSmtpHandle mail = CSmtp_New();
  CSmtp_SetSMTPServer(mail, argv[1], (unsigned short)atoi(argv[2]), 1);
  CSmtp_SetSecurityType(mail, CSMTP_USE_TLS);
  CSmtp_SetCAFile(mail, argv[5]);
  CSmtp_SetLogin(mail, argv[3]);
  CSmtp_SetPassword(mail, argv[4]);

  CSmtp_SetCharSet(mail, "UTF-8");
  CSmtp_SetSenderName(mail, "Zoë Ångström");
  CSmtp_SetSenderMail(mail, "alice@test.example");
  CSmtp_AddRecipient(mail, "bob@test.example", "Jürgen Groß");
  CSmtp_AddCCRecipient(mail, "carol@test.example", "Łucja Żak");
  CSmtp_SetSubject(mail, "The café's menu, déjà vu");
  CSmtp_AddMsgLine(mail, "Two crêpes and a café au lait: 9 €.");
  CSmtp_AddMsgLine(mail, "The menu is attached.");
  CSmtp_SetHTMLBody(mail, "<p>Two crêpes and a café au lait: <b>9 €</b>.</p>");
  const char menu[] = "Crêpe: 3 €\nCafé au lait: 3 €\n";
  CSmtp_AddAttachmentData(mail, "menü.txt", "text/plain; charset=utf-8", menu, strlen(menu));
  int error = Send(mail);

  if (error == CSMTP_NO_ERROR) {
    CSmtp_DelRecipients(mail);
    CSmtp_DelCCRecipients(mail);
    CSmtp_AddRecipient(mail, "refused@test.example", NULL);
    Send(mail);
  }
  CSmtp_Free(mail);
  return error != CSMTP_NO_ERROR;
}
