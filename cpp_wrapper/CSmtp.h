// SPDX-License-Identifier: MIT
//
// Class CSmtp and its exception ECSmtp, as programs written for revisions 1.9
// to 2.4 of that class know them, over libcsmtp. Header-only, with csmtp_core.h,
// csmtp_parts.h and csmtp_legacy.h beside it, and csmtp_c.h: link libcsmtp,
// nothing of OpenSSL. csmtp_c.h describes each method, beside the function of
// the same name.
//
// Define before inclusion, in every file of the program or in some:
//   CSMTP_STRICT      leaves out `using namespace std`, the old macros and
//                     typedefs, and every system header of the old CSmtp.h
//   CSMTP_LEGACY_TLS  connections that this file makes check no certificate, as
//                     in the old class; against an attacker no better than no
//                     TLS. A call of SetVerifyPeer overrides it
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

#ifndef CSMTP_STRICT
// The old class's own table of commands; CSmtp.cpp of compat/ holds it.
enum SMTP_COMMAND : int {
  command_INIT, command_EHLO, command_AUTHPLAIN, command_AUTHLOGIN, command_AUTHCRAMMD5, command_AUTHDIGESTMD5,
  command_DIGESTMD5, command_USER, command_PASSWORD, command_MAILFROM, command_RCPTTO, command_DATA, command_DATABLOCK,
  command_DATAEND, command_QUIT, command_STARTTLS
};

typedef struct tagCommand_Entry {
  SMTP_COMMAND command;
  int send_timeout;
  int recv_timeout;
  int valid_reply_code;
  ECSmtp::CSmtpError error;
} Command_Entry;
#endif

namespace csmtp_detail {

// CSmtp::USE_TLS, as revision 1.9 spelled it. A template, so that the
// constants have a definition in a header of C++11 and can be bound to
// references.
template <typename T>
struct SecurityNames {
  typedef T security_type;
  static const T NO_SECURITY = ::NO_SECURITY;
  static const T USE_TLS = ::USE_TLS;
  static const T USE_SSL = ::USE_SSL;
  static const T DO_NOT_SET = ::DO_NOT_SET;
  static const T USE_TLS_IF_OFFERED = static_cast<T>(CSMTP_USE_TLS_IF_OFFERED); // beyond CSmtp
};
template <typename T> const T SecurityNames<T>::NO_SECURITY;
template <typename T> const T SecurityNames<T>::USE_TLS;
template <typename T> const T SecurityNames<T>::USE_SSL;
template <typename T> const T SecurityNames<T>::DO_NOT_SET;
template <typename T> const T SecurityNames<T>::USE_TLS_IF_OFFERED;

// The methods that connect, for a file compiled with CSMTP_LEGACY_TLS. They are
// functions of their own, beside those of CSmtp: if a macro changed what one
// function does, the linker would take either for the whole program. Class
// CSmtp has the same members and the same size in every file.
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

// A mailer: settings, a message, and a session when connected.
class CSmtp : public csmtp_detail::LegacyTLS<CSmtp> {
 public:
  constexpr CSmtp() noexcept : m_bHTML(false), m_csmtp() {}
  // A copy has settings, message and callbacks of its own, and no connection.
  CSmtp(const CSmtp &) = default;
  CSmtp(CSmtp &&) = default;
  CSmtp &operator=(const CSmtp &) = default;
  CSmtp &operator=(CSmtp &&) = default;
  virtual ~CSmtp() {}

  void AddRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddRecipient(m_csmtp.Get(), email, name)); }
  void AddBCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddBCCRecipient(m_csmtp.Get(), email, name)); }
  void AddCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddCCRecipient(m_csmtp.Get(), email, name)); }
  void AddAttachment(const char *path) { m_csmtp.Check(CSmtp_AddAttachment(m_csmtp.Get(), path)); }
  void AddMsgLine(const char *text) { m_csmtp.Check(CSmtp_AddMsgLine(m_csmtp.Get(), text)); }
  void ClearMessage() {
    m_csmtp.Check(CSmtp_ClearMessage(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
#ifndef CSMTP_LEGACY_TLS
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = ::DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    return Connect(true, szServer, nPort_, securityType, authenticate, login, password);
  }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::ConnectRemoteServer;
#endif
  void DisconnectRemoteServer() { m_csmtp.Ran(CSmtp_DisconnectRemoteServer(csmtp_detail::Mailer::Running(m_csmtp))); }
  void DelRecipients(void) { m_csmtp.Check(CSmtp_DelRecipients(m_csmtp.Get())); }
  void DelBCCRecipients(void) { m_csmtp.Check(CSmtp_DelBCCRecipients(m_csmtp.Get())); }
  void DelCCRecipients(void) { m_csmtp.Check(CSmtp_DelCCRecipients(m_csmtp.Get())); }
  void DelAttachments(void) {
    m_csmtp.Check(CSmtp_DelAttachments(m_csmtp.Get()));
    m_csmtp.DropReaders();
  }
  void DelMsgLines(void) { m_csmtp.Check(CSmtp_DelMsgLines(m_csmtp.Get())); }
  void DelMsgLine(unsigned int line) { m_csmtp.Check(CSmtp_DelMsgLine(m_csmtp.Get(), line)); }
  void ModMsgLine(unsigned int line, const char *text) { m_csmtp.Check(CSmtp_ModMsgLine(m_csmtp.Get(), line, text)); }
  unsigned int GetBCCRecipientCount() const { return CSmtp_GetBCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetCCRecipientCount() const { return CSmtp_GetCCRecipientCount(m_csmtp.Get()); }
  unsigned int GetRecipientCount() const { return CSmtp_GetRecipientCount(m_csmtp.Get()); }
  const char *GetLocalHostIP() const { return CSmtp_GetLocalHostIP(m_csmtp.Get()); }
  const char *GetLocalHostName() const { return CSmtp_GetLocalHostName(m_csmtp.Get()); }
  const char *GetMsgLineText(unsigned int line) const {
    const char *text = CSmtp_GetMsgLineText(m_csmtp.Get(), line);
    if (text == nullptr) m_csmtp.Check(CSMTP_OUT_OF_MSG_RANGE);
    return text;
  }
  unsigned int GetMsgLines(void) const { return CSmtp_GetMsgLines(m_csmtp.Get()); }
  const char *GetReplyTo() const { return CSmtp_GetReplyTo(m_csmtp.Get()); }
  const char *GetMailFrom() const { return CSmtp_GetMailFrom(m_csmtp.Get()); }
  const char *GetSenderName() const { return CSmtp_GetSenderName(m_csmtp.Get()); }
  const char *GetSubject() const { return CSmtp_GetSubject(m_csmtp.Get()); }
  const char *GetXMailer() const { return CSmtp_GetXMailer(m_csmtp.Get()); }
  CSmptXPriority GetXPriority() const { return static_cast<CSmptXPriority>(CSmtp_GetXPriority(m_csmtp.Get())); }
#ifndef CSMTP_LEGACY_TLS
  void Send() { SendMail(true); }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::Send;
#endif
  void SetCharSet(const char *sCharSet) { m_csmtp.Check(CSmtp_SetCharSet(m_csmtp.Get(), sCharSet)); }
  void SetLocalHostName(const char *sLocalHostName) { m_csmtp.Check(CSmtp_SetLocalHostName(m_csmtp.Get(), sLocalHostName)); }
  void SetSubject(const char *subject) { m_csmtp.Check(CSmtp_SetSubject(m_csmtp.Get(), subject)); }
  void SetSenderName(const char *name) { m_csmtp.Check(CSmtp_SetSenderName(m_csmtp.Get(), name)); }
  void SetSenderMail(const char *email) { m_csmtp.Check(CSmtp_SetSenderMail(m_csmtp.Get(), email)); }
  void SetReplyTo(const char *replyto) { m_csmtp.Check(CSmtp_SetReplyTo(m_csmtp.Get(), replyto)); }
  void SetReadReceipt(bool requestReceipt = true) { m_csmtp.Check(CSmtp_SetReadReceipt(m_csmtp.Get(), requestReceipt)); }
  void SetXMailer(const char *xmailer) { m_csmtp.Check(CSmtp_SetXMailer(m_csmtp.Get(), xmailer)); }
  void SetLogin(const char *login) { m_csmtp.Check(CSmtp_SetLogin(m_csmtp.Get(), login)); }
  void SetPassword(const char *password) { m_csmtp.Check(CSmtp_SetPassword(m_csmtp.Get(), password)); }
  void SetXPriority(CSmptXPriority priority) { m_csmtp.Check(CSmtp_SetXPriority(m_csmtp.Get(), priority)); }
  void SetSMTPServer(const char *server, const unsigned short port = 0, bool authenticate = true) {
    m_csmtp.Check(CSmtp_SetSMTPServer(m_csmtp.Get(), server, port, authenticate));
  }
  SMTP_SECURITY_TYPE GetSecurityType() const { return static_cast<SMTP_SECURITY_TYPE>(CSmtp_GetSecurityType(m_csmtp.Get())); }
  void SetSecurityType(SMTP_SECURITY_TYPE type) { m_csmtp.Check(CSmtp_SetSecurityType(m_csmtp.Get(), type)); }

  bool m_bHTML; // the lines are HTML

  // ======== Beyond CSmtp ========

  // Body and parts
  void SetTextBody(const char *text) { m_csmtp.Check(CSmtp_SetTextBody(m_csmtp.Get(), text)); }
  void SetHTMLBody(const char *html) { m_csmtp.Check(CSmtp_SetHTMLBody(m_csmtp.Get(), html)); }
  void SetFlowed(bool flowed = true) { m_csmtp.Check(CSmtp_SetFlowed(m_csmtp.Get(), flowed)); }
  void SetEightBit(bool eight_bit = true) { m_csmtp.Check(CSmtp_SetEightBit(m_csmtp.Get(), eight_bit)); }
  void AddAttachmentAs(const char *path, const char *name, const char *content_type = nullptr) {
    m_csmtp.Check(CSmtp_AddAttachmentAs(m_csmtp.Get(), path, name, content_type));
  }
  void AddAttachmentData(const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddAttachmentData(m_csmtp.Get(), name, content_type, data, size));
  }
  // What read throws comes out of the call that reads; capacity 0: start again.
  void AddAttachmentReader(const char *name, const char *content_type, int64_t size,
                           const csmtp_detail::Function<int64_t(void *buffer, size_t capacity)> &read) {
    m_csmtp.AddReader(name, content_type, size, read);
  }
  void AddInlineImage(const char *path, const char *content_id) { m_csmtp.Check(CSmtp_AddInlineImage(m_csmtp.Get(), path, content_id)); }
  void AddInlineImageData(const char *content_id, const char *name, const char *content_type, const void *data, size_t size) {
    m_csmtp.Check(CSmtp_AddInlineImageData(m_csmtp.Get(), content_id, name, content_type, data, size));
  }
  void SetCalendar(const char *method, const char *calendar) { m_csmtp.Check(CSmtp_SetCalendar(m_csmtp.Get(), method, calendar)); }

  // Header fields
  void AddHeader(const char *name, const char *value) { m_csmtp.Check(CSmtp_AddHeader(m_csmtp.Get(), name, value)); }
  void DelHeaders() { m_csmtp.Check(CSmtp_DelHeaders(m_csmtp.Get())); }
  void SetMessageID(const char *message_id) { m_csmtp.Check(CSmtp_SetMessageID(m_csmtp.Get(), message_id)); }
  const char *GetMessageID() const { return CSmtp_GetMessageID(m_csmtp.Get()); }
  void SetDate(int64_t seconds) { m_csmtp.Check(CSmtp_SetDate(m_csmtp.Get(), seconds)); }
  void AddFrom(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddFrom(m_csmtp.Get(), email, name)); }
  void SetSender(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_SetSender(m_csmtp.Get(), email, name)); }
  void SetInReplyTo(const char *message_ids) { m_csmtp.Check(CSmtp_SetInReplyTo(m_csmtp.Get(), message_ids)); }
  void SetReferences(const char *message_ids) { m_csmtp.Check(CSmtp_SetReferences(m_csmtp.Get(), message_ids)); }
  void SetAutoSubmitted(const char *keyword) { m_csmtp.Check(CSmtp_SetAutoSubmitted(m_csmtp.Get(), keyword)); }
  void SetListUnsubscribe(const char *uris, bool one_click = false) { m_csmtp.Check(CSmtp_SetListUnsubscribe(m_csmtp.Get(), uris, one_click)); }

  // Signatures
  void AddDKIMKey(const char *domain, const char *selector, const char *key) { m_csmtp.Check(CSmtp_AddDKIMKey(m_csmtp.Get(), domain, selector, key)); }
  void DelDKIMKeys() { m_csmtp.Check(CSmtp_DelDKIMKeys(m_csmtp.Get())); }
  void SetSMIMEKey(const char *certificate, const char *key) { m_csmtp.Check(CSmtp_SetSMIMEKey(m_csmtp.Get(), certificate, key)); }

  // The message without a connection
  std::string RenderMessage() {
    const char *data = nullptr;
    size_t size = 0;
    m_csmtp.Ran(CSmtp_RenderMessage(Prepared(), &data, &size));
    return std::string(data, size);
  }
  void SaveMessage(const char *path) { m_csmtp.Ran(CSmtp_SaveMessage(Prepared(), path)); }

  // TLS
  void SetVerifyPeer(bool verify) { m_csmtp.SetVerifyPeer(verify); }
  void SetCAFile(const char *path) { m_csmtp.Check(CSmtp_SetCAFile(m_csmtp.Get(), path)); }
  void SetCADirectory(const char *path) { m_csmtp.Check(CSmtp_SetCADirectory(m_csmtp.Get(), path)); }
  void SetClientCertificate(const char *certificate_file, const char *key_file = nullptr) {
    m_csmtp.Check(CSmtp_SetClientCertificate(m_csmtp.Get(), certificate_file, key_file));
  }
  void SetPinnedPublicKey(const char *pins) { m_csmtp.Check(CSmtp_SetPinnedPublicKey(m_csmtp.Get(), pins)); }
  void SetTLSMinVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMinVersion(m_csmtp.Get(), version)); }
  void SetTLSMaxVersion(int version) { m_csmtp.Check(CSmtp_SetTLSMaxVersion(m_csmtp.Get(), version)); }
  void SetTLSServerName(const char *name) { m_csmtp.Check(CSmtp_SetTLSServerName(m_csmtp.Get(), name)); }
  const char *GetTLSInfo() const { return CSmtp_GetTLSInfo(m_csmtp.Get()); }
  const char *GetPeerCertificate(unsigned int index, int field) const { return CSmtp_GetPeerCertificate(m_csmtp.Get(), index, field); }

  // Login
  void SetAuthMechanism(const char *mechanisms) { m_csmtp.Check(CSmtp_SetAuthMechanism(m_csmtp.Get(), mechanisms)); }
  void SetAuthorizationID(const char *id) { m_csmtp.Check(CSmtp_SetAuthorizationID(m_csmtp.Get(), id)); }
  void SetClearLogin(bool allow) { m_csmtp.Check(CSmtp_SetClearLogin(m_csmtp.Get(), allow)); }
  void SetAccessToken(const char *token) { m_csmtp.Check(CSmtp_SetAccessToken(m_csmtp.Get(), token)); }
  // Gives a token, or "" for none. What it throws comes out of the call that asked.
  void SetTokenCallback(const csmtp_detail::Function<std::string(bool refused)> &fn) {
    if (!fn) return m_csmtp.SetToken(nullptr);
    m_csmtp.SetToken(csmtp_detail::TokenSource<std::string>{fn});
  }
  void SetOAuth2ClientCredentials(const char *token_url, const char *client_id, const char *client_secret, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2ClientCredentials(m_csmtp.Get(), token_url, client_id, client_secret, scope));
  }
  void SetOAuth2RefreshToken(const char *token_url, const char *client_id, const char *client_secret,
                             const char *refresh_token, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2RefreshToken(m_csmtp.Get(), token_url, client_id, client_secret, refresh_token, scope));
  }
  const char *GetAuthMechanismUsed() const { return CSmtp_GetAuthMechanismUsed(m_csmtp.Get()); }
  const char *GetOAuth2RefreshToken() const { return CSmtp_GetOAuth2RefreshToken(m_csmtp.Get()); }

  // Connecting
  void SetServerDomain(const char *domain) { m_csmtp.Check(CSmtp_SetServerDomain(m_csmtp.Get(), domain)); }
  void SetLocalAddress(const char *address) { m_csmtp.Check(CSmtp_SetLocalAddress(m_csmtp.Get(), address)); }
  void SetProxy(const char *url) { m_csmtp.Check(CSmtp_SetProxy(m_csmtp.Get(), url)); }
  void SetLMTP(bool lmtp = true) { m_csmtp.Check(CSmtp_SetLMTP(m_csmtp.Get(), lmtp)); }
  void SetTimeout(int step, unsigned int milliseconds) { m_csmtp.Check(CSmtp_SetTimeout(m_csmtp.Get(), step, milliseconds)); }
  void KeepAlive() { m_csmtp.Ran(CSmtp_KeepAlive(csmtp_detail::Mailer::Running(m_csmtp))); }
  const char *GetPeerAddress() const { return CSmtp_GetPeerAddress(m_csmtp.Get()); }
  const char *GetExtension(const char *name) const { return CSmtp_GetExtension(m_csmtp.Get(), name); }
  const char *GetExtensions() const { return CSmtp_GetExtensions(m_csmtp.Get()); }

  // The envelope
  void SetEnvelopeFrom(const char *email) { m_csmtp.Check(CSmtp_SetEnvelopeFrom(m_csmtp.Get(), email)); }
  void SetPartialDelivery(bool partial = true) { m_csmtp.Check(CSmtp_SetPartialDelivery(m_csmtp.Get(), partial)); }
  void SetDSN(const char *notify, const char *ret = "", const char *envelope_id = "") {
    m_csmtp.Check(CSmtp_SetDSN(m_csmtp.Get(), notify, ret, envelope_id));
  }
  void SetRecipientDSN(const char *email, const char *notify, const char *original = "") {
    m_csmtp.Check(CSmtp_SetRecipientDSN(m_csmtp.Get(), email, notify, original));
  }
  void SetChunking(int mode) { m_csmtp.Check(CSmtp_SetChunking(m_csmtp.Get(), mode)); }
  void SetRequireTLS(bool require = true) { m_csmtp.Check(CSmtp_SetRequireTLS(m_csmtp.Get(), require)); }
  void SetMTPriority(int priority) { m_csmtp.Check(CSmtp_SetMTPriority(m_csmtp.Get(), priority)); }
  void SetDeliverBy(int seconds, const char *mode) { m_csmtp.Check(CSmtp_SetDeliverBy(m_csmtp.Get(), seconds, mode)); }
  void SetHoldFor(unsigned int seconds) { m_csmtp.Check(CSmtp_SetHoldFor(m_csmtp.Get(), seconds)); }
  void SetHoldUntil(int64_t seconds) { m_csmtp.Check(CSmtp_SetHoldUntil(m_csmtp.Get(), seconds)); }

  // Sending in other ways
#ifndef CSMTP_LEGACY_TLS
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    SendOctets(true, data, size, from, recipients);
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    SendFile(true, path, from, recipients);
  }
  // Many mails over the connection of this one, which is not one of them; see
  // CSmtp_SendBatch. Throws the first error when not all were accepted; results
  // has the number of each, and each mail its outcome.
  void SendBatch(const std::vector<CSmtp *> &mails, std::vector<int> *results = nullptr) { SendMails(true, mails, results); }
  // fn is told the number on a thread of the library's; what it throws comes
  // out of Poll or Wait. It has returned when they say that the Send has ended,
  // and when the object is destroyed, which may also be done in it.
  void SendAsync(const csmtp_detail::Function<void(int error)> &fn = nullptr) { Start(true, fn); }
#else
  using csmtp_detail::LegacyTLS<CSmtp>::SendRaw;
  using csmtp_detail::LegacyTLS<CSmtp>::SendRawFile;
  using csmtp_detail::LegacyTLS<CSmtp>::SendBatch;
  using csmtp_detail::LegacyTLS<CSmtp>::SendAsync;
#endif
  // Whether the asynchronous Send has ended; a failure of it is thrown.
  bool Poll() { return m_csmtp.Ended(CSmtp_Poll(m_csmtp.Get())); }
  bool Wait(unsigned int milliseconds) { return m_csmtp.Ended(CSmtp_Wait(m_csmtp.Get(), milliseconds)); }
  void Cancel() { m_csmtp.Check(CSmtp_Cancel(m_csmtp.Get())); }

  // What happened, in detail
  int GetOutcome() const { return CSmtp_GetOutcome(m_csmtp.Get()); }
  int GetPhase() const { return CSmtp_GetPhase(m_csmtp.Get()); }
  bool IsSafeToRetry() const { return CSmtp_IsSafeToRetry(m_csmtp.Get()) != 0; }
  const char *GetLastErrorText() const { return CSmtp_GetLastErrorText(m_csmtp.Get()); }
  const char *GetLastReply() const { return CSmtp_GetLastReply(m_csmtp.Get()); }
  int GetLastReplyCode() const { return CSmtp_GetLastReplyCode(m_csmtp.Get()); }
  const char *GetLastEnhancedCode() const { return CSmtp_GetLastEnhancedCode(m_csmtp.Get()); }
  const char *GetQueueID() const { return CSmtp_GetQueueID(m_csmtp.Get()); }
  unsigned int GetResultCount() const { return CSmtp_GetResultCount(m_csmtp.Get()); }
  const char *GetResultRecipient(unsigned int row) const { return CSmtp_GetResultRecipient(m_csmtp.Get(), row); }
  bool GetResultAccepted(unsigned int row) const { return CSmtp_GetResultAccepted(m_csmtp.Get(), row) != 0; }
  int GetResultCode(unsigned int row) const { return CSmtp_GetResultCode(m_csmtp.Get(), row); }
  const char *GetResultEnhancedCode(unsigned int row) const { return CSmtp_GetResultEnhancedCode(m_csmtp.Get(), row); }
  const char *GetResultReply(unsigned int row) const { return CSmtp_GetResultReply(m_csmtp.Get(), row); }
  // What these throw ends the call that they are part of, and comes out of it.
  void SetProgressCallback(const csmtp_detail::Function<int(int64_t sent, int64_t total)> &fn) { m_csmtp.SetProgress(fn); }
  void SetLogCallback(const csmtp_detail::Function<void(int direction, const char *line)> &fn) { m_csmtp.SetLog(fn); }
  void SetLogFile(const char *path) { m_csmtp.Check(CSmtp_SetLogFile(m_csmtp.Get(), path)); }

 private:
  // The handle, told what m_bHTML says now.
  csmtp_detail::Mailer::Running Prepared() {
    m_csmtp.Check(CSmtp_SetHTML(m_csmtp.Get(), m_bHTML));
    return csmtp_detail::Mailer::Running(m_csmtp);
  }

  // The methods that connect; check says whether the file that calls wants
  // certificates checked.
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
    // What the callbacks of the mails threw comes before the batch's error.
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
