// the original class of 2008: `bool Send`, `SetMessageBody`, `GetLastError`, with `compat/CSmtp2008.h` | does not compile
//! has=The.body\.
#include "CSmtp2008.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "class2008");
  mail.SetMessageBody("The body.");
  if (!mail.Send()) {
    printf("%s\n", GetErrorText(mail.GetLastError()));
    return 1;
  }
  return mail.GetLastError() == CSMTP_NO_ERROR ? 0 : 1;
}
