// one call to `AddMsgLine` with a whole text, and calls with lines that end in a newline | sends
//! has=(?s)one\r\ntwo\r\n\r\nthree.*four\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "lines_in_line");
  mail.AddMsgLine("one\ntwo\n\nthree");
  mail.AddMsgLine("four\r\n");
  mail.Send();
  return 0;
}
