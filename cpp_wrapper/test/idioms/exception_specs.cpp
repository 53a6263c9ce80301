// functions with the exception specification `throw(ECSmtp)` | sends
//! -Wno-deprecated
#include "CSmtp.h"
#include "prepare.h"

static void Mail(CSmtp &mail) throw(ECSmtp) { mail.Send(); }
static void Failing() throw(ECSmtp, int) { throw ECSmtp(ECSmtp::UNDEF_SUBJECT); }

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "exception_specs");
  try {
    Failing();
  } catch (ECSmtp e) {
    Mail(mail);
    return 0;
  }
  return 1;
}
