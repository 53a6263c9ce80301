// the program defines `base64_encode` itself | does not link
//! has=X-Mailer:.AAAA
#include "CSmtp.h"
#include "prepare.h"

std::string base64_encode(unsigned char const *, unsigned int length) { return std::string(length, 'A'); }

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "own_base64");
  mail.SetXMailer(base64_encode(NULL, 4).c_str());
  mail.Send();
}
