// C++20: concepts, `string_view` and designated initializers | sends
//! std=c++20 has=text/html
#include "CSmtp.h"
#include "prepare.h"
#include <concepts>
#include <string_view>

struct Options {
  string_view subject;
  bool html = false;
};

template <derived_from<CSmtp> Mail>
void Run(Mail &mail, char **argv, Options o) {
  Prepare(mail, argv, string(o.subject).c_str());
  mail.m_bHTML = o.html;
  mail.Send();
}

int main(int, char **argv) {
  CSmtp mail;
  Run(mail, argv, {.subject = "cxx20", .html = true});
}
