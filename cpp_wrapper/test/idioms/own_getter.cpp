// a getter's string as the argument of its setter | sends
//! has=Subject:\s.*again
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "own_getter");
  mail.SetSubject(mail.GetSubject());
  mail.SetSenderMail(mail.GetMailFrom());
  mail.SetReplyTo(mail.GetMailFrom());
  mail.SetSubject((string(mail.GetSubject()) + " again").c_str());
  for (unsigned int i = 0; i < mail.GetMsgLines(); i++) mail.ModMsgLine(i, mail.GetMsgLineText(i));
  mail.Send();
  return 0;
}
