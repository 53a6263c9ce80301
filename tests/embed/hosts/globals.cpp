// SPDX-License-Identifier: MIT
//
// globals.cpp: static and global CSmtp objects send in constructors before main
// and in destructors when the program ends.
#include "CSmtp.h"

#include <cstdlib>
#include <unistd.h>

static void Send(CSmtp &mail, const char *subject)
{
  try {
    mail.SetSMTPServer("127.0.0.1", static_cast<unsigned short>(atoi(getenv("TEST_PORT"))), false);
    mail.SetSenderMail("host@test.example");
    mail.DelRecipients();
    mail.AddRecipient("alice@test.example");
    mail.SetSubject(subject);
    mail.Send();
  } catch (ECSmtp &e) {
    fprintf(stderr, "%s: %s\n", subject, e.GetErrorText().c_str());
    fflush(stderr);
    _exit(1);
  }
}

CSmtp shared; // constructed first, destroyed last

struct Life {
  CSmtp own;
  Life()
  {
    Send(shared, "shared, before main");
    Send(own, "own, before main");
  }
  ~Life()
  {
    Send(own, "own, after main");
    Send(shared, "shared, after main");
  }
};

static Life life;

static CSmtp &Local()
{
  static CSmtp local;
  return local;
}

int main()
{
  Send(Local(), "a static object of a function");
  atexit([] { Send(Local(), "at exit"); });
  return 0;
}
