// a body line of 20,000 characters | truncates it
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "long_line");
  mail.AddMsgLine(string(20000, 'x').c_str());
  mail.Send();
}
