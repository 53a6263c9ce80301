// a body in ISO 8859-1 without `SetCharSet` | sends it, labelled as US-ASCII
//! has=(?i)(encoding:.base64|charset=windows-1252)
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "latin1_body");
  mail.AddMsgLine("Gr\xfc\xdf" "e aus M\xfcnchen");
  mail.Send();
}
