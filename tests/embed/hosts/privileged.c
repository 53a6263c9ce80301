/* SPDX-License-Identifier: MIT
 *
 * privileged.c: the environment, which names a file of CSMTP_CONFIG that would
 * be an error and an authority that would be trusted, counts for nothing once
 * the program has rights that its caller has not.
 */
#include "host.h"

#include <sys/auxv.h>

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

/* To the host by its name, which the test's authority alone vouches for. */
static int send_privately(void)
{
  CSmtpHandle h = mailer();
  int n;
  GOOD(h, CSmtp_SetSMTPServer(h, "localhost", port, 0));
  GOOD(h, CSmtp_SetSecurityType(h, CSMTP_USE_TLS));
  n = CSmtp_Send(h);
  CSmtp_Free(h);
  return n;
}

static void plain(void)
{
  CSmtpHandle h = mailer();
  CHECK(getauxval(AT_SECURE) == 0, "AT_SECURE");
  CHECK(CSmtp_Send(h) == CSMTP_BAD_CONFIG, "the file is read: %s", CSmtp_GetLastErrorText(h));
  CSmtp_Free(h);
}

static void plain_and_trusting(void)
{
  CHECK(getauxval(AT_SECURE) == 0, "AT_SECURE");
  CHECK(send_privately() == 0, "the authority is not trusted");
}

/* The kernel has said it at the start, and nothing shows it now. */
static void with_rights(void)
{
  int n;
  CHECK(getauxval(AT_SECURE) != 0, "this system gave the program no rights (no_new_privs, nosuid)");
  CHECK(setresgid(getegid(), getegid(), getegid()) == 0, "setresgid: %s", strerror(errno));
  CHECK(getuid() == geteuid() && getgid() == getegid(), "another user");
  send_new();
  n = send_privately();
  CHECK(n == CSMTP_SSL_PROBLEM, "an authority of the environment: %d", n);
  in_child(send_new, "the child, which has a copy of the library");
}

MODES({ "set-user-id", set_user_id }, { "plain", plain }, { "trusting", plain_and_trusting }, { "rights", with_rights })
