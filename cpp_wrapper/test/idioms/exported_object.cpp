// a global object, and functions in an `extern "C"` block that another language calls | sends
#include "CSmtp.h"
#include "prepare.h"

extern "C" {
CSmtp mail;

void SMTP_SetServer(char *server, int port, bool authenticate) { mail.SetSMTPServer(server, port, authenticate); }
void SMTP_SetSecurityType(SMTP_SECURITY_TYPE type) { mail.SetSecurityType(type); }
void SMTP_SetPriority(CSmptXPriority priority) { mail.SetXPriority(priority); }
void SMTP_SetSubject(char *s) { mail.SetSubject(s); }
const char *SMTP_GetSubject() { return mail.GetSubject(); }
int SMTP_Send(char *error, int size) {
  try {
    mail.Send();
    return 0;
  } catch (ECSmtp e) {
    strncpy(error, e.GetErrorText().c_str(), size);
    return e.GetErrorNum();
  } catch (...) {
    return -1;
  }
}
}

int main(int, char **argv) {
  Prepare(mail, argv, "");
  char name[] = "exported_object", error[100];
  SMTP_SetServer(argv[1], atoi(argv[2]), false);
  SMTP_SetSecurityType(NO_SECURITY);
  SMTP_SetPriority(XPRIORITY_HIGH);
  SMTP_SetSubject(name);
  return strcmp(SMTP_GetSubject(), name) != 0 || SMTP_Send(error, sizeof error) != 0;
}
