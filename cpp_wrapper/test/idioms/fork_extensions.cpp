// `GetLastOutput`, `MsgBodyHTML` and other methods of modified versions of the class, with `compat/forks.h` | does not compile
//! has=<p>Text
#include "forks.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "fork_extensions");
  SetHeadFlag(mail, 1);
  SetMsgBody(mail, "Text.");
  MsgBodyHTML(mail, "<p>Text.</p>");
  ClearLastOutput(mail);
  mail.Send();
  return GetLastOutput(mail).empty();
}
