// `SetCharSet("utf8")` and UTF-8 texts | sends, labelled as utf8
//! has=charset=UTF-8
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "charset_spelling \xc3\xbc");
  mail.SetCharSet("utf8");
  mail.AddMsgLine("Gr\xc3\xbc\xc3\x9f" "e");
  mail.Send();
}
