// macros `Log`, `Call`, `Reader`, `BUSY`, `INTERNAL` and `CANCELED`, defined before the include | sends
#define Log(text) printf("%s\n", text)
#define Call(f) (f)()
#define Reader struct reader
#define BUSY 1
#define INTERNAL 2
#define CANCELED 3
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "macros_own");
  mail.Send();
  return BUSY + INTERNAL - CANCELED;
}
