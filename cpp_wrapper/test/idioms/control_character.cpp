// a subject with a control character (this library replaces the character with a space) | sends the character
//! has=Subject:.control_character..bell\r\n
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "control_character\x07 bell");
  mail.Send();
}
