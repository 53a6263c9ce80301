// a function that returns an object by value | sends if the compiler elides the copy, else crashes
#include "CSmtp.h"
#include "prepare.h"

static CSmtp Make(char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "returned_object");
  return mail;
}

int main(int, char **argv) {
  CSmtp mail = Make(argv);
  mail.Send();
}
