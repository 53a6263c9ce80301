// SPDX-License-Identifier: MIT
//
// A program in the style of the class of 2008.
#include "CSmtp2008.h"

#include <stdio.h>

int main(int argc, char *argv[]) {
  if (argc < 3) return 2;
  CSmtp mail;
  if (mail.Send() || mail.GetLastError() != CSMTP_UNDEF_RECIPENTS) return 3;
  mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
  mail.SetLogin("alice@test.example");
  mail.SetPassword("s3cret pass");
  mail.SetSenderName("Alice");
  mail.SetSenderMail("alice@test.example");
  mail.SetSubject("class of 2008");
  if (!mail.AddRecipient("bob@test.example") || !mail.AddCCRecipient("carol@test.example", "Carol")) return 4;
  if (mail.AddRecipient(NULL) || mail.GetLastError() != CSMTP_UNDEF_RECIPENT_MAIL) return 5;
  mail.SetMessageBody("first line\r\nsecond line\r\n");
  if (string(mail.GetMessageBody()) != "first line\r\nsecond line\r\n") return 6;
  if (!mail.Send()) {
    printf("%d %s\n", mail.GetLastError(), GetErrorText(mail.GetLastError()));
    return 7;
  }
  return mail.GetLastError() == CSMTP_NO_ERROR ? 0 : 8;
}
