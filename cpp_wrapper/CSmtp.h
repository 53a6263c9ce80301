// SPDX-License-Identifier: MIT
//
// Class CSmtp and its exception ECSmtp, as programs written for revisions 1.9
// to 2.4 of that class know them, over libcsmtp. Header-only: link libcsmtp,
// nothing of OpenSSL. What each method does is told in csmtp_c.h, beside the
// function of the same name.
//
// Define before inclusion, for every file of the program alike:
//   CSMTP_STRICT      leaves out `using namespace std`, the old macros and
//                     typedefs, and every system header of the old CSmtp.h
//   CSMTP_LEGACY_TLS  checks no certificate, as the old class did; as good as
//                     no TLS against an attacker
#pragma once
#ifndef __CSMTP_H__
#define __CSMTP_H__

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "csmtp_c.h"

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
#include <vector>

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

// What CSmtp throws. One made by hand from a number knows that number's
// sentence and no more.
class ECSmtp : public std::exception {
 public:
#if defined(__clang__)
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wshadow" // csmtp_c.h has a CSMTP_NO_ERROR too, of the same value
#endif
  enum CSmtpError : int {
    CSMTP_NO_ERROR = 0,
    WSA_STARTUP = 100,
    WSA_VER,
    WSA_SEND,
    WSA_RECV,
    WSA_CONNECT,
    WSA_GETHOSTBY_NAME_ADDR,
    WSA_INVALID_SOCKET,
    WSA_HOSTNAME,
    WSA_IOCTLSOCKET,
    WSA_SELECT,
    BAD_IPV4_ADDR,
    UNDEF_MSG_HEADER = 200,
    UNDEF_MAIL_FROM,
    UNDEF_SUBJECT,
    UNDEF_RECIPIENTS,
    UNDEF_LOGIN,
    UNDEF_PASSWORD,
    BAD_LOGIN_PASSWORD,
    BAD_DIGEST_RESPONSE,
    BAD_SERVER_NAME,
    UNDEF_RECIPIENT_MAIL,
    COMMAND_MAIL_FROM = 300,
    COMMAND_EHLO,
    COMMAND_AUTH_PLAIN,
    COMMAND_AUTH_LOGIN,
    COMMAND_AUTH_CRAMMD5,
    COMMAND_AUTH_DIGESTMD5,
    COMMAND_DIGESTMD5,
    COMMAND_DATA,
    COMMAND_QUIT,
    COMMAND_RCPT_TO,
    MSG_BODY_ERROR,
    CONNECTION_CLOSED = 400,
    SERVER_NOT_READY,
    SERVER_NOT_RESPONDING,
    SELECT_TIMEOUT,
    FILE_NOT_EXIST,
    MSG_TOO_BIG,
    BAD_LOGIN_PASS,
    UNDEF_XYZ_RESPONSE,
    LACK_OF_MEMORY,
    TIME_ERROR,
    RECVBUF_IS_EMPTY,
    SENDBUF_IS_EMPTY,
    OUT_OF_MSG_RANGE,
    COMMAND_EHLO_STARTTLS,
    SSL_PROBLEM,
    COMMAND_DATABLOCK,
    STARTTLS_NOT_SUPPORTED,
    LOGIN_NOT_SUPPORTED,
    // Beyond CSmtp
    BAD_HANDLE = 900,
    FORKED,
    BAD_ARGUMENT,
    BAD_INPUT,
    CANCELED,
    BUSY,
    NOT_OFFERED,
    NO_TOKEN,
    CANNOT_START,
    BAD_CONFIG,
    INTERNAL = 999
  };
#if defined(__clang__)
#pragma clang diagnostic pop
#endif

  ECSmtp(CSmtpError err_) noexcept : m_error(err_), m_detail() {}
  // The error number of a call on h that has just failed, with all that the
  // library knows about it.
  ECSmtp(CSmtpHandle h, int error) : m_error(static_cast<CSmtpError>(error)), m_detail(Ask(h, error)) {}

  CSmtpError GetErrorNum(void) const noexcept { return m_error; }
  // The sentence of the number, and, of an exception that CSmtp threw, what
  // was being done and what the server said to it.
  std::string GetErrorText(void) const { return what(); }
  const char *what() const noexcept override {
    return m_detail ? m_detail->text.c_str() : CSmtp_GetErrorText(m_error);
  }

  // Beyond CSmtp
  std::string GetReply() const { return m_detail ? m_detail->reply : std::string(); }
  int GetReplyCode() const noexcept { return m_detail ? m_detail->reply_code : 0; }
  std::string GetEnhancedCode() const { return m_detail ? m_detail->enhanced_code : std::string(); }
  int GetOutcome() const noexcept { return m_detail ? m_detail->outcome : static_cast<int>(CSMTP_NOT_SENT); }
  bool IsSafeToRetry() const noexcept { return m_detail && m_detail->safe_to_retry; }

 private:
  struct Detail {
    std::string text, reply, enhanced_code;
    int reply_code, outcome;
    bool safe_to_retry;
  };
  static std::shared_ptr<const Detail> Ask(CSmtpHandle h, int error) {
    const char *sentence = CSmtp_GetErrorText(error);
    // A call whose handle is of no use leaves its error with handle 0.
    if (CSmtp_GetLastError(h) != error) h = 0;
    const bool known = CSmtp_GetLastError(h) == error;
    const std::string detail = known ? CSmtp_GetLastErrorText(h) : "";
    Detail d = {sentence, "", "", 0, CSMTP_NOT_SENT, false};
    if (!detail.empty() && detail != sentence) d.text += " " + detail;
    if (known && h != 0) {
      d.reply = CSmtp_GetLastReply(h);
      d.enhanced_code = CSmtp_GetLastEnhancedCode(h);
      d.reply_code = CSmtp_GetLastReplyCode(h);
      d.outcome = CSmtp_GetOutcome(h);
      d.safe_to_retry = CSmtp_IsSafeToRetry(h) != 0;
    }
    return std::make_shared<const Detail>(d);
  }

  CSmtpError m_error;
  std::shared_ptr<const Detail> m_detail; // shared, so that copying an exception cannot fail
};

#ifndef CSMTP_STRICT
// The old class's own table of commands; CSmtp.cpp of compat/ holds it.
enum SMTP_COMMAND : int {
  command_INIT,
  command_EHLO,
  command_AUTHPLAIN,
  command_AUTHLOGIN,
  command_AUTHCRAMMD5,
  command_AUTHDIGESTMD5,
  command_DIGESTMD5,
  command_USER,
  command_PASSWORD,
  command_MAILFROM,
  command_RCPTTO,
  command_DATA,
  command_DATABLOCK,
  command_DATAEND,
  command_QUIT,
  command_STARTTLS
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

// A handle that is taken at its first use, so that an object made before
// fork() starts nothing, and is cloned when copied.
class Handle {
 public:
  constexpr Handle() noexcept : m_handle(0) {}
  Handle(const Handle &other) : m_handle(0) {
    const CSmtpHandle theirs = other.m_handle.load();
    if (theirs != 0) m_handle.store(Must(CSmtp_Clone(theirs)));
  }
  Handle(Handle &&other) noexcept : m_handle(other.m_handle.exchange(0)) {}
  Handle &operator=(const Handle &other) { return *this = Handle(other); }
  Handle &operator=(Handle &&other) noexcept {
    if (this != &other) CSmtp_Free(m_handle.exchange(other.m_handle.exchange(0)));
    return *this;
  }
  ~Handle() {
    const CSmtpHandle h = m_handle.load();
    if (h != 0) CSmtp_Free(h);
  }

  CSmtpHandle Get() const {
    const CSmtpHandle h = m_handle.load(std::memory_order_acquire);
    return h != 0 ? h : Take();
  }
  void Check(int error) const {
    if (error != 0) throw ECSmtp(m_handle.load(), error);
  }

 private:
  static CSmtpHandle Must(CSmtpHandle h) {
    if (h == 0) throw ECSmtp(0, CSmtp_GetLastError(0));
    return h;
  }
  CSmtpHandle Take() const {
    const CSmtpHandle fresh = Must(CSmtp_New());
#ifdef CSMTP_LEGACY_TLS
    CSmtp_SetVerifyPeer(fresh, 0);
#endif
    CSmtpHandle current = 0;
    if (m_handle.compare_exchange_strong(current, fresh)) return fresh;
    CSmtp_Free(fresh); // another thread was quicker
    return current;
  }

  mutable std::atomic<CSmtpHandle> m_handle;
};

} // namespace csmtp_detail

class CSmtp : public csmtp_detail::SecurityNames<SMTP_SECURITY_TYPE> {
 public:
  constexpr CSmtp() noexcept : m_bHTML(false), m_csmtp() {}
  CSmtp(const CSmtp &) = default; // settings and message, not the connection
  CSmtp(CSmtp &&) = default;
  CSmtp &operator=(const CSmtp &) = default;
  CSmtp &operator=(CSmtp &&) = default;
  virtual ~CSmtp() {}

  void AddRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddRecipient(m_csmtp.Get(), email, name)); }
  void AddBCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddBCCRecipient(m_csmtp.Get(), email, name)); }
  void AddCCRecipient(const char *email, const char *name = nullptr) { m_csmtp.Check(CSmtp_AddCCRecipient(m_csmtp.Get(), email, name)); }
  void AddAttachment(const char *path) { m_csmtp.Check(CSmtp_AddAttachment(m_csmtp.Get(), path)); }
  void AddMsgLine(const char *text) { m_csmtp.Check(CSmtp_AddMsgLine(m_csmtp.Get(), text)); }
  void ClearMessage() { m_csmtp.Check(CSmtp_ClearMessage(m_csmtp.Get())); }
  bool ConnectRemoteServer(const char *szServer, const unsigned short nPort_ = 0, SMTP_SECURITY_TYPE securityType = ::DO_NOT_SET,
                           bool authenticate = true, const char *login = nullptr, const char *password = nullptr) {
    m_csmtp.Check(CSmtp_ConnectRemoteServer(m_csmtp.Get(), szServer, nPort_, securityType, authenticate, login, password));
    return true;
  }
  void DisconnectRemoteServer() { m_csmtp.Check(CSmtp_DisconnectRemoteServer(m_csmtp.Get())); }
  void DelRecipients(void) { m_csmtp.Check(CSmtp_DelRecipients(m_csmtp.Get())); }
  void DelBCCRecipients(void) { m_csmtp.Check(CSmtp_DelBCCRecipients(m_csmtp.Get())); }
  void DelCCRecipients(void) { m_csmtp.Check(CSmtp_DelCCRecipients(m_csmtp.Get())); }
  void DelAttachments(void) { m_csmtp.Check(CSmtp_DelAttachments(m_csmtp.Get())); }
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
  void Send() {
    CSmtp_SetHTML(m_csmtp.Get(), m_bHTML);
    m_csmtp.Check(CSmtp_Send(m_csmtp.Get()));
  }
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

  // ---- Beyond CSmtp ----

  void SetVerifyPeer(bool verify) { m_csmtp.Check(CSmtp_SetVerifyPeer(m_csmtp.Get(), verify)); }
  void SetCAFile(const char *path) { m_csmtp.Check(CSmtp_SetCAFile(m_csmtp.Get(), path)); }
  void SetAuthMechanism(const char *mechanisms) { m_csmtp.Check(CSmtp_SetAuthMechanism(m_csmtp.Get(), mechanisms)); }
  void SetTimeout(int step, unsigned int milliseconds) { m_csmtp.Check(CSmtp_SetTimeout(m_csmtp.Get(), step, milliseconds)); }
  void Cancel() { m_csmtp.Check(CSmtp_Cancel(m_csmtp.Get())); }
  void SetPartialDelivery(bool partial) { m_csmtp.Check(CSmtp_SetPartialDelivery(m_csmtp.Get(), partial)); }
  bool IsSafeToRetry() const { return CSmtp_IsSafeToRetry(m_csmtp.Get()) != 0; }
  int GetOutcome() const { return CSmtp_GetOutcome(m_csmtp.Get()); }
  const char *GetLastReply() const { return CSmtp_GetLastReply(m_csmtp.Get()); }
  int GetLastReplyCode() const { return CSmtp_GetLastReplyCode(m_csmtp.Get()); }
  const char *GetLastEnhancedCode() const { return CSmtp_GetLastEnhancedCode(m_csmtp.Get()); }

 private:
  csmtp_detail::Handle m_csmtp;
};

#endif // __CSMTP_H__
