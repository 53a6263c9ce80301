// `SetSubject(NULL)` | crashes
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "null_subject");
  try {
    mail.SetSubject(NULL);
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
  mail.Send();
}
