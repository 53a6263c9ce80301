// a subclass deleted through a pointer to `CSmtp` | sends
#include "CSmtp.h"
#include "prepare.h"

static int g_deleted = 0;
class CAlarmMail : public CSmtp {
 public:
  ~CAlarmMail() { g_deleted++; }
};

int main(int, char **argv) {
  CSmtp *mail = new CAlarmMail;
  Prepare(*mail, argv, "virtual_delete");
  mail->Send();
  delete mail;
  return g_deleted == 1 ? 0 : 1;
}
