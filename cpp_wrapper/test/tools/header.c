// SPDX-License-Identifier: MIT
/* Includes csmtp_c.h twice as C99, and uses its constants in constant expressions. */
#include "csmtp_c.h"
#include "csmtp_c.h"

static const int numbers[] = {[CSMTP_USE_SSL] = CSMTP_SSL_PROBLEM, [CSMTP_DO_NOT_SET] = CSMTP_INTERNAL};
char handle_is_a_number[(CSmtpHandle)-1 > 0 ? 1 : -1];

int main(void) {
  CSmtpHandle h = CSmtp_New();
  int wrong = numbers[2] != 414 || numbers[3] != 999;
  if (h == 0) return CSmtp_GetLastError(0);
  wrong |= CSmtp_SetXPriority(h, CSMTP_XPRIORITY_HIGH);
  wrong |= CSmtp_GetXPriority(h) != CSMTP_XPRIORITY_HIGH;
  wrong |= CSmtp_SetSubject(h, NULL) == CSMTP_NO_ERROR;
  CSmtp_Free(h);
  wrong |= CSmtp_SetSubject(h, "x") != CSMTP_BAD_HANDLE;
  return wrong;
}
