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
  mail.SetCharSet("UTF-8");
  mail.SetSubject("Your invoice for \xc3\xa9t\xc3\xa9");
  mail.AddMsgLine("Please pay.");
  mail.Send();
}
