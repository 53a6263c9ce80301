// recipients only in Cc | throws 203
//! has=Cc:.<?carol@
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "cc_only");
  mail.DelRecipients();
  mail.AddCCRecipient("carol@test.example");
  mail.Send();
}
