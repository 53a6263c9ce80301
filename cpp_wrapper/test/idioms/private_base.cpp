// private inheritance, with `using` for some methods | sends
#include "CSmtp.h"
#include "prepare.h"

class Alarm : private CSmtp {
 public:
  using CSmtp::AddMsgLine;
  using CSmtp::AddRecipient;
  using CSmtp::Send;
  using CSmtp::SetSenderMail;
  using CSmtp::SetSenderName;
  using CSmtp::SetSMTPServer;
  using CSmtp::SetSubject;
};

int main(int, char **argv) {
  Alarm alarm;
  Prepare(alarm, argv, "private_base");
  alarm.Send();
}
