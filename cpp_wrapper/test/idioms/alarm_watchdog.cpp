// `alarm` and `siglongjmp` as a time limit for `Send` | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"
#include <setjmp.h>
#include <signal.h>
#include <unistd.h>

static sigjmp_buf late;
static void Late(int) { siglongjmp(late, 1); }

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "alarm_watchdog");
  signal(SIGALRM, Late);
  if (sigsetjmp(late, 1) != 0) return 1;
  alarm(60);
  mail.Send();
  alarm(0);
}
