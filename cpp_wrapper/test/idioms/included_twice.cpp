// the header included twice, and with `-DLINUX` | sends
//! posix -DLINUX
#include <CSmtp.h>
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "included_twice");
  mail.Send();
}
