// `catch (ECSmtp &)` before `catch (std::exception &)` | reaches the first handler
//! mails=0
#include "CSmtp.h"
#include "prepare.h"
#include <exception>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "catch_order");
  mail.DelRecipients();
  try {
    mail.Send();
  } catch (ECSmtp &e) {
    cout << "the handler of ECSmtp, " << e.GetErrorNum() << endl;
  } catch (std::exception &) {
    cout << "the handler of std::exception" << endl;
  }
}
