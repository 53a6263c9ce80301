// SPDX-License-Identifier: MIT
//
// CSmtp.h: class CSmtp and its exception ECSmtp, for programs that were written for
// CodeProject's class CSmtp, revisions 1.9 to 2.4. This header replaces the header of
// that class. In the headers of this folder, "the old class" and "the old CSmtp.h" are
// those of CodeProject.
//
// The classes are header-only: their methods call the C functions of libcsmtp, which
// csmtp_c.h documents in detail. Link the program with libcsmtp; OpenSSL is not needed.
// CSmtp.h includes the headers that it needs from this folder.
//
// A program can define these macros before it includes CSmtp.h. It can define them in
// all of its source files, or only in some:
//   CSMTP_STRICT      leaves out `using namespace std`, and the macros, typedefs
//                     and system headers of the old CSmtp.h. In a source file
//                     with this macro, messages are checked as after
//                     SetStrict(true). A call to SetStrict overrides the macro
//   CSMTP_LEGACY_TLS  in a source file with this macro, the server's certificate is
//                     not verified, as in the old class. An active attacker can
//                     then read and change the mails. A call to SetVerifyPeer
//                     overrides the macro
#pragma once
#ifndef __CSMTP_H__
#define __CSMTP_H__

#ifndef CSMTP_STRICT
#include "csmtp_legacy.h"
#endif

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <exception>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#include "csmtp_push.h"

#include "csmtp_c.h"
#include "csmtp_core.h"
#include "csmtp_extensions.h"

enum CSmptXPriority { XPRIORITY_HIGH = 2, XPRIORITY_NORMAL = 3, XPRIORITY_LOW = 4 };

enum SMTP_SECURITY_TYPE : csmtp_detail::Underlying { NO_SECURITY = 0, USE_TLS = 1, USE_SSL = 2, DO_NOT_SET = 3 };

namespace csmtp_detail {
CSMTP_INLINE_NAMESPACE

// Declares the security types under the names that they have in revision 1.9, such
// as CSmtp::USE_TLS. A program that takes a reference to one of these constants
// needs its definition. In C++11, a header can contain the definition only if the
// class is a template.
template <typename T>
struct SecurityNames {
  typedef T security_type;
  static const T NO_SECURITY = static_cast<T>(CSMTP_NO_SECURITY);
  static const T USE_TLS = static_cast<T>(CSMTP_USE_TLS);
  static const T USE_SSL = static_cast<T>(CSMTP_USE_SSL);
  static const T DO_NOT_SET = static_cast<T>(CSMTP_DO_NOT_SET);
  static const T USE_TLS_IF_OFFERED = static_cast<T>(CSMTP_USE_TLS_IF_OFFERED); // not in the old class
};
template <typename T> const T SecurityNames<T>::NO_SECURITY;
template <typename T> const T SecurityNames<T>::USE_TLS;
template <typename T> const T SecurityNames<T>::USE_SSL;
template <typename T> const T SecurityNames<T>::DO_NOT_SET;
template <typename T> const T SecurityNames<T>::USE_TLS_IF_OFFERED;

// Implements the methods that build a message or connect. 'way' says which macros the
// calling file defines: legacy_way for CSMTP_LEGACY_TLS, strict_way for CSMTP_STRICT,
// their sum for both, and 0 for neither.
struct Sending {
  enum { legacy_way = 1, strict_way = 2 };

  static Mailer::Running Connecting(int way, CSmtpExtensions &m) { return m.m_csmtp.Connecting((way & legacy_way) != 0); }
  static Mailer::Running Building(int way, CSmtpExtensions &m) { return m.m_csmtp.Building((way & strict_way) != 0, m.m_bHTML); }
  static bool Connect(int way, CSmtpExtensions &m, const char *server, unsigned short port, SMTP_SECURITY_TYPE type,
                      bool authenticate, const char *login, const char *password) {
    m.m_csmtp.Ran(CSmtp_ConnectRemoteServer(Connecting(way, m), server, port, static_cast<int>(type), authenticate, login, password));
    return true;
  }
  static void Send(int way, CSmtpExtensions &m) {
    Building(way, m);
    m.m_csmtp.Ran(CSmtp_Send(Connecting(way, m)));
  }
  static void Raw(int way, CSmtpExtensions &m, const void *data, size_t size, const char *from, const char *recipients) {
    m.m_csmtp.Ran(CSmtp_SendRaw(Connecting(way, m), data, size, from, recipients));
  }
  static void RawFile(int way, CSmtpExtensions &m, const char *path, const char *from, const char *recipients) {
    m.m_csmtp.Ran(CSmtp_SendRawFile(Connecting(way, m), path, from, recipients));
  }
  template <typename Mail>
  static void Batch(int way, CSmtpExtensions &m, const std::vector<Mail *> &mails, std::vector<int> *results) {
    const Mailer::Running running(Connecting(way, m));
    std::vector<CSmtpHandle> handles;
    std::vector<Calls::Call> calls;
    for (CSmtpExtensions *mail : mails) {
      handles.push_back(Building(way, *mail));
      calls.push_back(mail->m_csmtp.InBatch());
    }
    std::vector<int> numbers(mails.size());
    Meet();
    const int error = CSmtp_SendBatch(running, handles.data(), handles.size(), numbers.data());
    if (results != nullptr) *results = numbers;
    // If a callback of one of the mails has thrown an exception, this loop throws
    // that exception instead of the error of the batch.
    for (CSmtpExtensions *mail : mails) mail->m_csmtp.Ran(0);
    m.m_csmtp.Ran(error);
  }
  static void Async(int way, CSmtpExtensions &m, const Function<void(int error)> &fn) {
    Building(way, m);
    m.m_csmtp.SendAsync(Connecting(way, m), fn);
  }
  static std::string Render(int way, CSmtpExtensions &m) {
    const char *data = nullptr;
    size_t size = 0;
    m.m_csmtp.Ran(CSmtp_RenderMessage(Building(way, m), &data, &size));
    return std::string(data, size);
  }
  static void Save(int way, CSmtpExtensions &m, const char *path) {
    m.m_csmtp.Ran(CSmtp_SaveMessage(Building(way, m), path));
  }
};

// The methods that build a message or connect, for source files that define
// CSMTP_LEGACY_TLS or CSMTP_STRICT. Files that define neither macro call the methods of
// the same names in class CSmtp. A method of CSmtp could not depend on the macros of
// the file that calls it, because the linker keeps only one definition of an inline
// function for the whole program. The macros change neither the data members nor the
// size of class CSmtp.
template <typename Mail, int way>
class Way : public Way<Mail, way - 1> {
 public:
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    return Sending::Connect(way, *this, szServer, nPort_, securityType, authenticate, login, password);
  }
  void Send() { Sending::Send(way, *this); }
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    Sending::Raw(way, *this, data, size, from, recipients);
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    Sending::RawFile(way, *this, path, from, recipients);
  }
  void SendBatch(const std::vector<Mail *> &mails, std::vector<int> *results = nullptr) {
    Sending::Batch(way, *this, mails, results);
  }
  void SendAsync(const Function<void(int error)> &fn = nullptr) { Sending::Async(way, *this, fn); }
  std::string RenderMessage() { return Sending::Render(way, *this); }
  void SaveMessage(const char *path) { Sending::Save(way, *this, path); }
};
template <typename Mail>
class Way<Mail, 0> : public CSmtpExtensions, public SecurityNames<SMTP_SECURITY_TYPE> {};

CSMTP_END_INLINE_NAMESPACE
} // namespace csmtp_detail

// CSMTP_WAY is the value of 'way' (see Sending) for the file that includes this header.
// CSMTP_WAY is not defined if the value is 0.
#if defined(CSMTP_LEGACY_TLS) && defined(CSMTP_STRICT)
#define CSMTP_WAY csmtp_detail::Sending::legacy_way + csmtp_detail::Sending::strict_way
#elif defined(CSMTP_LEGACY_TLS)
#define CSMTP_WAY csmtp_detail::Sending::legacy_way
#elif defined(CSMTP_STRICT)
#define CSMTP_WAY csmtp_detail::Sending::strict_way
#endif

// A CSmtp object holds settings, a message and, while it is connected, a session.
//
// Each method calls the C function with the same name: SetSubject calls
// CSmtp_SetSubject. csmtp_c.h documents the arguments, limits and errors of the
// function, and how long a string that it returns stays valid. If the C function
// returns an error number, the method throws ECSmtp. A getter does not throw, unless
// its comment says so. The first call on an object makes a handle for the object; if
// that fails, the method throws ECSmtp, even if it is a getter. The base class
// CSmtpExtensions has further methods.
class CSmtp : public csmtp_detail::Way<CSmtp, csmtp_detail::Sending::legacy_way + csmtp_detail::Sending::strict_way> {
 public:
  // Makes an object with default settings. The constructor does not call the library,
  // so an object can be global.
  constexpr CSmtp() noexcept {}
  // A copy has its own settings, message and callbacks, and no session. Copying throws
  // ECSmtp on failure. A moved-from object is like a new one.
  CSmtp(const CSmtp &) = default;
  CSmtp(CSmtp &&) = default;
  CSmtp &operator=(const CSmtp &) = default;
  CSmtp &operator=(CSmtp &&) = default;
  // Closes the session and cancels a SendAsync that has not ended. Never throws.
  virtual ~CSmtp() {}

  // Add one recipient to To, Cc or Bcc. 'name' may be nullptr.
  void AddRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddRecipient(m_csmtp.Get(), email, name)); }
  void AddBCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddBCCRecipient(m_csmtp.Get(), email, name)); }
  void AddCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddCCRecipient(m_csmtp.Get(), email, name)); }
  // Adds a file as an attachment. The file is read when the mail is sent.
  void AddAttachment(const char *path) { m_csmtp.Check(CSmtp_AddAttachment(m_csmtp.Get(), path)); }
  // Adds a line to the body.
  void AddMsgLine(const char *text) { m_csmtp.Check(CSmtp_AddMsgLine(m_csmtp.Get(), text)); }
  // Clears recipients, body, attachments and everything else that belongs to one
  // message.
  void ClearMessage() {
    m_csmtp.Check(CSmtp_ClearMessage(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
  // Connects to the server and opens a session, over which the next mails are sent.
  // Returns true.
#ifndef CSMTP_WAY
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    return csmtp_detail::Sending::Connect(0, *this, szServer, nPort_, securityType, authenticate, login, password);
  }
#else
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::ConnectRemoteServer;
#endif
  // Closes the session. Does nothing if no session is open.
  void DisconnectRemoteServer() { m_csmtp.Ran(CSmtp_DisconnectRemoteServer(csmtp_detail::Mailer::Running(m_csmtp))); }
  // Remove all recipients in To, Cc or Bcc, all attachments and inline images, all lines
  // of the body, or one of these lines.
  void DelRecipients(void) { m_csmtp.Check(CSmtp_DelRecipients(m_csmtp.Get())); }
  void DelBCCRecipients(void) { m_csmtp.Check(CSmtp_DelBCCRecipients(m_csmtp.Get())); }
  void DelCCRecipients(void) { m_csmtp.Check(CSmtp_DelCCRecipients(m_csmtp.Get())); }
  void DelAttachments(void) {
    m_csmtp.Check(CSmtp_DelAttachments(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
  void DelMsgLines(void) { m_csmtp.Check(CSmtp_DelMsgLines(m_csmtp.Get())); }
  void DelMsgLine(unsigned int line) { m_csmtp.Check(CSmtp_DelMsgLine(m_csmtp.Get(), line)); }
  // Replaces a line of the body. The first line has the number 0.
  void ModMsgLine(unsigned int line, const char *text) { m_csmtp.Check(CSmtp_ModMsgLine(m_csmtp.Get(), line, text)); }
  // Return the number of recipients in To, Cc or Bcc.
  unsigned int GetBCCRecipientCount() const { return CSmtp_GetBCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetCCRecipientCount() const { return CSmtp_GetCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetRecipientCount() const { return CSmtp_GetRecipientCount(m_csmtp.Get()); }
  // Return the local address and the name sent with EHLO.
  const char *GetLocalHostIP() const { return CSmtp_GetLocalHostIP(m_csmtp.Get()); }
  const char *GetLocalHostName() { return CSmtp_GetLocalHostName(m_csmtp.Get()); } // not const in the old class
  const char *GetLocalHostName() const { return CSmtp_GetLocalHostName(m_csmtp.Get()); }
  // Returns a line of the body. Throws OUT_OF_MSG_RANGE if there is no such line.
  const char *GetMsgLineText(unsigned int line) const {
    const char *text = CSmtp_GetMsgLineText(m_csmtp.Get(), line);
    if (text == nullptr) m_csmtp.Check(CSMTP_OUT_OF_MSG_RANGE);
    return text;
  }
  // Returns the number of lines of the body.
  unsigned int GetMsgLines(void) const { return CSmtp_GetMsgLines(m_csmtp.Get()); }
  // Return the values that were set with the corresponding setters.
  const char *GetReplyTo() const { return CSmtp_GetReplyTo(m_csmtp.Get()); }
  const char *GetMailFrom() const { return CSmtp_GetMailFrom(m_csmtp.Get()); }
  const char *GetSenderName() const { return CSmtp_GetSenderName(m_csmtp.Get()); }
  const char *GetSubject() const { return CSmtp_GetSubject(m_csmtp.Get()); }
  const char *GetXMailer() const { return CSmtp_GetXMailer(m_csmtp.Get()); }
  CSmptXPriority GetXPriority() const { return static_cast<CSmptXPriority>(CSmtp_GetXPriority(m_csmtp.Get())); }
  // Sends the message, over the open session if there is one.
#ifndef CSMTP_WAY
  void Send() { csmtp_detail::Sending::Send(0, *this); }
#else
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::Send;
#endif
  // The next functions set the charset of all texts, the name sent with EHLO, and header
  // fields.
  void SetCharSet(const char *sCharSet) { m_csmtp.Check(CSmtp_SetCharSet(m_csmtp.Get(), sCharSet)); }
  void SetLocalHostName(const char *sLocalHostName) { m_csmtp.Check(CSmtp_SetLocalHostName(m_csmtp.Get(), sLocalHostName)); }
  void SetSubject(const char *subject) { m_csmtp.Check(CSmtp_SetSubject(m_csmtp.Get(), subject)); }
  void SetSenderName(const char *name) { m_csmtp.Check(CSmtp_SetSenderName(m_csmtp.Get(), name)); }
  void SetSenderMail(const char *email) { m_csmtp.Check(CSmtp_SetSenderMail(m_csmtp.Get(), email)); }
  void SetReplyTo(const char *replyto) { m_csmtp.Check(CSmtp_SetReplyTo(m_csmtp.Get(), replyto)); }
  void SetReadReceipt(bool requestReceipt = true) { m_csmtp.Check(CSmtp_SetReadReceipt(m_csmtp.Get(), requestReceipt)); }
  void SetXMailer(const char *xmailer) { m_csmtp.Check(CSmtp_SetXMailer(m_csmtp.Get(), xmailer)); }
  // Set the login name and the password.
  void SetLogin(const char *login) { m_csmtp.Check(CSmtp_SetLogin(m_csmtp.Get(), login)); }
  void SetPassword(const char *password) { m_csmtp.Check(CSmtp_SetPassword(m_csmtp.Get(), password)); }
  // Sets the priority that the mail program of the recipient shows.
  void SetXPriority(CSmptXPriority priority) { m_csmtp.Check(CSmtp_SetXPriority(m_csmtp.Get(), static_cast<int>(priority))); }
  // Sets the server. Port 0 means 25, or 465 with USE_SSL.
  void SetSMTPServer(const char *server, const unsigned short port = 0, bool authenticate = true) {
    m_csmtp.Check(CSmtp_SetSMTPServer(m_csmtp.Get(), server, port, authenticate));
  }
  // Return and set the security type, such as USE_TLS (STARTTLS) or USE_SSL.
  SMTP_SECURITY_TYPE GetSecurityType() const { return static_cast<SMTP_SECURITY_TYPE>(CSmtp_GetSecurityType(m_csmtp.Get())); }
  void SetSecurityType(SMTP_SECURITY_TYPE type) { m_csmtp.Check(CSmtp_SetSecurityType(m_csmtp.Get(), static_cast<int>(type))); }

  // ---- Not in the old class: other ways to send ----
  // Send a complete message, from memory or from a file. If 'from' or 'recipients' is
  // nullptr, the reverse-path or the recipients are taken from the message's header.
#ifndef CSMTP_WAY
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    csmtp_detail::Sending::Raw(0, *this, data, size, from, recipients);
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    csmtp_detail::Sending::RawFile(0, *this, path, from, recipients);
  }
  // Sends the given mails over the session of this object. This object itself must not
  // be one of the mails. Stores the error number of each mail in 'results', unless
  // 'results' is nullptr. If some mails were not accepted, throws the error of the first
  // of them.
  void SendBatch(const std::vector<CSmtp *> &mails, std::vector<int> *results = nullptr) {
    csmtp_detail::Sending::Batch(0, *this, mails, results);
  }
  // Starts to send the message and returns at once. When the send has succeeded or
  // failed, a thread of the library calls fn with the error number. If fn throws
  // an exception, Poll or Wait throws it again. Poll and Wait return true only after fn
  // has returned. The destructor waits until fn has returned, unless fn itself destroys
  // the object.
  void SendAsync(const csmtp_detail::Function<void(int error)> &fn = nullptr) { csmtp_detail::Sending::Async(0, *this, fn); }
  // Returns the message that Send would send.
  std::string RenderMessage() { return csmtp_detail::Sending::Render(0, *this); }
  // Writes a file that contains the message that Send would send.
  void SaveMessage(const char *path) { csmtp_detail::Sending::Save(0, *this, path); }
#else
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::SendRaw;
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::SendRawFile;
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::SendBatch;
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::SendAsync;
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::RenderMessage;
  using csmtp_detail::Way<CSmtp, CSMTP_WAY>::SaveMessage;
#endif
};

#undef CSMTP_WAY
#undef CSMTP_INLINE_NAMESPACE
#undef CSMTP_END_INLINE_NAMESPACE
#undef CSMTP_TRY
#undef CSMTP_CATCH
#undef CSMTP_RETHROW
#undef CSMTP_THROW

#ifndef CSMTP_STRICT
#include "csmtp_legacy_types.h"
#endif

#include "csmtp_pop.h"

#endif // __CSMTP_H__
