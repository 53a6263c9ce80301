// macros `new`, `malloc`, `free`, `private` and `protected`, defined before the include | sends
//! -Wno-keyword-macro
#include <assert.h>
#include <stdlib.h>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <new>
#include <sstream>
#include <string>
#include <vector>
void *operator new(size_t n, const char *, int) { return operator new(n); }
void *operator new[](size_t n, const char *, int) { return operator new[](n); }
void operator delete(void *p, const char *, int) { operator delete(p); }
void operator delete[](void *p, const char *, int) { operator delete[](p); }
#define DEBUG_NEW new (__FILE__, __LINE__)
#define new DEBUG_NEW
#define private public
#define protected public
#define free(p) (free)(p)
#define malloc(n) (malloc)(n)
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp *mail = new CSmtp;
  Prepare(*mail, argv, "macros_debug");
  mail->Send();
  delete mail;
  return 0;
}
