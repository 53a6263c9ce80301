/* SPDX-License-Identifier: MIT
 *
 * everything.c: the parent calls as many setters as possible and sends three mails,
 * each with another kind of login. Its child and grandchild send the same mails. The
 * test compares what the server has received. TEST_FOLDER names the folder of the files
 * that the setters use.
 */
#include "host.h"

static CSmtpHandle password, token, callback;
static int generation;

static const char *file(const char *name)
{
  static char path[8][4096];
  static int next;
  char *p = path[next++ % 8];
  CHECK(getenv("TEST_FOLDER") != NULL, "TEST_FOLDER is not set");
  snprintf(p, sizeof *path, "%s/%s", getenv("TEST_FOLDER"), name);
  return p;
}

static const char *content(const char *name)
{
  static char text[4][16384];
  static int next;
  char *t = text[next++ % 4];
  FILE *f = fopen(file(name), "r");
  CHECK(f != NULL, "%s: %s", file(name), strerror(errno));
  t[fread(t, 1, sizeof *text - 1, f)] = 0;
  fclose(f);
  return t;
}

static CSmtpHandle secured(void)
{
  CSmtpHandle h = mailer();
  GOOD(h, CSmtp_SetSMTPServer(h, "localhost", port, 1));
  GOOD(h, CSmtp_SetSecurityType(h, CSMTP_USE_TLS));
  GOOD(h, CSmtp_SetCAFile(h, file("ca.pem")));
  GOOD(h, CSmtp_SetTLSMinVersion(h, CSMTP_TLS_1_3));
  GOOD(h, CSmtp_SetLocalHostName(h, "child.test.example"));
  GOOD(h, CSmtp_SetLogin(h, "alice@test.example"));
  return h;
}

static const char *CSMTP_CALL returns_token(void *user, int refused)
{
  (void)refused;
  ++*(int *)user;
  return "good-token";
}

static int asked;

static void make(void)
{
  CSmtpHandle h = password = secured();
  int i;
  GOOD(h, CSmtp_SetPassword(h, "s3cret pass"));
  GOOD(h, CSmtp_SetAuthMechanism(h, "SCRAM-SHA-256 PLAIN"));
  GOOD(h, CSmtp_SetEnvelopeFrom(h, "bounces@test.example"));
  GOOD(h, CSmtp_SetDSN(h, "FAILURE", "HDRS", "the-envelope"));
  for (i = 0; i < 100; i++) {
    char mail[64];
    snprintf(mail, sizeof mail, "recipient%d@test.example", i);
    GOOD(h, CSmtp_AddBCCRecipient(h, mail, ""));
    GOOD(h, CSmtp_SetRecipientDSN(h, mail, i % 2 ? "NEVER" : "SUCCESS", ""));
  }
  GOOD(h, CSmtp_SetCharSet(h, "ISO-8859-1"));
  GOOD(h, CSmtp_SetSubject(h, "Gr\xf6\xdf" "e"));
  GOOD(h, CSmtp_SetDate(h, 1000000000));
  GOOD(h, CSmtp_SetMessageID(h, "<everything@test.example>"));
  GOOD(h, CSmtp_AddHeader(h, "X-Customer", "42"));
  GOOD(h, CSmtp_SetHTMLBody(h, "<img src='cid:image'>"));
  GOOD(h, CSmtp_AddInlineImageData(h, "image", "image.png", "", "PNG", 3));
  GOOD(h, CSmtp_AddAttachment(h, file("ca.pem")));
  GOOD(h, CSmtp_AddDKIMKey(h, "test.example", "selector", content("dkim.pem")));
  GOOD(h, CSmtp_SetSMIMEKey(h, content("smime.pem"), content("smime.pem")));
  GOOD(h, CSmtp_SetLogFile(h, file("log")));
  GOOD(h, CSmtp_SetRecordFile(h, file("record"), 1));

  h = token = secured();
  GOOD(h, CSmtp_SetAccessToken(h, "good-token"));
  h = callback = secured();
  GOOD(h, CSmtp_SetTokenCallback(h, returns_token, &asked));
}

static void send_all(void)
{
  asked = 0;
  GOOD(password, CSmtp_Send(password));
  GOOD(token, CSmtp_Send(token));
  GOOD(callback, CSmtp_Send(callback));
  CHECK(asked == 1, "the token callback ran %d times", asked);
}

static void descends(void)
{
  send_all();
  if (generation++ == 0)
    in_child(descends, "the grandchild");
}

static void everything(void)
{
  make();
  send_all();
  in_child(descends, "the child");
}

/* The parent sends its mails only after its child and grandchild have sent theirs. */
static void only_set(void)
{
  make();
  in_child(descends, "the child");
  send_all();
}

MODES({ "everything", everything }, { "only-set", only_set })
