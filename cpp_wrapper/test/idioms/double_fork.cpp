// a daemon made by two calls to `fork` and one to `setsid` | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp *mail = new CSmtp();
  Prepare(*mail, argv, "double_fork");
  if (fork() > 0) return 0;
  setsid();
  if (fork() > 0) _exit(0);
  if (chdir("/") != 0) return 1;
  mail->Send();
  delete mail;
  return 0;
}
