// `switch` over the security types without `default` | sends
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "switch_security");
  switch (mail.GetSecurityType()) {
    case NO_SECURITY: mail.SetSecurityType(USE_TLS); break;
    case USE_TLS: case USE_SSL: case DO_NOT_SET: return 1;
  }
  mail.Send();
}
