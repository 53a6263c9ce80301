// a template that derives from its parameter | sends
//! has=Counting
#include "CSmtp.h"
#include "prepare.h"

template <class Base>
class Counting : public Base {
 public:
  void Send() {
    this->SetXMailer("Counting");
    Base::Send();
    m_sent++;
  }
  int m_sent = 0;
};

int main(int, char **argv) {
  Counting<CSmtp> mail;
  Prepare(mail, argv, "template_wrapper");
  mail.Send();
  return mail.m_sent - 1;
}
