// SPDX-License-Identifier: MIT
//
// A typical program for class CSmtp, except for SetCAFile and SetAuthMechanism. It
// logs in once, then sends a text mail and an HTML mail with three attachments, to
// recipients of all kinds.
//
//   mailmatrix HOST PORT none|starttls|ssl MECHANISM LOGIN PASSWORD CAFILE PARTS CELL
//
// PARTS is the folder that contains text.txt, page.html and the attachments; CELL
// makes the recipients of this run different from those of other runs.
#include "CSmtp.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

static void AddLines(CSmtp &mail, const std::string &path) {
  std::ifstream file(path.c_str(), std::ios::binary);
  std::string line;
  if (!file) {
    std::cerr << "cannot read " << path << "\n";
    std::exit(2);
  }
  while (std::getline(file, line)) mail.AddMsgLine(line.c_str());
}

static void Address(CSmtp &mail, const std::string &cell) {
  const std::string at = "-" + cell + "@test.example";
  mail.DelRecipients();
  mail.DelCCRecipients();
  mail.DelBCCRecipients();
  mail.AddRecipient(("to" + at).c_str(), "Doe, Jane (Sales)");
  mail.AddRecipient(("zweite" + at).c_str(), "Jürgen Groß");
  mail.AddCCRecipient(("cc" + at).c_str(), "山田太郎");
  mail.AddCCRecipient(("plain" + at).c_str());
  mail.AddBCCRecipient(("bcc" + at).c_str(), "Secret \"Agent\"");
}

int main(int argc, char **argv) {
  if (argc != 10) {
    std::cerr << "usage: mailmatrix HOST PORT none|starttls|ssl MECHANISM LOGIN PASSWORD CAFILE PARTS CELL\n";
    return 2;
  }
  const std::string security = argv[3], parts = std::string(argv[8]) + "/", cell = argv[9];
  try {
    CSmtp mail;
    mail.SetSMTPServer(argv[1], std::atoi(argv[2]));
    mail.SetSecurityType(security == "starttls" ? USE_TLS : security == "ssl" ? USE_SSL : NO_SECURITY);
    mail.SetAuthMechanism(argv[4]);
    mail.SetCAFile(argv[7]);
    mail.SetLocalHostName("client.test.example");
    mail.SetCharSet("UTF-8");
    mail.SetXMailer("mailmatrix 1.0");
    mail.SetSenderName("Søren Ærø");
    mail.SetSenderMail("alice@test.example");
    mail.SetReplyTo("answers@test.example");
    if (!mail.ConnectRemoteServer(argv[1], std::atoi(argv[2]), DO_NOT_SET, true, argv[5], argv[6])) return 1;

    mail.SetSubject("Plain text, naïve café ☕ and a subject so long that it has to be folded more than once");
    mail.SetXPriority(XPRIORITY_HIGH);
    Address(mail, "text-" + cell);
    AddLines(mail, parts + "text.txt");
    mail.Send();

    mail.SetSubject("HTML with files");
    mail.SetXPriority(XPRIORITY_NORMAL);
    mail.DelMsgLines();
    mail.m_bHTML = true;
    Address(mail, "html-" + cell);
    AddLines(mail, parts + "page.html");
    mail.AddAttachment((parts + "empty.bin").c_str());
    mail.AddAttachment((parts + "thirty megabytes.bin").c_str());
    mail.AddAttachment((parts + "😀 smile.txt").c_str());
    mail.Send();

    mail.DisconnectRemoteServer();
  } catch (ECSmtp &e) {
    std::cerr << "error " << e.GetErrorNum() << ": " << e.GetErrorText() << "\n";
    return 1;
  }
  return 0;
}
