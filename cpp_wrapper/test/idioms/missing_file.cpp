// an attachment whose file does not exist | throws 404
//! mails=0
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "missing_file");
  mail.AddAttachment("no such file.zip");
  try {
    mail.Send();
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
}
