// pointers to getters, with and without `const` | sends
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "getter_pointers");
  const char *(CSmtp::*getters[])() const = {&CSmtp::GetSubject, &CSmtp::GetMailFrom, &CSmtp::GetSenderName,
                                             &CSmtp::GetReplyTo, &CSmtp::GetXMailer};
  for (auto get : getters)
    if ((mail.*get)() == NULL) return 1;
  const char *(CSmtp::*name)() = &CSmtp::GetLocalHostName;
  void (CSmtp::*send)() = &CSmtp::Send;
  if (*(mail.*name)() == '\0') return 1;
  (mail.*send)();
}
