// a thread with all signals blocked, and `sigwait` in `main` | sends
//! posix
#include "CSmtp.h"
#include <pthread.h>
#include <signal.h>
#include "prepare.h"

static void *Work(void *mail) {
  static_cast<CSmtp *>(mail)->Send();
  kill(getpid(), SIGTERM);
  return NULL;
}

int main(int, char **argv) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, NULL);
  CSmtp mail;
  Prepare(mail, argv, "no_signals");
  pthread_t thread;
  if (pthread_create(&thread, NULL, Work, &mail) != 0) return 1;
  int number = 0;
  sigwait(&all, &number);
  pthread_join(thread, NULL);
  return number != SIGTERM;
}
