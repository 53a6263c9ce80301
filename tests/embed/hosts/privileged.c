/* SPDX-License-Identifier: MIT
 *
 * privileged.c: the environment names a malformed configuration file and a CA
 * certificate. A program that has more rights than its caller ignores both.
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
  CHECK(CSmtp_Send(h) == CSMTP_BAD_CONFIG, "the configuration file was not read: %s", CSmtp_GetLastErrorText(h));
  CHECK(seteuid(65534) == 0, "seteuid: %s", strerror(errno));
  GOOD(h, CSmtp_Send(h));
  CHECK(seteuid(0) == 0 && setegid(65534) == 0, "setegid: %s", strerror(errno));
  GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
}

/* Sends over TLS to a server whose certificate was issued by the test's CA. */
static int send_by_tls(void)
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
  CHECK(CSmtp_Send(h) == CSMTP_BAD_CONFIG, "the configuration file was not read: %s", CSmtp_GetLastErrorText(h));
  CSmtp_Free(h);
}

static void plain_and_trusting(void)
{
  CHECK(getauxval(AT_SECURE) == 0, "AT_SECURE");
  CHECK(send_by_tls() == 0, "the CA of SSL_CERT_FILE is not trusted");
}

/* The program has more rights than its caller, and the kernel set AT_SECURE when it started the
 * program. The user and group ids do not show that the program has more rights. */
static void with_rights(void)
{
  int n;
  CHECK(getauxval(AT_SECURE) != 0, "this system gave the program no rights (no_new_privs, nosuid)");
  CHECK(setresgid(getegid(), getegid(), getegid()) == 0, "setresgid: %s", strerror(errno));
  CHECK(getuid() == geteuid() && getgid() == getegid(), "the real and effective ids differ");
  send_new();
  n = send_by_tls();
  CHECK(n == CSMTP_SSL_PROBLEM, "Send with the CA of SSL_CERT_FILE: %d", n);
  in_child(send_new, "a child with a private copy of the library");
}

MODES({ "set-user-id", set_user_id }, { "plain", plain }, { "trusting", plain_and_trusting }, { "rights", with_rights })
