// the same object sends after an error | throws 103, then sends
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "after_error");
  mail.SetSMTPServer(argv[1], 1, false);
  for (int tries = 0; tries < 2; tries++) {
    try {
      mail.Send();
      break;
    } catch (ECSmtp e) {
      cout << "throws " << e.GetErrorNum() << endl;
      mail.SetSMTPServer(argv[1], (unsigned short)atoi(argv[2]), false);
    }
  }
}
