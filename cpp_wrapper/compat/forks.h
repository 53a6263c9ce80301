// SPDX-License-Identifier: MIT
//
// forks.h: functions that replace methods which only forks (modified versions) of
// CodeProject's class CSmtp had. A program that called mail.GetLastOutput(), for example,
// calls GetLastOutput(mail) instead.
#ifndef CSMTP_FORKS_H
#define CSMTP_FORKS_H

#include <string>

#include "../CSmtp.h"

// Returns the server's last reply.
inline std::string GetLastOutput(const CSmtp &mail) { return mail.GetLastReply(); }

// Does nothing. The last reply need not be cleared, because each call on the object
// replaces it.
inline void ClearLastOutput(CSmtp &) {}

// Returns the server reply that caused the exception; "" if there was none.
inline std::string GetServerResponce(const ECSmtp &error) { return error.GetReply(); }

// MsgBodyHTML sets the HTML form of the body. SetMsgBody sets its plain text.
inline void MsgBodyHTML(CSmtp &mail, const std::string &html) { mail.SetHTMLBody(html.c_str()); }
inline void SetMsgBody(CSmtp &mail, const char *text) { mail.SetTextBody(text); }

// Sets whether the text of SetMsgBody is plain text (kind 1) or HTML (kind 2). The
// original SetMsgBody expected the text in base64; this one expects the text itself.
inline void SetHeadFlag(CSmtp &mail, int kind) { mail.m_bHTML = kind == 2; }

// Adds a file whose path is a string of wide characters, in UTF-16 or UTF-32. An
// invalid path causes the same error as a file that does not exist.
inline void AddAttachment(CSmtp &mail, const wchar_t *path) {
  std::string octets;
  for (const wchar_t *p = path; p != nullptr && *p != L'\0'; p++) {
    unsigned long c = static_cast<unsigned long>(*p);
    if (sizeof(wchar_t) == 2) {
      c &= 0xffff;
      const unsigned long low = static_cast<unsigned long>(p[1]) & 0xffff;
      if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        p++;
      }
    }
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) throw ECSmtp(ECSmtp::FILE_NOT_EXIST);
    if (c < 0x80) {
      octets += static_cast<char>(c);
      continue;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    const unsigned long lead = more == 1 ? 0xc0 : more == 2 ? 0xe0 : 0xf0;
    octets += static_cast<char>(lead | c >> 6 * more);
    for (int i = more - 1; i >= 0; i--) octets += static_cast<char>(0x80 | (c >> 6 * i & 0x3f));
  }
  mail.AddAttachment(octets.c_str());
}

#endif // CSMTP_FORKS_H
