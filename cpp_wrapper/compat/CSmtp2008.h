// SPDX-License-Identifier: MIT
//
// CSmtp2008.h: class CSmtp2008, for programs that use CodeProject's CSmtp of 2008. The
// methods of that class, which is older than revision 1.8, return false instead of
// throwing an exception. A source file of such a program includes CSmtp2008.h instead of
// CSmtp.h. In that file, the name CSmtp then means CSmtp2008, a class derived from the
// CSmtp that other files use.
#ifndef CSMTP_2008_H
#define CSMTP_2008_H

#include "../CSmtp.h"

typedef int CSmtpError;

// Error numbers whose names were spelled differently in 2008.
enum {
  CSMTP_UNDEF_MAILFROM = CSMTP_UNDEF_MAIL_FROM,
  CSMTP_UNDEF_RECIPENTS = CSMTP_UNDEF_RECIPIENTS,
  CSMTP_UNDEF_RECIPENT_MAIL = CSMTP_UNDEF_RECIPIENT_MAIL,
  CSMTP_UNDEF_XYZ_RESPOMSE = CSMTP_UNDEF_XYZ_RESPONSE
};

// Returns the fixed text for an error number.
inline char *GetErrorText(CSmtpError error) { return const_cast<char *>(CSmtp_GetErrorText(error)); }

class CSmtp2008 : public CSmtp {
 public:
  CSmtp2008() : m_error(CSMTP_NO_ERROR), m_body() {}

  bool AddRecipient(const char *email, const char *name = nullptr) {
    return Try([&] { CSmtp::AddRecipient(email, name); });
  }
  bool AddCCRecipient(const char *email, const char *name = nullptr) {
    return Try([&] { CSmtp::AddCCRecipient(email, name); });
  }
  bool AddBCCRecipient(const char *email, const char *name = nullptr) {
    return Try([&] { CSmtp::AddBCCRecipient(email, name); });
  }
  bool AddAttachment(const char *path) {
    return Try([&] { CSmtp::AddAttachment(path); });
  }
  // Sends the message. Returns false on failure; GetLastError then returns the error
  // number.
  bool Send() {
    return Try([&] { CSmtp::Send(); });
  }
  // SetMessageBody sets the whole body. GetMessageBody returns it.
  void SetMessageBody(const char *body) {
    if (Try([&] { SetTextBody(body); })) m_body = body;
  }
  const char *GetMessageBody() const { return m_body.c_str(); }
  CSmtpError GetLastError() const { return m_error; }

 private:
  template <typename Call>
  bool Try(Call call) {
    m_error = CSMTP_NO_ERROR;
    try {
      call();
    } catch (const ECSmtp &e) {
      m_error = static_cast<CSmtpError>(e.GetErrorNum());
    }
    return m_error == CSMTP_NO_ERROR;
  }
  CSmtpError m_error;
  std::string m_body;
};

#define CSmtp CSmtp2008

#endif // CSMTP_2008_H
