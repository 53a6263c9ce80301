// `for_each` with `bind1st(mem_fun(&CSmtp::AddMsgLine), &mail)` | sends
//! has=third -Wno-deprecated-declarations
#include "CSmtp.h"
#include <algorithm>
#include <functional>
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "mem_fun");
  const char *lines[] = {"first", "second", "third"};
  for_each(lines, lines + 3, bind1st(mem_fun(&CSmtp::AddMsgLine), &mail));
  mail.Send();
  return 0;
}
