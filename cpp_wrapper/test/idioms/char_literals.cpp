// `char *` to string literals | sends
//! -Wno-write-strings has=Hello\.\r\none\r\ntwo\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  char *subject = const_cast<char *>("char_literals");
  char *lines[] = {const_cast<char *>("one"), const_cast<char *>("two"), NULL};
  CSmtp mail;
  Prepare(mail, argv, subject);
  for (char **line = lines; *line; line++) mail.AddMsgLine(*line);
  mail.Send();
}
