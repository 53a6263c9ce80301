// a Unicode project, which converts with `string(wide.begin(), wide.end())` | sends
//! -DUNICODE -D_UNICODE
#include "CSmtp.h"
#include "prepare.h"

static string Narrow(const wstring &wide) { return string(wide.begin(), wide.end()); }

int main(int, char **argv) {
  wstring subject = L"unicode_build", name = L"Bob";
  CSmtp mail;
  Prepare(mail, argv, Narrow(subject).c_str());
  mail.AddCCRecipient(Narrow(L"carol@test.example").c_str(), Narrow(name).c_str());
  mail.Send();
}
