// `setrlimit` for descriptors, the stack and core dumps | sends
//! posix
#include "CSmtp.h"
#include <sys/resource.h>
#include "prepare.h"

static bool Limit(int what, rlim_t most) {
  const rlimit limit = {most, most};
  return setrlimit(static_cast<decltype(RLIMIT_CORE)>(what), &limit) == 0;
}

int main(int, char **argv) {
  if (!Limit(RLIMIT_NOFILE, 32) || !Limit(RLIMIT_CORE, 0) || !Limit(RLIMIT_STACK, 1 << 20)) return 1;
  CSmtp mail;
  Prepare(mail, argv, "limits");
  mail.Send();
  return 0;
}
