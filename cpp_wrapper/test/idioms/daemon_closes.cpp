// a daemon that closes all descriptors after the object is configured | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "daemon_closes");
  const pid_t child = fork();
  if (child > 0) {
    int status = 1;
    waitpid(child, &status, 0);
    return status != 0;
  }
  setsid();
  umask(0);
  if (chdir("/") != 0) _exit(1);
  for (long i = sysconf(_SC_OPEN_MAX) - 1; i >= 0; i--) close((int)i);
  open("/dev/null", O_RDWR);
  if (dup(0) != 1 || dup(0) != 2) _exit(2);
  try {
    mail.Send();
  } catch (ECSmtp e) {
    _exit(3);
  }
  _exit(0);
}
