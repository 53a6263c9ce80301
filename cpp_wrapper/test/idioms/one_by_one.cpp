// `DelRecipients` and `AddRecipient` before each mail of one object | sends 3 mails
//! mails=3
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "one_by_one");
  const char *list[] = {"bob@test.example", "carol@test.example", "dave@test.example"};
  for (int i = 0; i < 3; i++) {
    mail.DelRecipients();
    mail.AddRecipient(list[i]);
    mail.Send();
  }
  return 0;
}
