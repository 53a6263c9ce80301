// `auto_ptr` to an object | sends
//! -Wno-deprecated-declarations
#include "CSmtp.h"
#include <memory>
#include "prepare.h"

static auto_ptr<CSmtp> Make() { return auto_ptr<CSmtp>(new CSmtp); }

int main(int, char **argv) {
  auto_ptr<CSmtp> mail = Make();
  Prepare(*mail, argv, "auto_pointer");
  mail->Send();
  return 0;
}
