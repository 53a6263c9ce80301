// SPDX-License-Identifier: MIT
#include "forks.h"

int main(int argc, char *argv[]) {
  if (argc < 3) return 2;
  CSmtp mail;
  mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])));
  mail.SetLogin("alice@test.example");
  mail.SetPassword("s3cret pass");
  mail.SetSenderMail("alice@test.example");
  mail.AddRecipient("bob@test.example");
  mail.SetSubject("forks");
  SetHeadFlag(mail, 2);
  if (!mail.m_bHTML) return 6;
  SetHeadFlag(mail, 1);
  if (mail.m_bHTML) return 7;
  SetMsgBody(mail, "text");
  MsgBodyHTML(mail, "<p>html</p>");
  AddAttachment(mail, L"Gr\u00fc\u00dfe \u20ac \U0001F600.txt");
  ClearLastOutput(mail);
  mail.Send();
  if (GetLastOutput(mail).compare(0, 3, "250") != 0) return 3;
  mail.SetPassword("wrong");
  try {
    mail.Send();
  } catch (ECSmtp &e) {
    return GetServerResponce(e).compare(0, 3, "535") == 0 ? 0 : 4;
  }
  return 5;
}
