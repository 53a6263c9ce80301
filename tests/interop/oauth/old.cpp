// SPDX-License-Identifier: MIT
//
// A program that was written for CSmtp: it logs in with a password to a server that no
// longer exists.
#include "CSmtp.h"

#include <iostream>

int main(int argc, char *argv[]) {
  if (argc != 2) return 2;
  try {
    CSmtp mail;
    mail.SetSMTPServer("mail.old.example", 25);
    mail.SetLogin("report");
    mail.SetPassword("0ld-passw0rd");
    mail.SetSenderName("Nightly report");
    mail.SetSenderMail("alice@test.example");
    mail.AddRecipient(argv[1]);
    mail.SetSubject("Report");
    mail.AddMsgLine("All went well.");
    mail.Send();
  } catch (ECSmtp &e) {
    std::cout << "Error " << e.GetErrorNum() << ": " << e.GetErrorText() << std::endl;
    return 1;
  }
  return 0;
}
