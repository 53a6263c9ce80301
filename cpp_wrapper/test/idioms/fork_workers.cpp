// three children of `fork` send with one global object | sends 3 mails
//! posix mails=3
#include "CSmtp.h"
#include "prepare.h"
#include <sys/wait.h>

CSmtp g_mail;

int main(int, char **argv) {
  Prepare(g_mail, argv, "fork_workers");
  for (int i = 0; i < 3; i++) {
    if (fork() == 0) {
      try {
        g_mail.Send();
      } catch (ECSmtp &) {
        _exit(1);
      }
      _exit(0);
    }
  }
  int failed = 0, status;
  while (wait(&status) > 0) failed |= status;
  return failed != 0;
}
