// macros with the names of methods, defined before the include | sends
#define Send Send
#define Wait Wait
#define GetUserName GetUserNameA
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "macros_methods");
  mail.Send();
}
