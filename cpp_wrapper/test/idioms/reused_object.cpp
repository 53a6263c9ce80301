// one object for several messages, with `ClearMessage` | the second session with `USE_TLS` fails
//! mails=2
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  mail.SetSecurityType(USE_TLS);
  for (int i = 0; i < 2; i++) {
    Prepare(mail, argv, "reused_object");
    mail.Send();
    mail.DisconnectRemoteServer();
    mail.ClearMessage();
  }
}
