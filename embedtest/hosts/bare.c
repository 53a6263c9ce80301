/* SPDX-License-Identifier: MIT
 *
 * bare.c: a process that has next to nothing: no environment, no authorities.
 */
#include "host.h"

#include <sched.h>
#include <sys/mount.h>

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

/* HOME, PATH, LANG, TZ: nothing of it is needed. */
static void without_environment(void)
{
  environ = NULL;
  send_new();
  send_by_tls(CSMTP_SSL_PROBLEM);
}

/* In a mount namespace of its own, where /etc/ssl is empty. */
static void without_authorities(void)
{
  CHECK(unshare(CLONE_NEWNS) == 0, "unshare: %s", strerror(errno));
  CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount: %s", strerror(errno));
  CHECK(mount("none", "/etc/ssl", "tmpfs", 0, NULL) == 0 || errno == ENOENT, "mount: %s", strerror(errno));
  CHECK(access("/etc/ssl/certs", F_OK) != 0, "/etc/ssl/certs is still there");
  unsetenv("SSL_CERT_FILE");
  unsetenv("SSL_CERT_DIR");
  send_by_tls(CSMTP_SSL_PROBLEM);
}

MODES({ "no-environment", without_environment }, { "no-authorities", without_authorities })
