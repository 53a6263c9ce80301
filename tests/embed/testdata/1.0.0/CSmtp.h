// SPDX-License-Identifier: MIT
//
// Class CSmtp and its exception ECSmtp, as programs written for revisions 1.9
// to 2.4 of that class know them, over libcsmtp. Header-only, with csmtp_core.h
// and csmtp_c.h beside it: link libcsmtp, nothing of OpenSSL. What each method
// does is told in csmtp_c.h, beside the function of the same name.
//
// Define before inclusion, for every file of the program alike:
//   CSMTP_STRICT      leaves out `using namespace std`, the old macros and
//                     typedefs, and every system header of the old CSmtp.h
//   CSMTP_LEGACY_TLS  checks no certificate, as the old class did; as good as
//                     no TLS against an attacker
#pragma once
#ifndef __CSMTP_H__
#define __CSMTP_H__

#include <functional>
#include <string>

#include "csmtp_core.h"

#ifndef CSMTP_STRICT
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <fstream>
#include <iostream>

#if defined(_WIN32)
#include <winsock2.h>
#if defined(_MSC_VER)
#pragma comment(lib, "ws2_32.lib")
#if _MSC_VER < 1400
#define snprintf _snprintf
#elif _MSC_VER < 1900 // later ones have the function, and refuse the macro
#define snprintf sprintf_s
#endif
#endif
#else
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <unistd.h>
#if defined(__linux__) && !defined(LINUX)
#define LINUX
#endif
#ifndef SOCKET_ERROR
#define SOCKET_ERROR -1
#endif
#ifndef INVALID_SOCKET
#define INVALID_SOCKET -1
#endif
#ifndef HAVE__STRNICMP
#define HAVE__STRNICMP
#endif
#ifndef _strnicmp
#define _strnicmp strncasecmp
#endif
#ifndef OutputDebugStringA
#define OutputDebugStringA(buf)
#endif
typedef unsigned short WORD;
typedef int SOCKET;
typedef struct sockaddr_in SOCKADDR_IN;
typedef struct hostent *LPHOSTENT;
typedef struct servent *LPSERVENT;
typedef struct in_addr *LPIN_ADDR;
typedef struct sockaddr *LPSOCKADDR;
#endif

#ifndef TIME_IN_SEC
#define TIME_IN_SEC 3*60
#endif
#ifndef BUFFER_SIZE
#define BUFFER_SIZE 10240
#endif
#ifndef MSG_SIZE_IN_MB
#define MSG_SIZE_IN_MB 25
#endif
#ifndef COUNTER_VALUE
#define COUNTER_VALUE 100
#endif
const char BOUNDARY_TEXT[] = "__MESSAGE__ID__54yg6f6h6y456345";

// Only the class MD5 of this library's own companion: an md5.h found along the
// include path may be anyone's.
#if defined(__has_include)
#if __has_include("compat/md5.h")
#include "compat/md5.h"
#endif
#endif
using namespace std;

// Those programs catch ECSmtp by value, from the time when it had no base.
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 8
#pragma GCC diagnostic ignored "-Wcatch-value"
#endif
#endif // CSMTP_STRICT

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

} // namespace csmtp_detail

// A mailer: settings, a message, and a session when connected.
class CSmtp : public csmtp_detail::SecurityNames<SMTP_SECURITY_TYPE> {
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
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0,
                           SMTP_SECURITY_TYPE securityType = ::DO_NOT_SET, bool authenticate = true,
                           const char *login = nullptr, const char *password = nullptr) {
    m_csmtp.Ran(CSmtp_ConnectRemoteServer(m_csmtp.Get(), szServer, nPort_, securityType, authenticate, login, password));
    return true;
  }
  void DisconnectRemoteServer() { m_csmtp.Ran(CSmtp_DisconnectRemoteServer(m_csmtp.Get())); }
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
  void Send() { m_csmtp.Ran(CSmtp_Send(Prepared())); }
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
                           const std::function<int64_t(void *buffer, size_t capacity)> &read) {
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
  void SetVerifyPeer(bool verify) { m_csmtp.Check(CSmtp_SetVerifyPeer(m_csmtp.Get(), verify)); }
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
  void SetTokenCallback(const std::function<std::string(bool refused)> &fn) { m_csmtp.SetToken(fn); }
  void SetOAuth2ClientCredentials(const char *token_url, const char *client_id, const char *client_secret, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2ClientCredentials(m_csmtp.Get(), token_url, client_id, client_secret, scope));
  }
  void SetOAuth2RefreshToken(const char *token_url, const char *client_id, const char *client_secret,
                             const char *refresh_token, const char *scope) {
    m_csmtp.Check(CSmtp_SetOAuth2RefreshToken(m_csmtp.Get(), token_url, client_id, client_secret, refresh_token, scope));
  }
  const char *GetOAuth2RefreshToken() const { return CSmtp_GetOAuth2RefreshToken(m_csmtp.Get()); }

  // Connecting
  void SetServerDomain(const char *domain) { m_csmtp.Check(CSmtp_SetServerDomain(m_csmtp.Get(), domain)); }
  void SetLocalAddress(const char *address) { m_csmtp.Check(CSmtp_SetLocalAddress(m_csmtp.Get(), address)); }
  void SetProxy(const char *url) { m_csmtp.Check(CSmtp_SetProxy(m_csmtp.Get(), url)); }
  void SetLMTP(bool lmtp = true) { m_csmtp.Check(CSmtp_SetLMTP(m_csmtp.Get(), lmtp)); }
  void SetTimeout(int step, unsigned int milliseconds) { m_csmtp.Check(CSmtp_SetTimeout(m_csmtp.Get(), step, milliseconds)); }
  void KeepAlive() { m_csmtp.Ran(CSmtp_KeepAlive(m_csmtp.Get())); }
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
  void SendRaw(const void *data, size_t size, const char *from = nullptr, const char *recipients = nullptr) {
    m_csmtp.Ran(CSmtp_SendRaw(m_csmtp.Get(), data, size, from, recipients));
  }
  void SendRawFile(const char *path, const char *from = nullptr, const char *recipients = nullptr) {
    m_csmtp.Ran(CSmtp_SendRawFile(m_csmtp.Get(), path, from, recipients));
  }
  // Many mails over the connection of this one, which is not one of them; see
  // CSmtp_SendBatch. Throws the first error when not all were accepted; results
  // has the number of each, and each mail its outcome.
  void SendBatch(const std::vector<CSmtp *> &mails, std::vector<int> *results = nullptr) {
    std::vector<const csmtp_detail::Mailer *> all;
    for (CSmtp *mail : mails) {
      mail->Prepared();
      all.push_back(&mail->m_csmtp);
    }
    m_csmtp.SendBatch(all, results);
  }
  // fn is told the number on a thread of the library's; what it throws comes
  // out of Poll or Wait.
  void SendAsync(const std::function<void(int error)> &fn = nullptr) {
    Prepared();
    m_csmtp.SendAsync(fn);
  }
  // Whether the asynchronous Send has ended; a failure of it is thrown.
  bool Poll() { return m_csmtp.Ended(CSmtp_Poll(m_csmtp.Get())); }
  bool Wait(unsigned int milliseconds) { return m_csmtp.Ended(CSmtp_Wait(m_csmtp.Get(), milliseconds)); }
  void Cancel() { m_csmtp.Check(CSmtp_Cancel(m_csmtp.Get())); }

  // What happened, in detail
  int GetOutcome() const { return CSmtp_GetOutcome(m_csmtp.Get()); }
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
  void SetProgressCallback(const std::function<int(int64_t sent, int64_t total)> &fn) { m_csmtp.SetProgress(fn); }
  void SetLogCallback(const std::function<void(int direction, const char *line)> &fn) { m_csmtp.SetLog(fn); }
  void SetLogFile(const char *path) { m_csmtp.Check(CSmtp_SetLogFile(m_csmtp.Get(), path)); }

 private:
  // The handle, told what m_bHTML says now.
  CSmtpHandle Prepared() {
    m_csmtp.Check(CSmtp_SetHTML(m_csmtp.Get(), m_bHTML));
    return m_csmtp.Get();
  }

  csmtp_detail::Mailer m_csmtp;
};

#endif // __CSMTP_H__
