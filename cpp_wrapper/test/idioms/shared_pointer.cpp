// `shared_ptr` to an object, copied | sends
#include "CSmtp.h"
#include "prepare.h"
#include <memory>

int main(int, char **argv) {
  shared_ptr<CSmtp> mail(new CSmtp()), other = mail;
  Prepare(*other, argv, "shared_pointer");
  other.reset();
  mail->Send();
}
