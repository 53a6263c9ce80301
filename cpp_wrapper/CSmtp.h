// SPDX-License-Identifier: MIT
//
// CSmtp.h: class CSmtp and its exception ECSmtp, for programs written for class
// CSmtp, revisions 1.9 to 2.4. They are header-only and call libcsmtp through
// csmtp_c.h, the C header, which documents each function in detail. Link with
// libcsmtp; OpenSSL is not needed. CSmtp.h includes csmtp_core.h,
// csmtp_extensions.h, csmtp_legacy.h and csmtp_parts.h.
//
// You may define these macros before including this file, in all files of the
// program or in some of them:
//   CSMTP_STRICT      leaves out `using namespace std`, and the macros, typedefs
//                     and system headers of the old CSmtp.h
//   CSMTP_LEGACY_TLS  connections made by this file do not verify certificates,
//                     as in the old class. This gives no protection against an
//                     active attacker. SetVerifyPeer overrides it
#pragma once
#ifndef __CSMTP_H__
#define __CSMTP_H__

#include <string>
#include <vector>

#include "csmtp_core.h"
#include "csmtp_extensions.h"

#ifndef CSMTP_STRICT
#include "csmtp_legacy.h"
#endif

enum CSmptXPriority : int { XPRIORITY_HIGH = 2, XPRIORITY_NORMAL = 3, XPRIORITY_LOW = 4 };

enum SMTP_SECURITY_TYPE : int { NO_SECURITY = 0, USE_TLS = 1, USE_SSL = 2, DO_NOT_SET = 3 };

namespace csmtp_detail {

// Defines CSmtp::USE_TLS and the like, as revision 1.9 spelled them. It is a
// template because C++11 then allows the definitions of the constants, which
// references to them need, in a header.
template <typename T>
struct SecurityNames {
  typedef T security_type;
  static const T NO_SECURITY = ::NO_SECURITY;
  static const T USE_TLS = ::USE_TLS;
  static const T USE_SSL = ::USE_SSL;
  static const T DO_NOT_SET = ::DO_NOT_SET;
  static const T USE_TLS_IF_OFFERED = static_cast<T>(CSMTP_USE_TLS_IF_OFFERED); // not in CSmtp
};
template <typename T> const T SecurityNames<T>::NO_SECURITY;
template <typename T> const T SecurityNames<T>::USE_TLS;
template <typename T> const T SecurityNames<T>::USE_SSL;
template <typename T> const T SecurityNames<T>::DO_NOT_SET;
template <typename T> const T SecurityNames<T>::USE_TLS_IF_OFFERED;

// The methods that connect, for files compiled with CSMTP_LEGACY_TLS. Other files
// call the methods of the same names in CSmtp. If one function did different
// things in different files, the linker would keep either version for the whole
// program. Class CSmtp has the same members and the same size in all files.
template <typename Mail>
class LegacyTLS : public CSmtpExtensions, public SecurityNames<SMTP_SECURITY_TYPE> {
 public:
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = ::DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    return This().Connect(false, szServer, nPort_, securityType, authenticate, login, password);
  }
  void Send() { This().SendMail(false); }
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    This().SendOctets(false, data, size, from, recipients);
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    This().SendFile(false, path, from, recipients);
  }
  void SendBatch(const std::vector<Mail *> &mails, std::vector<int> *results = nullptr) {
    This().SendMails(false, mails, results);
  }
  void SendAsync(const Function<void(int error)> &fn = nullptr) { This().Start(false, fn); }

 private:
  Mail &This() { return *static_cast<Mail *>(this); }
};

} // namespace csmtp_detail

// An object holds settings, a message and, while connected, a session.
//
// A method calls the C function of the same name: SetSubject calls
// CSmtp_SetSubject. See csmtp_c.h for its arguments, limits and errors. Where the
// C function returns an error number, the method throws ECSmtp. A getter does not
// throw, unless its comment says so; a string that it returns stays valid as
// csmtp_c.h says. The first call on an object makes its handle. Every method
// throws ECSmtp if that fails. Class CSmtpExtensions has further methods.
class CSmtp : public csmtp_detail::LegacyTLS<CSmtp> {
 public:
  // Makes an object with default settings. It calls the library only when it is
  // used, so a global object is possible.
  constexpr CSmtp() noexcept {}
  // A copy has its own settings, message and callbacks, and no session. Copying
  // throws ECSmtp on failure. An object that was moved from is like a new one.
  CSmtp(const CSmtp &) = default;
  CSmtp(CSmtp &&) = default;
  CSmtp &operator=(const CSmtp &) = default;
  CSmtp &operator=(CSmtp &&) = default;
  // Closes the session and cancels an asynchronous Send. It never throws.
  virtual ~CSmtp() {}

  // Add one recipient to To, Cc or Bcc. name may be nullptr.
  void AddRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddRecipient(m_csmtp.Get(), email, name)); }
  void AddBCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddBCCRecipient(m_csmtp.Get(), email, name)); }
  void AddCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddCCRecipient(m_csmtp.Get(), email, name)); }
  // Adds a file as an attachment. It is read when the mail is sent.
  void AddAttachment(const char *path) { m_csmtp.Check(CSmtp_AddAttachment(m_csmtp.Get(), path)); }
  // Adds a line to the body.
  void AddMsgLine(const char *text) { m_csmtp.Check(CSmtp_AddMsgLine(m_csmtp.Get(), text)); }
  // Clears recipients, body, attachments and everything else that belongs to one
  // message.
  void ClearMessage() {
    m_csmtp.Check(CSmtp_ClearMessage(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
  // Opens a session, which the next mails use. Returns true.
#ifndef CSMTP_LEGACY_TLS
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = ::DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    return Connect(true, szServer, nPort_, securityType, authenticate, login, password);
  }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::ConnectRemoteServer;
#endif
  // Closes the session. It does nothing without a session.
  void DisconnectRemoteServer() { m_csmtp.Ran(CSmtp_DisconnectRemoteServer(csmtp_detail::Mailer::Running(m_csmtp))); }
  // Remove all recipients of a kind, all attachments, all lines, or one line.
  void DelRecipients(void) { m_csmtp.Check(CSmtp_DelRecipients(m_csmtp.Get())); }
  void DelBCCRecipients(void) { m_csmtp.Check(CSmtp_DelBCCRecipients(m_csmtp.Get())); }
  void DelCCRecipients(void) { m_csmtp.Check(CSmtp_DelCCRecipients(m_csmtp.Get())); }
  void DelAttachments(void) {
    m_csmtp.Check(CSmtp_DelAttachments(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
  void DelMsgLines(void) { m_csmtp.Check(CSmtp_DelMsgLines(m_csmtp.Get())); }
  void DelMsgLine(unsigned int line) { m_csmtp.Check(CSmtp_DelMsgLine(m_csmtp.Get(), line)); }
  // Replaces a line of the body. Lines count from 0.
  void ModMsgLine(unsigned int line, const char *text) { m_csmtp.Check(CSmtp_ModMsgLine(m_csmtp.Get(), line, text)); }
  // Return the number of recipients of a kind.
  unsigned int GetBCCRecipientCount() const { return CSmtp_GetBCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetCCRecipientCount() const { return CSmtp_GetCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetRecipientCount() const { return CSmtp_GetRecipientCount(m_csmtp.Get()); }
  // Return the local address and the name sent with EHLO.
  const char *GetLocalHostIP() const { return CSmtp_GetLocalHostIP(m_csmtp.Get()); }
  const char *GetLocalHostName() const { return CSmtp_GetLocalHostName(m_csmtp.Get()); }
  // Returns a line of the body. Throws OUT_OF_MSG_RANGE if there is no such line.
  const char *GetMsgLineText(unsigned int line) const {
    const char *text = CSmtp_GetMsgLineText(m_csmtp.Get(), line);
    if (text == nullptr) m_csmtp.Check(CSMTP_OUT_OF_MSG_RANGE);
    return text;
  }
  // Returns the number of lines of the body.
  unsigned int GetMsgLines(void) const { return CSmtp_GetMsgLines(m_csmtp.Get()); }
  // Return what the setters stored.
  const char *GetReplyTo() const { return CSmtp_GetReplyTo(m_csmtp.Get()); }
  const char *GetMailFrom() const { return CSmtp_GetMailFrom(m_csmtp.Get()); }
  const char *GetSenderName() const { return CSmtp_GetSenderName(m_csmtp.Get()); }
  const char *GetSubject() const { return CSmtp_GetSubject(m_csmtp.Get()); }
  const char *GetXMailer() const { return CSmtp_GetXMailer(m_csmtp.Get()); }
  CSmptXPriority GetXPriority() const { return static_cast<CSmptXPriority>(CSmtp_GetXPriority(m_csmtp.Get())); }
  // Sends the message, over the open session if there is one.
#ifndef CSMTP_LEGACY_TLS
  void Send() { SendMail(true); }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::Send;
#endif
  // Set the charset of all texts, the name sent with EHLO, and the header of the mail.
  void SetCharSet(const char *sCharSet) { m_csmtp.Check(CSmtp_SetCharSet(m_csmtp.Get(), sCharSet)); }
  void SetLocalHostName(const char *sLocalHostName) { m_csmtp.Check(CSmtp_SetLocalHostName(m_csmtp.Get(), sLocalHostName)); }
  void SetSubject(const char *subject) { m_csmtp.Check(CSmtp_SetSubject(m_csmtp.Get(), subject)); }
  void SetSenderName(const char *name) { m_csmtp.Check(CSmtp_SetSenderName(m_csmtp.Get(), name)); }
  void SetSenderMail(const char *email) { m_csmtp.Check(CSmtp_SetSenderMail(m_csmtp.Get(), email)); }
  void SetReplyTo(const char *replyto) { m_csmtp.Check(CSmtp_SetReplyTo(m_csmtp.Get(), replyto)); }
  void SetReadReceipt(bool requestReceipt = true) { m_csmtp.Check(CSmtp_SetReadReceipt(m_csmtp.Get(), requestReceipt)); }
  void SetXMailer(const char *xmailer) { m_csmtp.Check(CSmtp_SetXMailer(m_csmtp.Get(), xmailer)); }
  // Set the login and its password.
  void SetLogin(const char *login) { m_csmtp.Check(CSmtp_SetLogin(m_csmtp.Get(), login)); }
  void SetPassword(const char *password) { m_csmtp.Check(CSmtp_SetPassword(m_csmtp.Get(), password)); }
  // Sets the priority that the recipient sees.
  void SetXPriority(CSmptXPriority priority) { m_csmtp.Check(CSmtp_SetXPriority(m_csmtp.Get(), priority)); }
  // Sets the server. Port 0 means 25, or 465 with USE_SSL.
  void SetSMTPServer(const char *server, const unsigned short port = 0, bool authenticate = true) {
    m_csmtp.Check(CSmtp_SetSMTPServer(m_csmtp.Get(), server, port, authenticate));
  }
  // Return and set the security type: NO_SECURITY, USE_TLS (STARTTLS) or USE_SSL.
  SMTP_SECURITY_TYPE GetSecurityType() const { return static_cast<SMTP_SECURITY_TYPE>(CSmtp_GetSecurityType(m_csmtp.Get())); }
  void SetSecurityType(SMTP_SECURITY_TYPE type) { m_csmtp.Check(CSmtp_SetSecurityType(m_csmtp.Get(), type)); }

  // ---- Beyond CSmtp: sending in other ways ----
  // Send a complete message, from memory or from a file. nullptr takes reverse-path
  // or recipients from its header.
#ifndef CSMTP_LEGACY_TLS
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    SendOctets(true, data, size, from, recipients);
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    SendFile(true, path, from, recipients);
  }
  // Sends many mails over the session of this object, which is not one of them.
  // Stores the error number of each mail in results. Throws the first error if not
  // all were accepted.
  void SendBatch(const std::vector<CSmtp *> &mails, std::vector<int> *results = nullptr) { SendMails(true, mails, results); }
  // Starts to send and returns. When the Send has ended, fn is called with its error
  // number on a thread of the library. Poll or Wait throws what fn throws. fn has
  // returned when they return true, and when the destructor returns, unless fn
  // itself destroys the object.
  void SendAsync(const csmtp_detail::Function<void(int error)> &fn = nullptr) { Start(true, fn); }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::SendRaw;
  using csmtp_detail::LegacyTLS<CSmtp>::SendRawFile;
  using csmtp_detail::LegacyTLS<CSmtp>::SendBatch;
  using csmtp_detail::LegacyTLS<CSmtp>::SendAsync;
#endif

 private:
  // The methods that connect. check is false in a file compiled with
  // CSMTP_LEGACY_TLS.
  friend class csmtp_detail::LegacyTLS<CSmtp>;
  bool Connect(bool check, const char *server, unsigned short port, SMTP_SECURITY_TYPE type, bool authenticate,
               const char *login, const char *password) {
    m_csmtp.Ran(CSmtp_ConnectRemoteServer(m_csmtp.Connecting(check), server, port, type, authenticate, login, password));
    return true;
  }
  void SendMail(bool check) {
    Prepared();
    m_csmtp.Ran(CSmtp_Send(m_csmtp.Connecting(check)));
  }
  void SendOctets(bool check, const void *data, size_t size, const char *from, const char *recipients) {
    m_csmtp.Ran(CSmtp_SendRaw(m_csmtp.Connecting(check), data, size, from, recipients));
  }
  void SendFile(bool check, const char *path, const char *from, const char *recipients) {
    m_csmtp.Ran(CSmtp_SendRawFile(m_csmtp.Connecting(check), path, from, recipients));
  }
  void SendMails(bool check, const std::vector<CSmtp *> &mails, std::vector<int> *results) {
    const csmtp_detail::Mailer::Running running(m_csmtp.Connecting(check));
    std::vector<CSmtpHandle> handles;
    std::vector<csmtp_detail::Calls::Call> calls;
    for (CSmtp *mail : mails) {
      handles.push_back(mail->Prepared());
      calls.push_back(mail->m_csmtp.InBatch());
    }
    std::vector<int> numbers(mails.size());
    csmtp_detail::Meet();
    const int error = CSmtp_SendBatch(running, handles.data(), handles.size(), numbers.data());
    if (results != nullptr) *results = numbers;
    // An exception of a mail's callback comes before the batch's error.
    for (CSmtp *mail : mails) mail->m_csmtp.Ran(0);
    m_csmtp.Ran(error);
  }
  void Start(bool check, const csmtp_detail::Function<void(int error)> &fn) {
    Prepared();
    m_csmtp.SendAsync(m_csmtp.Connecting(check), fn);
  }
};

#endif // __CSMTP_H__
