// objects in a `list`, an object made with placement `new`, and a `thread_local` object | sends 3 mails
//! mails=3
#include "CSmtp.h"
#include "prepare.h"
#include <list>
#include <new>

static thread_local CSmtp perThread;

int main(int, char **argv) {
  list<CSmtp> mails;
  mails.emplace_back();
  Prepare(mails.back(), argv, "placement_new");
  mails.front().Send();
  alignas(CSmtp) char memory[sizeof(CSmtp)];
  CSmtp *mail = new (memory) CSmtp;
  Prepare(*mail, argv, "placement_new");
  mail->Send();
  mail->~CSmtp();
  Prepare(perThread, argv, "placement_new");
  perThread.Send();
}
