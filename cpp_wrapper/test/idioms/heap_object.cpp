// `new`, `delete` and a pointer that is NULL at first | sends
#include "CSmtp.h"
#include "prepare.h"

CSmtp *g_pMail = NULL;

int main(int, char **argv) {
  if (!g_pMail) g_pMail = new CSmtp;
  Prepare(*g_pMail, argv, "heap_object");
  g_pMail->Send();
  delete g_pMail;
  g_pMail = NULL;
}
