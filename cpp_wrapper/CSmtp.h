// SPDX-License-Identifier: MIT
//
// CSmtp.h: class CSmtp and its exception ECSmtp, for programs written for class
// CSmtp, revisions 1.9 to 2.4. They are header-only and call libcsmtp through
// csmtp_c.h, the C header, which documents each function in detail. Link with
// libcsmtp; OpenSSL is not needed. CSmtp.h includes csmtp_core.h, csmtp_parts.h
// and csmtp_legacy.h.
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
class LegacyTLS : public SecurityNames<SMTP_SECURITY_TYPE> {
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
// throws ECSmtp if that fails.
class CSmtp : public csmtp_detail::LegacyTLS<CSmtp> {
 public:
  // Makes an object with default settings. It calls the library only when it is
  // used, so a global object is possible.
  constexpr CSmtp() noexcept : m_bHTML(false), m_csmtp() {}
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

  bool m_bHTML; // true sends the lines of the body as HTML

  // ==== Beyond CSmtp ====

  // ---- Body and parts ----
  // Set the plain text and the HTML form of the body.
  void SetTextBody(const char *text) { m_csmtp.Check(CSmtp_SetTextBody(m_csmtp.Get(), text)); }
  void SetHTMLBody(const char *html) { m_csmtp.Check(CSmtp_SetHTMLBody(m_csmtp.Get(), html)); }
  // Mark the text as format=flowed, and send 8-bit text unencoded where possible.
  void SetFlowed(bool flowed = true) { m_csmtp.Check(CSmtp_SetFlowed(m_csmtp.Get(), flowed)); }
  void SetEightBit(bool eight_bit = true) { m_csmtp.Check(CSmtp_SetEightBit(m_csmtp.Get(), eight_bit)); }
  // Add an attachment: a file under a name other than its own, or data in memory.
  void AddAttachmentAs(const char *path, const char *name, const char *content_type = nullptr) {
    m_csmtp.Check(CSmtp_AddAttachmentAs(m_csmtp.Get(), path, name, content_type));
  }
  void AddAttachmentData(const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddAttachmentData(m_csmtp.Get(), name, content_type, data, size));
  }
  // Adds an attachment whose content the function 'read' provides. 'read' stores at
  // most 'capacity' octets in 'buffer' and returns their number, 0 at the end, -1 on
  // failure; a capacity of 0 means: start again. The call that runs 'read' throws
  // what 'read' throws.
  void AddAttachmentReader(const char *name, const char *content_type, int64_t size,
                           const csmtp_detail::Function<int64_t(void *buffer, size_t capacity)> &read) {
    m_csmtp.AddReader(name, content_type, size, read);
  }
  // Add an image that the HTML body shows with <img src="cid:CONTENT_ID">.
  void AddInlineImage(const char *path, const char *content_id) { m_csmtp.Check(CSmtp_AddInlineImage(m_csmtp.Get(), path, content_id)); }
  void AddInlineImageData(const char *content_id, const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddInlineImageData(m_csmtp.Get(), content_id, name, content_type, data, size));
  }
  // Adds an invitation.
  void SetCalendar(const char *method, const char *calendar) { m_csmtp.Check(CSmtp_SetCalendar(m_csmtp.Get(), method, calendar)); }

  // ---- Header fields ----
  // Add a header field, and remove all added fields.
  void AddHeader(const char *name, const char *value) { m_csmtp.Check(CSmtp_AddHeader(m_csmtp.Get(), name, value)); }
  void DelHeaders() { m_csmtp.Check(CSmtp_DelHeaders(m_csmtp.Get())); }
  // Set and return the Message-ID, and set the Date, in seconds since 1970.
  void SetMessageID(const char *message_id) { m_csmtp.Check(CSmtp_SetMessageID(m_csmtp.Get(), message_id)); }
  const char *GetMessageID() const { return CSmtp_GetMessageID(m_csmtp.Get()); }
  void SetDate(int64_t seconds) { m_csmtp.Check(CSmtp_SetDate(m_csmtp.Get(), seconds)); }
  // Add an author, and set the Sender who submits the mail for several authors.
  void AddFrom(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddFrom(m_csmtp.Get(), email, name)); }
  void SetSender(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_SetSender(m_csmtp.Get(), email, name)); }
  // Set the field of the same name. "" removes it.
  void SetInReplyTo(const char *message_ids) { m_csmtp.Check(CSmtp_SetInReplyTo(m_csmtp.Get(), message_ids)); }
  void SetReferences(const char *message_ids) { m_csmtp.Check(CSmtp_SetReferences(m_csmtp.Get(), message_ids)); }
  void SetAutoSubmitted(const char *keyword) { m_csmtp.Check(CSmtp_SetAutoSubmitted(m_csmtp.Get(), keyword)); }
  void SetListUnsubscribe(const char *uris, bool one_click = false) { m_csmtp.Check(CSmtp_SetListUnsubscribe(m_csmtp.Get(), uris, one_click)); }

  // ---- Signatures ----
  // Add and remove keys for DKIM signatures. key is a text in PEM form.
  void AddDKIMKey(const char *domain, const char *selector, const char *key) { m_csmtp.Check(CSmtp_AddDKIMKey(m_csmtp.Get(), domain, selector, key)); }
  void DelDKIMKeys() { m_csmtp.Check(CSmtp_DelDKIMKeys(m_csmtp.Get())); }
  // Signs with S/MIME. certificate and key are texts in PEM form.
  void SetSMIMEKey(const char *certificate, const char *key) { m_csmtp.Check(CSmtp_SetSMIMEKey(m_csmtp.Get(), certificate, key)); }

  // ---- The message without a connection ----
  // Returns the message that Send would send.
  std::string RenderMessage() {
    const char *data = nullptr;
    size_t size = 0;
    m_csmtp.Ran(CSmtp_RenderMessage(Prepared(), &data, &size));
    return std::string(data, size);
  }
  // Writes the message that Send would send to a file.
  void SaveMessage(const char *path) { m_csmtp.Ran(CSmtp_SaveMessage(Prepared(), path)); }

  // ---- TLS ----
  // false accepts any certificate.
  void SetVerifyPeer(bool verify) { m_csmtp.SetVerifyPeer(verify); }
  // Set which certificates to trust and to present. They are validated immediately.
  void SetCAFile(const char *path) { m_csmtp.Check(CSmtp_SetCAFile(m_csmtp.Get(), path)); }
  void SetCADirectory(const char *path) { m_csmtp.Check(CSmtp_SetCADirectory(m_csmtp.Get(), path)); }
  void SetClientCertificate(const char *certificate_file, const char *key_file = nullptr) {
    m_csmtp.Check(CSmtp_SetClientCertificate(m_csmtp.Get(), certificate_file, key_file));
  }
  void SetPinnedPublicKey(const char *pins) { m_csmtp.Check(CSmtp_SetPinnedPublicKey(m_csmtp.Get(), pins)); }
  // Set the TLS versions to accept, CSMTP_TLS_..., and the name in the certificate.
  void SetTLSMinVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMinVersion(m_csmtp.Get(), version)); }
  void SetTLSMaxVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMaxVersion(m_csmtp.Get(), version)); }
  void SetTLSServerName(const char *name) { m_csmtp.Check(CSmtp_SetTLSServerName(m_csmtp.Get(), name)); }
  // Return TLS version and cipher suite, and a field, CSMTP_CERTIFICATE_..., of a
  // certificate of the server.
  const char *GetTLSInfo() const { return CSmtp_GetTLSInfo(m_csmtp.Get()); }
  const char *GetPeerCertificate(unsigned int index, int field) const { return CSmtp_GetPeerCertificate(m_csmtp.Get(), index, field); }

  // ---- Login ----
  // Set how to log in.
  void SetAuthMechanism(const char *mechanisms) { m_csmtp.Check(CSmtp_SetAuthMechanism(m_csmtp.Get(), mechanisms)); }
  void SetAuthorizationID(const char *id) { m_csmtp.Check(CSmtp_SetAuthorizationID(m_csmtp.Get(), id)); }
  void SetClearLogin(bool allow) { m_csmtp.Check(CSmtp_SetClearLogin(m_csmtp.Get(), allow)); }
  void SetAccessToken(const char *token) { m_csmtp.Check(CSmtp_SetAccessToken(m_csmtp.Get(), token)); }
  // fn returns an access token, or "" if there is none; refused is true if the
  // server refused the last one. The call that asks for a token throws what fn
  // throws. nullptr removes fn.
  void SetTokenCallback(const csmtp_detail::Function<std::string(bool refused)> &fn) {
    if (!fn) return m_csmtp.SetToken(nullptr);
    m_csmtp.SetToken(csmtp_detail::TokenSource<std::string>{fn});
  }
  // Let the library get its tokens itself, and return a replaced refresh token.
  void SetOAuth2ClientCredentials(const char *token_url, const char *client_id, const char *client_secret, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2ClientCredentials(m_csmtp.Get(), token_url, client_id, client_secret, scope));
  }
  void SetOAuth2RefreshToken(const char *token_url, const char *client_id, const char *client_secret,
                             const char *refresh_token, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2RefreshToken(m_csmtp.Get(), token_url, client_id, client_secret, refresh_token, scope));
  }
  const char *GetAuthMechanismUsed() const { return CSmtp_GetAuthMechanismUsed(m_csmtp.Get()); }
  const char *GetOAuth2RefreshToken() const { return CSmtp_GetOAuth2RefreshToken(m_csmtp.Get()); }

  // ---- Connecting ----
  // Set how to reach the server. SetTimeout takes CSMTP_TIMEOUT_... and milliseconds.
  void SetServerDomain(const char *domain) { m_csmtp.Check(CSmtp_SetServerDomain(m_csmtp.Get(), domain)); }
  void SetLocalAddress(const char *address) { m_csmtp.Check(CSmtp_SetLocalAddress(m_csmtp.Get(), address)); }
  void SetProxy(const char *url) { m_csmtp.Check(CSmtp_SetProxy(m_csmtp.Get(), url)); }
  void SetLMTP(bool lmtp = true) { m_csmtp.Check(CSmtp_SetLMTP(m_csmtp.Get(), lmtp)); }
  void SetTimeout(int step, unsigned int milliseconds) { m_csmtp.Check(CSmtp_SetTimeout(m_csmtp.Get(), step, milliseconds)); }
  // Sends NOOP. Throws CONNECTION_CLOSED without a session.
  void KeepAlive() { m_csmtp.Ran(CSmtp_KeepAlive(csmtp_detail::Mailer::Running(m_csmtp))); }
  // Return the server's address, and the service extensions of the open session.
  // GetExtension returns nullptr if the server does not offer the extension.
  const char *GetPeerAddress() const { return CSmtp_GetPeerAddress(m_csmtp.Get()); }
  const char *GetExtension(const char *name) const { return CSmtp_GetExtension(m_csmtp.Get(), name); }
  const char *GetExtensions() const { return CSmtp_GetExtensions(m_csmtp.Get()); }

  // ---- The envelope ----
  // Set the reverse-path, and whether to send to some recipients if others are refused.
  void SetEnvelopeFrom(const char *email) { m_csmtp.Check(CSmtp_SetEnvelopeFrom(m_csmtp.Get(), email)); }
  void SetPartialDelivery(bool partial = true) { m_csmtp.Check(CSmtp_SetPartialDelivery(m_csmtp.Get(), partial)); }
  // Request delivery status notifications, for all recipients or for one.
  void SetDSN(const char *notify, const char *ret = "", const char *envelope_id = "") {
    m_csmtp.Check(CSmtp_SetDSN(m_csmtp.Get(), notify, ret, envelope_id));
  }
  void SetRecipientDSN(const char *email, const char *notify, const char *original = "") {
    m_csmtp.Check(CSmtp_SetRecipientDSN(m_csmtp.Get(), email, notify, original));
  }
  // Set parameters of the mail transaction. SetChunking takes CSMTP_DATA, CSMTP_BDAT
  // or CSMTP_BINARY; times are in seconds.
  void SetChunking(int mode) { m_csmtp.Check(CSmtp_SetChunking(m_csmtp.Get(), mode)); }
  void SetRequireTLS(bool require = true) { m_csmtp.Check(CSmtp_SetRequireTLS(m_csmtp.Get(), require)); }
  void SetMTPriority(int priority) { m_csmtp.Check(CSmtp_SetMTPriority(m_csmtp.Get(), priority)); }
  void SetDeliverBy(int seconds, const char *mode) { m_csmtp.Check(CSmtp_SetDeliverBy(m_csmtp.Get(), seconds, mode)); }
  void SetHoldFor(unsigned int seconds) { m_csmtp.Check(CSmtp_SetHoldFor(m_csmtp.Get(), seconds)); }
  void SetHoldUntil(int64_t seconds) { m_csmtp.Check(CSmtp_SetHoldUntil(m_csmtp.Get(), seconds)); }

  // ---- Sending in other ways ----
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
  // Report whether the asynchronous Send has ended. They throw if it has failed.
  bool Poll() { return m_csmtp.Ended(CSmtp_Poll(m_csmtp.Get())); }
  bool Wait(unsigned int milliseconds) { return m_csmtp.Ended(CSmtp_Wait(m_csmtp.Get(), milliseconds)); }
  // Ends another thread's call on this object, which throws CANCELED.
  void Cancel() { m_csmtp.Check(CSmtp_Cancel(m_csmtp.Get())); }

  // ---- What happened, in detail ----
  // Describe the last call. GetOutcome returns CSMTP_ACCEPTED and the like, GetPhase
  // CSMTP_PHASE_... For a call that threw, ECSmtp has the same.
  int GetOutcome() const { return CSmtp_GetOutcome(m_csmtp.Get()); }
  int GetPhase() const { return CSmtp_GetPhase(m_csmtp.Get()); }
  bool IsSafeToRetry() const { return CSmtp_IsSafeToRetry(m_csmtp.Get()) != 0; }
  const char *GetLastErrorText() const { return CSmtp_GetLastErrorText(m_csmtp.Get()); }
  const char *GetLastReply() const { return CSmtp_GetLastReply(m_csmtp.Get()); }
  int GetLastReplyCode() const { return CSmtp_GetLastReplyCode(m_csmtp.Get()); }
  const char *GetLastEnhancedCode() const { return CSmtp_GetLastEnhancedCode(m_csmtp.Get()); }
  const char *GetQueueID() const { return CSmtp_GetQueueID(m_csmtp.Get()); }
  // Return the result rows of the last attempt to send, one for each recipient.
  unsigned int GetResultCount() const { return CSmtp_GetResultCount(m_csmtp.Get()); }
  const char *GetResultRecipient(unsigned int row) const { return CSmtp_GetResultRecipient(m_csmtp.Get(), row); }
  bool GetResultAccepted(unsigned int row) const { return CSmtp_GetResultAccepted(m_csmtp.Get(), row) != 0; }
  int GetResultCode(unsigned int row) const { return CSmtp_GetResultCode(m_csmtp.Get(), row); }
  const char *GetResultEnhancedCode(unsigned int row) const { return CSmtp_GetResultEnhancedCode(m_csmtp.Get(), row); }
  const char *GetResultReply(unsigned int row) const { return CSmtp_GetResultReply(m_csmtp.Get(), row); }
  // Set the callbacks. If a callback throws, the call that it is part of ends and
  // throws the same exception. nullptr removes a callback.
  void SetProgressCallback(const csmtp_detail::Function<int(int64_t sent, int64_t total)> &fn) { m_csmtp.SetProgress(fn); }
  void SetLogCallback(const csmtp_detail::Function<void(int direction, const char *line)> &fn) { m_csmtp.SetLog(fn); }
  // Appends the dialogue to a file. "" stops it.
  void SetLogFile(const char *path) { m_csmtp.Check(CSmtp_SetLogFile(m_csmtp.Get(), path)); }

 private:
  // Returns the handle, after passing m_bHTML to it.
  csmtp_detail::Mailer::Running Prepared() {
    m_csmtp.Check(CSmtp_SetHTML(m_csmtp.Get(), m_bHTML));
    return csmtp_detail::Mailer::Running(m_csmtp);
  }

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

  csmtp_detail::Mailer m_csmtp;
};

#endif // __CSMTP_H__
