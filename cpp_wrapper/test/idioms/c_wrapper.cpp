// an `extern "C"` function with a buffer for the error text | sends 2 mails
//! mails=2
#include "CSmtp.h"
#include "prepare.h"

typedef struct {
  char **arguments;
  const char *receivers; // separated by ','
} mail_info;

extern "C" int sendmail_c(const mail_info *info, char *errmsg, size_t size) {
  try {
    CSmtp *mail = new CSmtp;
    Prepare(*mail, info->arguments, "c_wrapper");
    mail->DelRecipients();
    string rest = info->receivers;
    for (size_t comma; (comma = rest.find(',')) != string::npos; rest.erase(0, comma + 1)) mail->AddRecipient(rest.substr(0, comma).c_str());
    mail->AddRecipient(rest.c_str());
    mail->Send();
    delete mail;
  } catch (ECSmtp e) {
    snprintf(errmsg, size, "%s", e.GetErrorText().c_str());
    return -1;
  }
  return 0;
}

int main(int, char **argv) {
  char error[256] = "";
  mail_info one = {argv, "bob@test.example"}, two = {argv, "bob@test.example,carol@test.example"};
  if (sendmail_c(&one, error, sizeof error) != 0) return 1;
  return sendmail_c(&two, error, sizeof error) != 0;
}
