// SPDX-License-Identifier: MIT
// A program for Visual C++ that includes windows.h first or last.
#ifdef WINDOWS_FIRST
#include <string.h>
#include <windows.h>
#endif
#include "CSmtp.h"
#include <utility>
#include <windows.h>
#include "base64.h"

#ifndef CSMTP_STRICT
static_assert(BUFFER_SIZE == 10240 && MSG_SIZE_IN_MB == 25 && COUNTER_VALUE == 100 && TIME_IN_SEC == 180, "macros");
static const SOCKET none = INVALID_SOCKET;
static string text() { char line[32]; snprintf(line, sizeof line, "%d", SOCKET_ERROR); return line; }
static_assert(sizeof(WORD) == 2 && sizeof BOUNDARY_TEXT == 32, "types");
#ifdef LINUX
#error this is no Linux
#endif
#else
static std::string text() { return "strict"; }
#endif

static int Send(CSmtp &mail) {
  try {
    mail.SetSMTPServer("smtp.example.com", 587);
    mail.SetSecurityType(USE_TLS);
    mail.SetSecurityType(CSmtp::USE_SSL);
    mail.SetXPriority(XPRIORITY_HIGH);
    mail.AddRecipient("bob@example.org");
    mail.AddMsgLine(text().c_str());
    mail.SetProgressCallback([](int64_t, int64_t) { return 0; });
    mail.SendAsync([](int) {});
    mail.AddAttachmentReader("a", "b/c", -1, [](void *, size_t) -> int64_t { return 0; });
    mail.Send();
  } catch (ECSmtp e) {
    return e.GetErrorNum() == ECSmtp::SSL_PROBLEM ? 1 : e.GetReplyCode();
  }
  return 0;
}

int main() {
  CSmtp mail;
  CSmtp copy(mail), moved(std::move(copy));
#ifndef CSMTP_STRICT
  (void)none;
#endif
  return Send(moved) + static_cast<int>(base64_encode(nullptr, 0).size());
}
