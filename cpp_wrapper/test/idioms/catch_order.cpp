// `catch (ECSmtp &)` before `catch (std::exception &)` | reaches the handler of `ECSmtp`
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
  } catch (ECSmtp &) {
    cout << "reaches the handler of `ECSmtp`" << endl;
  } catch (std::exception &) {
    cout << "reaches the handler of `std::exception`" << endl;
  }
}
