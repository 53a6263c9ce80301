// `std::bind` and `std::function` with methods | sends
#include "CSmtp.h"
#include "prepare.h"
#include <functional>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "");
  std::function<void(const char *)> subject = std::bind(&CSmtp::SetSubject, &mail, std::placeholders::_1);
  subject("bound_method");
  std::function<void()> send = std::bind(&CSmtp::Send, &mail);
  send();
}
