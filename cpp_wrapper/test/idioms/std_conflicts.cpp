// the program's own `count`, `mutex`, `function` and `lock` at global scope | sends
//! libstdc++
#include "CSmtp.h"
#include "prepare.h"

int count = 0;
struct mutex {};
struct function {};
static void lock(mutex &) { count++; }

int main(int, char **argv) {
  mutex m;
  function f;
  (void)f;
  lock(m);
  CSmtp mail;
  Prepare(mail, argv, "std_conflicts");
  mail.Send();
  return count - 1;
}
