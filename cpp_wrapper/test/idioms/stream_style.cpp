// the program's own `operator<<`, which adds lines | sends
//! has=first\r\nsecond\r\n
#include "CSmtp.h"
#include "prepare.h"

static CSmtp &operator<<(CSmtp &mail, const char *line) {
  mail.AddMsgLine(line);
  return mail;
}

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "stream_style");
  mail << "first" << "second";
  mail.Send();
  return mail.GetMsgLines() - 3;
}
