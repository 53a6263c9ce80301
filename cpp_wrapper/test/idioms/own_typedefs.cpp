// the program's own `typedef` of `BYTE`, `WORD`, `DWORD`, `SOCKET`, `BOOL` and `UINT`, and `ReportError` | sends
//! posix
#include "CSmtp.h"
typedef unsigned char BYTE;
typedef unsigned int UINT;
typedef unsigned long DWORD;
typedef unsigned short WORD;
typedef int SOCKET;
typedef int BOOL;
#ifndef MAX_PATH
#define MAX_PATH 260
#endif
#define SUCCEEDED(x) ((x) >= 0)
#define CRLF "\r\n"
#define TIMEOUT 30
#include "prepare.h"

static BOOL ReportError(const ECSmtp &e) { return e.GetErrorNum() == 0; }

int main(int, char **argv) {
  CSmtp mail;
  WORD port = static_cast<WORD>(atoi(argv[2]));
  Prepare(mail, argv, "own_typedefs");
  mail.SetSMTPServer(argv[1], port, false);
  try {
    mail.Send();
  } catch (ECSmtp &e) {
    return ReportError(e);
  }
  return 0;
}
