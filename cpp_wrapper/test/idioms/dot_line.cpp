// a body line that is a single dot | the dot ends the mail
//! has=\r\n\.\r\n\.\.and.more\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "dot_line");
  mail.AddMsgLine(".");
  mail.AddMsgLine("..and more");
  mail.Send();
}
