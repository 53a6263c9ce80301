// numbers from a configuration file, cast to the enumerations | sends
//! has=X-Priority:.2
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "cast_numbers");
  mail.SetXPriority((CSmptXPriority)atoi("2"));
  mail.SetSecurityType((enum SMTP_SECURITY_TYPE)atoi("1"));
  mail.Send();
}
