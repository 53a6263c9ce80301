// a line end within the subject | sends it, and so adds a header field
//! mails=0
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  try {
    Prepare(mail, argv, "header_injection\r\nBcc: eve@test.example");
    mail.Send();
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
}
