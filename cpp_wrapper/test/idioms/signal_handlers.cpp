// handlers of SIGPIPE, SIGALRM and SIGCHLD that the program sets | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"
#include <signal.h>

static volatile sig_atomic_t g_alarms = 0;
static void OnAlarm(int) { g_alarms = 1; }

int main(int, char **argv) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGCHLD, SIG_IGN);
  signal(SIGALRM, OnAlarm);
  CSmtp mail;
  Prepare(mail, argv, "signal_handlers");
  raise(SIGALRM);
  mail.Send();
  return g_alarms != 1;
}
