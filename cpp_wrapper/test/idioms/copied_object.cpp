// an object passed by value, and assigned | crashes
//! mails=2
#include "CSmtp.h"
#include "prepare.h"

static void SendCopy(CSmtp mail) { mail.Send(); }

int main(int, char **argv) {
  CSmtp mail, other;
  Prepare(mail, argv, "copied_object");
  SendCopy(mail);
  other = mail;
  other.Send();
}
