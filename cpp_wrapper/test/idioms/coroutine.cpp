// `swapcontext`: a coroutine with its own stack sends | sends
//! posix
#include "CSmtp.h"
#include <ucontext.h>
#include "prepare.h"

static ucontext_t here, there;
static CSmtp *object;
static bool failed = true;

static void Coroutine() {
  swapcontext(&there, &here);
  try {
    object->Send();
    failed = false;
  } catch (ECSmtp &e) {
    cout << e.GetErrorText() << endl;
  }
}

int main(int, char **argv) {
  CSmtp mail;
  object = &mail;
  Prepare(mail, argv, "coroutine");
  static char stack[256 * 1024];
  getcontext(&there);
  there.uc_stack.ss_sp = stack;
  there.uc_stack.ss_size = sizeof stack;
  there.uc_link = &here;
  makecontext(&there, Coroutine, 0);
  swapcontext(&here, &there);
  mail.AddMsgLine("Between.");
  swapcontext(&here, &there);
  return failed;
}
