// a process with threads forks, and the child sends | sends
//! posix threads
#include "CSmtp.h"
#include "prepare.h"
#include <sys/wait.h>
#include <thread>

int main(int, char **argv) {
  CSmtp mail;
  std::thread settings([&] { Prepare(mail, argv, "threads_then_fork"); });
  settings.join();
  if (fork() == 0) {
    try {
      mail.Send();
    } catch (ECSmtp &) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 1;
  wait(&status);
  return status != 0;
}
