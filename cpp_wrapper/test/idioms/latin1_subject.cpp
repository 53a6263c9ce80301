// a subject and a name in ISO 8859-1 without `SetCharSet` | sends the octets unencoded
//! has=From:.=\?
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "latin1_subject: Gr\xfc\xdf" "e");
  mail.SetSenderName("J\xf6rg");
  mail.Send();
}
