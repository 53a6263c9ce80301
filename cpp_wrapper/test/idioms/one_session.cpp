// `ConnectRemoteServer`, several mails, `DisconnectRemoteServer` | sends 3 mails
//! mails=3
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "one_session");
  if (mail.ConnectRemoteServer(argv[1], (unsigned short)atoi(argv[2]), USE_TLS, false)) {
    for (int i = 0; i < 3; i++) mail.Send();
    mail.DisconnectRemoteServer();
  }
}
