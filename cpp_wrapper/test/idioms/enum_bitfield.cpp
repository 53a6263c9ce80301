// the security type in a bit-field of two bits | sends
//! has=text/html
#include "CSmtp.h"
#include "prepare.h"

struct Settings {
  SMTP_SECURITY_TYPE security : 2;
  bool html : 1;
};

int main(int, char **argv) {
  Settings s;
  s.security = DO_NOT_SET;
  if (s.security != DO_NOT_SET) return 1;
  s.security = USE_TLS;
  s.html = true;
  CSmtp mail;
  Prepare(mail, argv, "enum_bitfield");
  mail.SetSecurityType(s.security);
  mail.m_bHTML = s.html;
  mail.Send();
}
