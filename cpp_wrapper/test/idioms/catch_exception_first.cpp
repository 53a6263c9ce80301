// `catch (std::exception &)` where only the caller has `catch (ECSmtp &)` | reaches the caller's handler
//! mails=0
#include "CSmtp.h"
#include "prepare.h"
#include <exception>

static void SendAll(CSmtp &mail) {
  try {
    mail.Send();
  } catch (std::exception &) {
    cout << "reaches the inner handler" << endl;
  }
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "catch_exception_first");
  mail.DelRecipients();
  try {
    SendAll(mail);
  } catch (ECSmtp &) {
    cout << "reaches the caller's handler" << endl;
  }
}
