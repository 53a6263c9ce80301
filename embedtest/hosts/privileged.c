/* SPDX-License-Identifier: MIT
 *
 * privileged.c: the file of CSMTP_CONFIG, which would be an error, counts for
 * nothing once the program has rights that its caller has not.
 */
#include "host.h"

static void set_user_id(void)
{
  CSmtpHandle h;
  FILE *f = fopen("csmtp.conf", "w");
  CHECK(f != NULL && fputs("nonsense\n", f) > 0 && fclose(f) == 0, "csmtp.conf: %s", strerror(errno));
  CHECK(setenv("CSMTP_CONFIG", "csmtp.conf", 1) == 0, "setenv: %s", strerror(errno));
  h = mailer();
  CHECK(CSmtp_Send(h) == CSMTP_BAD_CONFIG, "the file is read: %s", CSmtp_GetLastErrorText(h));
  CHECK(seteuid(65534) == 0, "seteuid: %s", strerror(errno));
  GOOD(h, CSmtp_Send(h));
  CHECK(seteuid(0) == 0 && setegid(65534) == 0, "setegid: %s", strerror(errno));
  GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
}

MODES({ "set-user-id", set_user_id })
