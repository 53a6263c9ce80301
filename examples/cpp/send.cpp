// SPDX-License-Identifier: MIT
// send SERVER PORT LOGIN PASSWORD: a mail over STARTTLS.
#include "CSmtp.h"

int main(int argc, char *argv[]) {
  if (argc != 5) return 2;
  CSmtp mail;
  try {
    mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
    mail.SetSecurityType(USE_TLS);
    mail.SetLogin(argv[3]);
    mail.SetPassword(argv[4]);
    mail.SetSenderMail("alice@test.example");
    mail.AddRecipient("bob@test.example");
    mail.SetSubject("Ten lines of C++");
    mail.AddMsgLine("They have arrived.");
    mail.Send();
  } catch (const ECSmtp &e) {
    cerr << e.GetErrorText() << endl; // with the server's own words
    return 1;
  }
  return 0;
}
