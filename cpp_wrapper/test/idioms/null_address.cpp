// `AddRecipient(NULL)` | throws 209, then sends
//! has=To:.*bob@
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "null_address");
  try {
    mail.AddRecipient(NULL);
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
  mail.Send();
}
