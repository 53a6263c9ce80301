// SPDX-License-Identifier: MIT
// old PORT: uses class CSmtp of version 1.0.0 (see the folder 1.0.0), and prints the error
// number of each step, and the outcome of some. It sends one mail to a server on PORT,
// which refuses the recipient refused@test.example.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "CSmtp.h"

template <class Function> void step(const char *name, Function function) {
  int number = 0;
  try {
    function();
  } catch (const ECSmtp &e) {
    number = e.GetErrorNum();
    if (e.GetErrorText() == "") std::printf("no text\n");
  }
  std::printf("%s %d\n", name, number);
}

int main(int argc, char **argv) {
  const unsigned short port = static_cast<unsigned short>(argc > 1 ? std::atoi(argv[1]) : 0);
  CSmtp mail;
  step("no recipient", [&] { mail.Send(); });
  for (const char *address : {"two words@test.example", "a@test.example\r\nDATA", "nobody", ""}) {
    step("bad address", [&] {
      CSmtp other;
      other.SetSMTPServer("127.0.0.1", port, false);
      other.SetSenderMail("alice@test.example");
      other.AddRecipient(address);
      other.Send();
    });
  }
  step("no line", [&] { mail.GetMsgLineText(7); });
  mail.AddRecipient("bob@test.example", "Bob");
  mail.AddCCRecipient("carol@test.example");
  step("no sender", [&] {
    mail.SetSMTPServer("127.0.0.1", port, false);
    mail.Send();
  });
  mail.SetSenderMail("alice@test.example");
  mail.SetSenderName("Alice");
  mail.SetSubject("From an old program");
  mail.AddMsgLine("one");
  mail.AddMsgLine("two");
  mail.DelMsgLine(0);
  mail.SetXPriority(XPRIORITY_HIGH);
  mail.SetSecurityType(NO_SECURITY);
  step("missing file", [&] {
    mail.AddAttachment("no such file");
    mail.Send();
  });
  mail.DelAttachments();
  mail.AddAttachmentData("data.txt", "text/plain", "data", 4);
  std::string replies;
  mail.SetLogCallback([&](int direction, const char *line) {
    if (direction == CSMTP_LOG_SERVER) replies += std::string(line, 3) + " ";
  });
  step("send", [&] { mail.Send(); });
  std::printf("outcome %d, reply %d\n", static_cast<int>(mail.GetOutcome()), mail.GetLastReplyCode());
  std::printf("354 %s\n", replies.find("354") != std::string::npos ? "yes" : "no");
  mail.DelRecipients();
  mail.DelCCRecipients();
  mail.AddRecipient("refused@test.example");
  step("refused", [&] { mail.Send(); });
  std::printf("outcome %d, reply %d\n", static_cast<int>(mail.GetOutcome()), mail.GetLastReplyCode());
  mail.DelRecipients();
  mail.AddRecipient("bob@test.example");
  step("no TLS", [&] {
    mail.SetSecurityType(USE_TLS);
    mail.Send();
  });
  step("wrong password", [&] {
    mail.SetSecurityType(NO_SECURITY);
    mail.SetSMTPServer("127.0.0.1", port);
    mail.SetLogin("alice@test.example");
    mail.SetPassword("wrong");
    mail.Send();
  });
  step("closed port", [&] {
    mail.SetSMTPServer("127.0.0.1", 1, false);
    mail.Send();
  });
  return 0;
}
