// SPDX-License-Identifier: MIT
#include "CSmtp.h"
#include "base64.h"

int main() {
  CSmtp mail;
  mail.SetSubject("outside");
  try {
    mail.Send();
  } catch (const ECSmtp &e) {
    return e.GetErrorNum() == ECSmtp::UNDEF_RECIPIENTS ? 0 : 1;
  }
  return 2;
}
