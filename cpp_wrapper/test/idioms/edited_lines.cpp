// `ModMsgLine`, `DelMsgLine`, and a line that does not exist | throws 412, then sends
//! has=\r\n\r\nfirst\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "edited_lines");
  mail.AddMsgLine("second");
  mail.ModMsgLine(0, "first");
  mail.DelMsgLine(1);
  try {
    mail.GetMsgLineText(mail.GetMsgLines());
  } catch (ECSmtp e) {
    cout << "throws " << e.GetErrorNum() << endl;
  }
  mail.Send();
}
