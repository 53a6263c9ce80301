// a file compiled with `-fno-exceptions` | sends
//! -fno-exceptions
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "no_exceptions");
  mail.Send();
}
