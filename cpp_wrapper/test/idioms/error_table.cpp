// exceptions and their numbers kept in a `map`, a `vector` and a `struct` | catches `UNDEF_RECIPIENTS`
//! mails=0
#include "CSmtp.h"
#include "prepare.h"
#include <map>

struct Failure {
  ECSmtp::CSmtpError number;
  string text;
};

int main(int, char **argv) {
  map<ECSmtp::CSmtpError, const char *> names;
  names[ECSmtp::UNDEF_RECIPIENTS] = "UNDEF_RECIPIENTS";
  names[ECSmtp::COMMAND_RCPT_TO] = "COMMAND_RCPT_TO";
  vector<ECSmtp> errors(1, ECSmtp(ECSmtp::CSMTP_NO_ERROR));
  Failure last = {ECSmtp::CSMTP_NO_ERROR, ""};
  CSmtp mail;
  Prepare(mail, argv, "error_table");
  mail.DelRecipients();
  try {
    mail.Send();
  } catch (const ECSmtp e) {
    errors.push_back(e);
    errors[0] = e;
    last.number = e.GetErrorNum();
    last.text = e.GetErrorText();
  }
  cout << "catches `" << names[last.number] << "`" << endl;
  return errors[0].GetErrorNum() != errors[1].GetErrorNum() || last.text.empty();
}
