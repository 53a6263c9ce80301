// `throw;` in a handler, caught by value in the caller | throws 203
//! mails=0
#include "CSmtp.h"
#include "prepare.h"

static void SendOrThrow(CSmtp &mail) {
  try {
    mail.Send();
  } catch (ECSmtp &) {
    mail.DisconnectRemoteServer();
    throw;
  }
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "rethrown");
  mail.DelRecipients();
  try {
    SendOrThrow(mail);
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
}
