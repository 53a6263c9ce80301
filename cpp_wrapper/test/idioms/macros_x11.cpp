// macros of X11 and Qt, such as `None`, `Status`, `Bool`, `emit` and `slots`, defined before the include | sends
//! posix
#define None 0L
#define Status int
#define Bool int
#define True 1
#define False 0
#define Success 0
#define Always 2
#define emit
#define slots
#define signals public
#define foreach for
#define forever for (;;)
#define check(condition)
#define verify(condition)
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "macros_x11");
  mail.Send();
  return Success;
}
