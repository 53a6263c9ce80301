/* SPDX-License-Identifier: MIT
 *
 * bare.c: the library in a process that has no environment, or no CA certificates. It
 * sends without an environment. Without CA certificates, Send over TLS returns an
 * error.
 */
#include "host.h"

static void send_by_tls(int wanted)
{
  CSmtpHandle h = mailer();
  int r;
  GOOD(h, CSmtp_SetSMTPServer(h, "localhost", port, 0));
  GOOD(h, CSmtp_SetSecurityType(h, CSMTP_USE_TLS));
  r = CSmtp_Send(h);
  CHECK(r == wanted, "Send: %d: %s", r, CSmtp_GetLastErrorText(h));
  if (r != 0)
    CHECK(strstr(CSmtp_GetLastErrorText(h), "SetCAFile") != NULL, "text: %s", CSmtp_GetLastErrorText(h));
  GOOD(h, CSmtp_SetVerifyPeer(h, 0));
  GOOD(h, CSmtp_Send(h));
  CSmtp_Free(h);
}

/* The library does not need HOME, PATH, LANG or TZ. */
static void without_environment(void)
{
  environ = NULL;
  send_new();
  send_by_tls(CSMTP_SSL_PROBLEM);
}

/* Calls chroot to enter a root that contains only /etc/hosts. */
static void without_authorities(void)
{
  leave_root();
  CHECK(access("/etc/ssl", F_OK) != 0, "/etc/ssl exists");
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
  send_by_tls(CSMTP_SSL_PROBLEM);
}

MODES({ "no-environment", without_environment }, { "no-authorities", without_authorities })
