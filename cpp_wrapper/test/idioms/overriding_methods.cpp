// a subclass whose methods have the same names and call those of the class | sends
//! has=X-Mailer:.My.Mailer
#include "CSmtp.h"
#include "prepare.h"

class CMyMail : public CSmtp {
 public:
  CMyMail() : m_count(0) { SetXMailer("My Mailer"); }
  virtual ~CMyMail() {}
  void SetSubject(const char *text) { CSmtp::SetSubject((string("overriding_methods: ") + text).c_str()); }
  bool Send() {
    CSmtp::Send();
    return ++m_count > 0;
  }

 private:
  int m_count;
};

int main(int, char **argv) {
  CMyMail mail;
  Prepare(mail, argv, "a test");
  return mail.Send() ? 0 : 1;
}
