/* SPDX-License-Identifier: MIT
 *
 * check.c: gets a token with the identity that Azure gives to a virtual machine.
 */
#include <stdio.h>

#include "csmtp_c.h"

int main(void) {
  CSmtpHandle h = CSmtp_New();
  int error = CSmtp_SetOAuth2ManagedIdentity(h, "azure", NULL, NULL);
  if (error == 0) error = CSmtp_CheckToken(h);
  printf("%d %s%s\n", error, CSmtp_GetTokenInfo(h), CSmtp_GetLastErrorText(h));
  CSmtp_Free(h);
  return 0;
}
