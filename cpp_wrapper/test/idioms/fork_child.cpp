// a child of `fork` sends with the settings of its parent | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"
#include <sys/wait.h>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "fork_child");
  const pid_t child = fork();
  if (child == 0) {
    try {
      mail.Send();
    } catch (ECSmtp e) {
      _exit(e.GetErrorNum() % 256);
    }
    _exit(0);
  }
  int status = 1;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}
