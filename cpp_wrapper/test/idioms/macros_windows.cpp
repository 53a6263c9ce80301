// macros `ERROR`, `DELETE`, `min` and `max`, defined before the include | sends
#define ERROR 0
#define DELETE (0x00010000L)
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "macros_windows");
  mail.Send();
  return ERROR;
}
