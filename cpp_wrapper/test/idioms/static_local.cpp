// a singleton: a static object in a function | sends
#include "CSmtp.h"
#include "prepare.h"

class Notifier {
 public:
  static Notifier &Instance() {
    static Notifier notifier;
    return notifier;
  }
  CSmtp m_mail;

 private:
  Notifier() {}
};

int main(int, char **argv) {
  Prepare(Notifier::Instance().m_mail, argv, "static_local");
  Notifier::Instance().m_mail.Send();
}
