// SPDX-License-Identifier: MIT
// The program that the examples for GoogleTest and Catch2 test.
#include <CSmtp.h>
#include <csmtp_testserver.hpp>

inline void SendInvoice(const csmtp::TestServer &server, const char *password) {
  CSmtp mail;
  mail.SetSMTPServer("localhost", server.Port());
  mail.SetSecurityType(USE_TLS);
  mail.SetCAFile(server.CAFile().c_str());
  mail.SetLogin(server.User());
  mail.SetPassword(password);
  mail.SetSenderMail(server.User());
  mail.AddRecipient("bob@test.example");
  mail.SetSubject("Your invoice");
  mail.AddMsgLine("Please pay.");
  mail.Send();
}
