// `throw new ECSmtp(...)`, and `throw` of an error number | sends
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "thrown_pointer");
  int caught = 0;
  try {
    throw new ECSmtp(ECSmtp::BAD_LOGIN_PASS);
  } catch (ECSmtp *e) {
    caught += e->GetErrorNum() == ECSmtp::BAD_LOGIN_PASS;
    delete e;
  }
  try {
    throw ECSmtp::BAD_LOGIN_PASS;
  } catch (ECSmtp::CSmtpError e) {
    caught += e == ECSmtp::BAD_LOGIN_PASS;
  }
  if (caught != 2) return 1;
  mail.Send();
  return 0;
}
