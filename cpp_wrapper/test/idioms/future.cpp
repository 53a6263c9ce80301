// `std::async` with the object captured by reference | sends
//! threads
#include "CSmtp.h"
#include "prepare.h"
#include <future>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "future");
  std::future<int> sent = std::async(std::launch::async, [&mail]() -> int {
    try {
      mail.Send();
    } catch (ECSmtp &e) {
      return e.GetErrorNum();
    }
    return 0;
  });
  return sent.get();
}
