// `make_unique`, and the object returned from a function (C++14) | sends
//! std=c++14
#include "CSmtp.h"
#include "prepare.h"
#include <memory>

static auto Make(char **argv) {
  auto mail = make_unique<CSmtp>();
  Prepare(*mail, argv, "unique_pointer");
  return mail;
}

int main(int, char **argv) { Make(argv)->Send(); }
