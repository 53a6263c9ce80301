// a file compiled with `-fshort-enums`, `-funsigned-char` and `-fno-rtti` | sends
//! -fshort-enums -funsigned-char -fno-rtti
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "enums_short");
  SMTP_SECURITY_TYPE type = NO_SECURITY;
  CSmptXPriority priority = XPRIORITY_HIGH;
  mail.SetSecurityType(type);
  mail.SetXPriority(priority);
  try {
    mail.DelRecipients();
    mail.Send();
    return 1;
  } catch (ECSmtp &e) {
    if (e.GetErrorNum() != ECSmtp::UNDEF_RECIPIENTS) return 2;
  }
  mail.AddRecipient("bob@test.example");
  mail.Send();
}
