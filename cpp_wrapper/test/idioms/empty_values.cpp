// every setter is called, with `""` for what is not configured | sends
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  string none;
  CSmtp mail;
  Prepare(mail, argv, "empty_values");
  mail.SetLogin(none.c_str());
  mail.SetPassword(none.c_str());
  mail.SetSenderName(none.c_str());
  mail.SetReplyTo(none.c_str());
  mail.SetXMailer(none.c_str());
  mail.AddCCRecipient("carol@test.example", none.c_str());
  mail.AddMsgLine(none.c_str());
  mail.Send();
}
