// `daemon` after the object is configured | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "daemonize");
  if (daemon(1, 1) != 0) return 1;
  try {
    mail.Send();
  } catch (ECSmtp e) {
    cout << e.GetErrorNum() << endl;
  }
  return 0;
}
