// a function registered with `atexit` sends with a global object | sends
#include "CSmtp.h"
#include "prepare.h"

CSmtp g_mail;
static void Report() { g_mail.Send(); }

int main(int, char **argv) {
  Prepare(g_mail, argv, "sent_at_exit");
  atexit(Report);
  exit(0);
}
