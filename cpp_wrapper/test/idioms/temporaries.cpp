// `c_str()` of temporary strings | sends
//! has=first.line\r\nsecond.line.2
#include "CSmtp.h"
#include "prepare.h"
#include <sstream>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, (string("tempo") + "raries").c_str());
  ostringstream body;
  body << "first line" << endl << "second line " << 2 << endl;
  mail.AddMsgLine(body.str().c_str());
  mail.Send();
}
