// a child of `fork` sends while its parent has an open session | parent and child write to one connection
//! posix mails=2
#include "CSmtp.h"
#include "prepare.h"
#include <sys/wait.h>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "fork_open_session");
  mail.ConnectRemoteServer(argv[1], (unsigned short)atoi(argv[2]), NO_SECURITY, false);
  if (fork() == 0) {
    try {
      mail.Send();
    } catch (ECSmtp &e) {
      cout << e.GetErrorNum() << endl;
      _exit(1);
    }
    _exit(0);
  }
  int status = 1;
  wait(&status);
  mail.Send();
  mail.DisconnectRemoteServer();
  return status != 0;
}
