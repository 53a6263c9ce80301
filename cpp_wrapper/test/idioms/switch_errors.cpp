// `switch` over error numbers without `default` | sends
#include "CSmtp.h"
#include "prepare.h"

static const char *Name(ECSmtp::CSmtpError e) {
  switch (e) {
    case ECSmtp::CSMTP_NO_ERROR: return "none";
    case ECSmtp::WSA_STARTUP: case ECSmtp::WSA_VER: case ECSmtp::WSA_SEND: case ECSmtp::WSA_RECV:
    case ECSmtp::WSA_CONNECT: case ECSmtp::WSA_GETHOSTBY_NAME_ADDR: case ECSmtp::WSA_INVALID_SOCKET:
    case ECSmtp::WSA_HOSTNAME: case ECSmtp::WSA_IOCTLSOCKET: case ECSmtp::WSA_SELECT: case ECSmtp::BAD_IPV4_ADDR:
      return "network";
    case ECSmtp::UNDEF_MSG_HEADER: case ECSmtp::UNDEF_MAIL_FROM: case ECSmtp::UNDEF_SUBJECT: case ECSmtp::UNDEF_RECIPIENTS:
    case ECSmtp::UNDEF_LOGIN: case ECSmtp::UNDEF_PASSWORD: case ECSmtp::BAD_LOGIN_PASSWORD: case ECSmtp::BAD_DIGEST_RESPONSE:
    case ECSmtp::BAD_SERVER_NAME: case ECSmtp::UNDEF_RECIPIENT_MAIL:
      return "input";
    case ECSmtp::COMMAND_MAIL_FROM: case ECSmtp::COMMAND_EHLO: case ECSmtp::COMMAND_AUTH_PLAIN: case ECSmtp::COMMAND_AUTH_LOGIN:
    case ECSmtp::COMMAND_AUTH_CRAMMD5: case ECSmtp::COMMAND_AUTH_DIGESTMD5: case ECSmtp::COMMAND_DIGESTMD5:
    case ECSmtp::COMMAND_DATA: case ECSmtp::COMMAND_QUIT: case ECSmtp::COMMAND_RCPT_TO: case ECSmtp::MSG_BODY_ERROR:
      return "command";
    case ECSmtp::CONNECTION_CLOSED: case ECSmtp::SERVER_NOT_READY: case ECSmtp::SERVER_NOT_RESPONDING: case ECSmtp::SELECT_TIMEOUT:
    case ECSmtp::FILE_NOT_EXIST: case ECSmtp::MSG_TOO_BIG: case ECSmtp::BAD_LOGIN_PASS: case ECSmtp::UNDEF_XYZ_RESPONSE:
    case ECSmtp::LACK_OF_MEMORY: case ECSmtp::TIME_ERROR: case ECSmtp::RECVBUF_IS_EMPTY: case ECSmtp::SENDBUF_IS_EMPTY:
    case ECSmtp::OUT_OF_MSG_RANGE: case ECSmtp::COMMAND_EHLO_STARTTLS: case ECSmtp::SSL_PROBLEM: case ECSmtp::COMMAND_DATABLOCK:
    case ECSmtp::STARTTLS_NOT_SUPPORTED: case ECSmtp::LOGIN_NOT_SUPPORTED:
      return "session";
  }
  return "unknown";
}

int main(int, char **argv) {
  CSmtp mail;
  try {
    Prepare(mail, argv, "switch_errors");
    mail.Send();
  } catch (ECSmtp e) {
    cout << Name(e.GetErrorNum()) << endl;
    return 1;
  }
}
