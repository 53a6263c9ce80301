// SPDX-License-Identifier: MIT
//
// forks.h: functions for programs that were written for a fork of class CSmtp. Write
// GetLastOutput(mail) for mail.GetLastOutput(), and so on.
#ifndef CSMTP_FORKS_H
#define CSMTP_FORKS_H

#include <string>

#include "../CSmtp.h"

// Returns the server's last reply.
inline std::string GetLastOutput(const CSmtp &mail) { return mail.GetLastReply(); }

// Does nothing: each call on an object replaces the last reply.
inline void ClearLastOutput(CSmtp &) {}

// Returns the server's reply that caused the exception; "" if there was none.
inline std::string GetServerResponce(const ECSmtp &error) { return error.GetReply(); }

// Set the HTML form of the body, and its plain text.
inline void MsgBodyHTML(CSmtp &mail, const std::string &html) { mail.SetHTMLBody(html.c_str()); }
inline void SetMsgBody(CSmtp &mail, const char *text) { mail.SetTextBody(text); }

// Sets what SetMsgBody expects: 1 is plain text, 2 is HTML. The fork that has this
// method expects the text in base64. Here, pass the text itself.
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
