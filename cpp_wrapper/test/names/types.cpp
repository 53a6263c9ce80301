// SPDX-License-Identifier: MIT
#define Log 1 (
#define Call 1 (
#define Reader 1 (
#define BUSY 5
#define INTERNAL 6
#define CANCELED 7
#define ERROR 0
#define DELETE 9
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#include "CSmtp.h"
static_assert(BUSY == 5 && INTERNAL == 6 && CANCELED == 7, "");
struct Options { SMTP_SECURITY_TYPE t : 2; };
static const char *Name(ECSmtp::CSmtpError n) {
  switch (n) {
#define CASE(x) case ECSmtp::x: return #x
    CASE(CSMTP_NO_ERROR); CASE(WSA_STARTUP); CASE(WSA_VER); CASE(WSA_SEND); CASE(WSA_RECV); CASE(WSA_CONNECT); CASE(WSA_GETHOSTBY_NAME_ADDR);
    CASE(WSA_INVALID_SOCKET); CASE(WSA_HOSTNAME); CASE(WSA_IOCTLSOCKET); CASE(WSA_SELECT); CASE(BAD_IPV4_ADDR); CASE(UNDEF_MSG_HEADER);
    CASE(UNDEF_MAIL_FROM); CASE(UNDEF_SUBJECT); CASE(UNDEF_RECIPIENTS); CASE(UNDEF_LOGIN); CASE(UNDEF_PASSWORD); CASE(BAD_LOGIN_PASSWORD);
    CASE(BAD_DIGEST_RESPONSE); CASE(BAD_SERVER_NAME); CASE(UNDEF_RECIPIENT_MAIL); CASE(COMMAND_MAIL_FROM); CASE(COMMAND_EHLO);
    CASE(COMMAND_AUTH_PLAIN); CASE(COMMAND_AUTH_LOGIN); CASE(COMMAND_AUTH_CRAMMD5); CASE(COMMAND_AUTH_DIGESTMD5); CASE(COMMAND_DIGESTMD5);
    CASE(COMMAND_DATA); CASE(COMMAND_QUIT); CASE(COMMAND_RCPT_TO); CASE(MSG_BODY_ERROR); CASE(CONNECTION_CLOSED); CASE(SERVER_NOT_READY);
    CASE(SERVER_NOT_RESPONDING); CASE(SELECT_TIMEOUT); CASE(FILE_NOT_EXIST); CASE(MSG_TOO_BIG); CASE(BAD_LOGIN_PASS); CASE(UNDEF_XYZ_RESPONSE);
    CASE(LACK_OF_MEMORY); CASE(TIME_ERROR); CASE(RECVBUF_IS_EMPTY); CASE(SENDBUF_IS_EMPTY); CASE(OUT_OF_MSG_RANGE); CASE(COMMAND_EHLO_STARTTLS);
    CASE(SSL_PROBLEM); CASE(COMMAND_DATABLOCK); CASE(STARTTLS_NOT_SUPPORTED); CASE(LOGIN_NOT_SUPPORTED);
  }
  return "another";
}
class Thread { public: void Start() {} void Connect() {} bool Prepared() { return true; } void SendMail() {} int This() { return 1; } };
class Job : public Thread, public CSmtp {};
int main() {
  Options o; o.t = DO_NOT_SET; if (o.t != DO_NOT_SET) return 1; o.t = USE_SSL; if (o.t != USE_SSL) return 2;
  Job j; j.Start(); j.Connect(); j.Prepared(); j.SendMail(); j.This();
  const char *(CSmtp::*get)() = &CSmtp::GetLocalHostName; const char *(CSmtp::*cget)() const = &CSmtp::GetSubject;
  (j.*cget)(); if (!*(j.*get)()) return 3;
  const char *(CSmtp::*cg2)() const = &CSmtp::GetLocalHostName; (void)cg2;
  if (*Name((ECSmtp::CSmtpError)903) != 'a') return 4;
  try { j.AddAttachment(0); } catch (ECSmtp e) { if (e.GetErrorNum() != ECSmtp::BAD_ARGUMENT) return 5; const int &r = ECSmtp::BAD_INPUT; if (r != 903) return 6; return 0; }
  return 7;
}
