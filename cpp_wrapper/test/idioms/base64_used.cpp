// `base64.h` included before the header, and `base64_decode` | sends
#include "base64.h"
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  const string text = "base64_used";
  const string coded = base64_encode((const unsigned char *)text.data(), (unsigned int)text.size());
  Prepare(mail, argv, base64_decode(coded).c_str());
  mail.Send();
}
