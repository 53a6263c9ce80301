/* SPDX-License-Identifier: MIT
 *
 * Performs the actions in the header of a transcript with the C functions, and
 * prints the results as "key: value" lines. A single mail is sent with CSmtp_Send,
 * without connecting first.
 *
 *	transcripts PORT AUTHORITY-FILE TRANSCRIPT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csmtp_c.h"

enum { most = 64, longest = 1024 };
static char lines[most][longest];
static int count;

/* Returns the value of the nth line with the key, or NULL. */
static const char *value(const char *key, int nth) {
  size_t length = strlen(key);
  for (int i = 0; i < count; i++)
    if (strncmp(lines[i], key, length) == 0 && lines[i][length] == ':' && nth-- == 0)
      return lines[i] + length + 1 + strspn(lines[i] + length + 1, " ");
  return NULL;
}

static int is(const char *key, const char *wanted) {
  const char *v = value(key, 0);
  return v != NULL && strcmp(v, wanted) == 0;
}

static const char *or_else(const char *v, const char *otherwise) { return v != NULL ? v : otherwise; }

static int read_header(const char *path) {
  FILE *f = fopen(path, "r");
  if (f == NULL) return 0;
  while (count < most && fgets(lines[count], longest, f) != NULL) {
    lines[count][strcspn(lines[count], "\r\n")] = '\0';
    if (lines[count][0] == '\0') break;
    if (lines[count][0] != '#') count++;
  }
  fclose(f);
  return 1;
}

static int settings(CSmtpHandle h, const char *authority) {
  int wrong = CSmtp_SetCAFile(h, authority);
  int security = is("security", "starttls")              ? CSMTP_USE_TLS
                 : is("security", "tls")                 ? CSMTP_USE_SSL
                 : is("security", "starttls-if-offered") ? CSMTP_USE_TLS_IF_OFFERED
                                                         : CSMTP_NO_SECURITY;
  wrong |= CSmtp_SetSecurityType(h, security);
  if (is("verify", "no")) wrong |= CSmtp_SetVerifyPeer(h, 0);
  if (is("lmtp", "yes")) wrong |= CSmtp_SetLMTP(h, 1);
  if (is("partial", "yes")) wrong |= CSmtp_SetPartialDelivery(h, 1);
  if (value("local-name", 0)) wrong |= CSmtp_SetLocalHostName(h, value("local-name", 0));
  if (value("mechanism", 0)) wrong |= CSmtp_SetAuthMechanism(h, value("mechanism", 0));
  if (is("clear-login", "yes")) wrong |= CSmtp_SetClearLogin(h, 1);
  if (is("login-required", "yes")) wrong |= CSmtp_SetLoginRequired(h, 1);
  if (value("token", 0)) wrong |= CSmtp_SetAccessToken(h, value("token", 0));
  if (value("login", 0)) wrong |= CSmtp_SetLogin(h, value("login", 0));
  if (value("password", 0)) wrong |= CSmtp_SetPassword(h, value("password", 0));
  if (value("timeout", 0))
    for (int step = CSMTP_TIMEOUT_CONNECT; step <= CSMTP_TIMEOUT_QUIT; step++)
      wrong |= CSmtp_SetTimeout(h, step, (unsigned int)atoi(value("timeout", 0)));
  return wrong;
}

static int message(CSmtpHandle h) {
  const char *v;
  int wrong = CSmtp_SetSenderMail(h, or_else(value("from", 0), "sender@test.example"));
  wrong |= CSmtp_SetSubject(h, or_else(value("subject", 0), "A test"));
  for (int i = 0; (v = value("to", i)) != NULL; i++) wrong |= CSmtp_AddRecipient(h, v, NULL);
  for (int i = 0; (v = value("cc", i)) != NULL; i++) wrong |= CSmtp_AddCCRecipient(h, v, NULL);
  for (int i = 0; (v = value("bcc", i)) != NULL; i++) wrong |= CSmtp_AddBCCRecipient(h, v, NULL);
  if (!value("to", 0) && !value("cc", 0) && !value("bcc", 0)) wrong |= CSmtp_AddRecipient(h, "rcpt@test.example", NULL);
  for (int i = 0; (v = value("line", i)) != NULL; i++) wrong |= CSmtp_AddMsgLine(h, v);
  if (!value("line", 0)) wrong |= CSmtp_AddMsgLine(h, "Hello.");
  if (value("attachment-size", 0)) {
    size_t size = (size_t)atol(value("attachment-size", 0));
    char *data = malloc(size + 1);
    if (data == NULL) return CSMTP_LACK_OF_MEMORY;
    memset(data, 'x', size);
    wrong |= CSmtp_AddAttachmentData(h, "data.bin", NULL, data, size);
    free(data);
  }
  return wrong;
}

static void print(const char *key, const char *text) {
  printf("%s: ", key);
  for (; *text != '\0'; text++) putchar(*text == '\n' || *text == '\r' ? ' ' : *text);
  putchar('\n');
}

int main(int argc, char *argv[]) {
  if (argc != 4 || !read_header(argv[3])) return 2;
  static const char *const outcomes[] = {"NOT_SENT", "ACCEPTED", "PARTIAL", "REJECTED_TEMPORARY", "REJECTED_PERMANENT", "IN_DOUBT"};
  static const char *const phases[] = {"", "resolve", "connect", "TLS", "greeting", "EHLO", "STARTTLS", "AUTH",
                                       "MAIL", "RCPT", "DATA", "body", "end of data", "RSET", "NOOP", "QUIT"};
  static const char *const kinds[] = {"", "resolve", "dial", "timeout", "closed", "TLS",
                                      "refused", "protocol", "unsupported", "local", "canceled", "token"};
  unsigned short port = (unsigned short)atoi(argv[1]);
  int authenticate = !is("authenticate", "no") && (value("login", 0) || value("token", 0));
  int mails = is("action", "connect") ? 0 : atoi(or_else(value("mails", 0), "1"));
  int accepted = 0, error;
  CSmtpHandle h = CSmtp_New();
  if (h == 0 || settings(h, argv[2]) != 0 || message(h) != 0) {
    printf("%s\n", CSmtp_GetLastErrorText(h));
    return 3;
  }
  if (mails == 1) {
    error = CSmtp_SetSMTPServer(h, "localhost", port, authenticate);
  } else {
    error = CSmtp_ConnectRemoteServer(h, "localhost", port, CSMTP_DO_NOT_SET, authenticate, NULL, NULL);
  }
  for (; error == 0 && accepted < mails; accepted += error == 0) error = CSmtp_Send(h);
  if (error == 0) error = CSmtp_DisconnectRemoteServer(h);
  if (error == 0) {
    print("expect", "ok");
  } else {
    if (error != CSmtp_GetLastError(h)) return 4;
    printf("expect: %d\nreply-code: %d\n", error, CSmtp_GetLastReplyCode(h));
    print("text", CSmtp_GetLastErrorText(h));
    print("reply", CSmtp_GetLastReply(h));
    print("enhanced-code", CSmtp_GetLastEnhancedCode(h));
  }
  print("phase", phases[CSmtp_GetPhase(h)]);
  print("kind", kinds[CSmtp_GetErrorKind(h)]);
  print("login-error", CSmtp_IsLoginError(h) ? "yes" : "no");
  print("peer", CSmtp_GetPeerAddress(h));
  print("outcome", outcomes[CSmtp_GetOutcome(h)]);
  print("safe-to-retry", CSmtp_IsSafeToRetry(h) ? "yes" : "no");
  printf("accepted: %d\n", accepted);
  CSmtp_Free(h);
  return 0;
}
