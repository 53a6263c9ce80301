// values that end with the line end that `fgets` leaves | sends the line ends, even in commands; servers refuse such commands
//! has=From:.Alice.<alice@test\.example>\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "line_ends\n");
  mail.SetSenderName("Alice\r\n");
  mail.SetXMailer("Mailer 1.0\n");
  mail.SetReplyTo("alice@test.example\r\n");
  mail.SetLocalHostName("client.test.example\n");
  mail.AddCCRecipient("carol@test.example\n", "Carol\n");
  mail.Send();
}
