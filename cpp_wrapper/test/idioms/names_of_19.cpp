// `CSmtp::USE_TLS` and `CSmtp::security_type`, as in 1.9 | does not compile
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  CSmtp::security_type type = CSmtp::USE_TLS;
  Prepare(mail, argv, "names_of_19");
  mail.SetSecurityType(type);
  if (mail.GetSecurityType() == CSmtp::NO_SECURITY) return 1;
  mail.Send();
}
