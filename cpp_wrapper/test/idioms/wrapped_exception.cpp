// `ECSmtp` converted to the program's own exception | catches "mail error 203"
//! mails=0
#include "CSmtp.h"
#include "prepare.h"
#include <stdexcept>

static void SendOrThrow(CSmtp &mail) {
  try {
    mail.Send();
  } catch (ECSmtp e) {
    throw std::runtime_error("mail error " + to_string(e.GetErrorNum()));
  }
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "wrapped_exception");
  mail.DelRecipients();
  try {
    SendOrThrow(mail);
  } catch (std::exception &e) {
    cout << "catches \"" << e.what() << '"' << endl;
  }
}
