// SPDX-License-Identifier: MIT
//
// inherited.cpp: CSmtp objects that were configured before a fork send in the child.
// They are global, on the stack, and on the heap. Their destructors run in both
// processes.
#include "CSmtp.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

static void Configure(CSmtp &mail, const char *subject)
{
  mail.SetSMTPServer("127.0.0.1", static_cast<unsigned short>(atoi(getenv("TEST_PORT"))), false);
  mail.SetSenderMail("host@test.example");
  mail.AddRecipient("alice@test.example");
  mail.SetSubject(subject);
}

struct Global {
  CSmtp mail;
  Global() { Configure(mail, "a global object"); }
};

static Global global;

static void Expect(bool good, const char *what)
{
  if (good) return;
  fprintf(stderr, "pid %d: %s\n", static_cast<int>(getpid()), what);
  fflush(stderr);
  _exit(1);
}

static void WaitFor(pid_t child)
{
  int status = 0;
  Expect(child > 0 && waitpid(child, &status, 0) == child && status == 0, "a child failed");
}

// This function returns in both processes, so that both run all destructors.
static int Run()
{
  CSmtp local, unused, copied(local);
  std::vector<CSmtp> several(2);
  int logged = 0;
  Configure(local, "an object on the stack");
  local.SetLogCallback([&logged](int, const std::string &) { logged++; });
  for (CSmtp &mail : several) Configure(mail, "an object on the heap");

  const pid_t child = fork();
  if (child != 0) {
    WaitFor(child);
    Expect(logged == 0, "the log callback ran in the parent");
    local.Send();
    return 0;
  }
  global.mail.Send();
  local.Send();
  Expect(logged > 0, "the log callback did not run in the child");
  CSmtp copy(several[0]);
  copy.Send();
  several[1] = static_cast<CSmtp &&>(several[0]);
  several[1].Send();
  Configure(unused, "an object without a handle");
  unused.Send();
  try {
    copied.Send();
    Expect(false, "a mail without a recipient was sent");
  } catch (ECSmtp &e) {
    Expect(e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENTS, e.GetErrorText().c_str());
  }
  Expect(std::string(local.GetSubject()) == "an object on the stack", local.GetSubject());
  return 0;
}

int main()
{
  try {
    return Run();
  } catch (ECSmtp &e) {
    fprintf(stderr, "pid %d: %s\n", static_cast<int>(getpid()), e.GetErrorText().c_str());
    return 1;
  }
}
