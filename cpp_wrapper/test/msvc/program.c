/* SPDX-License-Identifier: MIT */
#include <windows.h>
#include "csmtp_c.h"

static void CSMTP_CALL done(void *user, CSmtpHandle h, int error) { (void)user; (void)h; (void)error; }

int main(void)
{
  CSmtpHandle h = CSmtp_New();
  int code = CSmtp_SetSubject(h, "C");
  if (code == CSMTP_NO_ERROR)
    code = CSmtp_SendAsync(h, done, 0);
  CSmtp_Free(h);
  return code;
}

#ifdef OWN_ENTRY
__declspec(dllimport) void __stdcall ExitProcess(unsigned int);
void start(void);
void start(void) { ExitProcess((unsigned int)main()); }
#endif
