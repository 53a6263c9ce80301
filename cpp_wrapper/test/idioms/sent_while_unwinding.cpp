// a mail about an exception, sent in the exception's handler | sends
#include "CSmtp.h"
#include "prepare.h"
#include <stdexcept>

int main(int, char **argv) {
  try {
    throw runtime_error("sent_while_unwinding: disk full");
  } catch (exception &e) {
    CSmtp mail;
    Prepare(mail, argv, e.what());
    mail.Send();
  }
}
