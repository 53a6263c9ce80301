// SPDX-License-Identifier: MIT
// Checks what CSMTP_STRICT removes and what it keeps.
#ifndef CSMTP_STRICT
#define CSMTP_STRICT
#endif
#include "CSmtp.h"

#if defined(TIME_IN_SEC) || defined(BUFFER_SIZE) || defined(MSG_SIZE_IN_MB) || defined(COUNTER_VALUE) || defined(SOCKET_ERROR) || \
    defined(INVALID_SOCKET) || defined(_strnicmp) || defined(HAVE__STRNICMP) || defined(OutputDebugStringA) || defined(AF_INET)
#error "CSMTP_STRICT must not define macros of the old header"
#endif

// These names would be ambiguous if CSmtp.h still contained `using namespace std` or the
// old typedefs.
struct string { int mine; };
enum SOCKET { closed };
static const char BOUNDARY_TEXT = 'b';
typedef char WORD;

int main() {
  string s = {static_cast<int>(closed)};
  const WORD w = BOUNDARY_TEXT;
  CSmtp mail;
  mail.SetSecurityType(USE_TLS);
  mail.SetSecurityType(CSmtp::USE_SSL);
  mail.m_bHTML = true;
  try {
    mail.GetMsgLineText(5);
  } catch (const ECSmtp &e) {
    return e.GetErrorNum() == ECSmtp::OUT_OF_MSG_RANGE && e.GetErrorText().size() > 10 && e.GetReplyCode() == 0 && w == 'b' ? s.mine : 2;
  }
  return 1;
}
