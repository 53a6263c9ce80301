// an exception class derived from `ECSmtp` | catches 202, then sends
#include "CSmtp.h"
#include "prepare.h"

class MailError : public ECSmtp {
 public:
  MailError(ECSmtp::CSmtpError error, const string &where) : ECSmtp(error), m_where(where) {}
  string Where() const { return m_where; }

 private:
  string m_where;
};

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "derived_error");
  try {
    throw MailError(ECSmtp::UNDEF_SUBJECT, "main");
  } catch (ECSmtp &e) {
    cout << "catches " << e.GetErrorNum() << endl;
  }
  mail.Send();
  return 0;
}
