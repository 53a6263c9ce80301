// `sprintf` into one buffer that is used for each call | sends
//! has=line.0\r\nline.1\r\nline.2\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "");
  char buffer[256];
  sprintf(buffer, "%s", "buffers");
  mail.SetSubject(buffer);
  for (int i = 0; i < 3; i++) {
    sprintf(buffer, "line %d", i);
    mail.AddMsgLine(buffer);
  }
  memset(buffer, 'x', sizeof buffer - 1);
  mail.Send();
}
