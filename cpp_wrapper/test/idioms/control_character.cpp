// a control character in the subject, which is replaced with a space here | sends the character
//! has=Subject:.control_character..bell\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "control_character\x07 bell");
  mail.Send();
}
