// a `CString` with `operator LPCTSTR` as argument, and `TRUE` for `bool` | sends
//! has=text/html
#include "CSmtp.h"
#include "prepare.h"
#ifndef _WIN32
typedef const char *LPCTSTR;
typedef unsigned int UINT;
#define TRUE 1
#endif
#ifndef _T
#define _T(text) text
#endif

class CString {
 public:
  CString(LPCTSTR text) : m_text(text) {}
  operator LPCTSTR() const { return m_text.c_str(); }

 private:
  string m_text;
};

int main(int, char **argv) {
  CString subject(_T("mfc_names")), port(argv[2]);
  UINT nPort = atoi(port);
  CSmtp mail;
  Prepare(mail, argv, subject);
  mail.SetSMTPServer(CString(argv[1]), nPort, 0);
  mail.m_bHTML = TRUE;
  mail.SetReadReceipt(TRUE);
  mail.Send();
}
