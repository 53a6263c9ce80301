// UTF-8 texts without `SetCharSet` | sends them, labelled as US-ASCII
//! has=Subject:.utf8_text.=\?
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "utf8_text \xe4\xbd\xa0\xe5\xa5\xbd");
  mail.AddMsgLine("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82");
  mail.Send();
}
