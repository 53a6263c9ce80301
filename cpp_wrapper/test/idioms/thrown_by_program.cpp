// the program throws `ECSmtp` itself | catches 208
//! mails=0
#include "CSmtp.h"

static void Check(const char *host) {
  if (*host == '\0') throw ECSmtp(ECSmtp::BAD_SERVER_NAME);
}

int main() {
  try {
    Check("");
  } catch (const ECSmtp &e) {
    if (e.GetErrorText().empty()) return 1;
    cout << "catches " << e.GetErrorNum() << endl;
  }
}
