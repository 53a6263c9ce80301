// the destructor of a wrapper sends | sends
#include "CSmtp.h"
#include "prepare.h"

class Scope {
 public:
  ~Scope() {
    try {
      m_mail.Send();
    } catch (ECSmtp &e) {
      cout << e.GetErrorText() << endl;
    }
  }
  CSmtp m_mail;
};

int main(int, char **argv) {
  Scope scope;
  Prepare(scope.m_mail, argv, "sent_in_destructor");
}
