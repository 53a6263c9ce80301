// a subject that the program encodes, and a body in GB2312 | sends
//! has=Subject:.=\?gb2312\?B\?
#include "CSmtp.h"
#include "base64.h"
#include "prepare.h"

int main(int, char **argv) {
  string subject = "encoded_by_program \xc4\xe3\xba\xc3";
  subject = "=?gb2312?B?" + base64_encode((const unsigned char *)subject.c_str(), subject.size()) + "?=";
  CSmtp mail;
  Prepare(mail, argv, subject.c_str());
  mail.SetCharSet("gb2312");
  mail.AddMsgLine("\xc4\xe3\xba\xc3");
  mail.Send();
}
