// SPDX-License-Identifier: MIT
//
// csmtp_core.h: the exception ECSmtp, and what class CSmtp is made of. Programs
// include CSmtp.h.
#ifndef CSMTP_CORE_H
#define CSMTP_CORE_H

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "csmtp_c.h"

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
    WSA_STARTUP = 100, WSA_VER, WSA_SEND, WSA_RECV, WSA_CONNECT, WSA_GETHOSTBY_NAME_ADDR, WSA_INVALID_SOCKET,
    WSA_HOSTNAME, WSA_IOCTLSOCKET, WSA_SELECT, BAD_IPV4_ADDR,
    UNDEF_MSG_HEADER = 200, UNDEF_MAIL_FROM, UNDEF_SUBJECT, UNDEF_RECIPIENTS, UNDEF_LOGIN, UNDEF_PASSWORD,
    BAD_LOGIN_PASSWORD, BAD_DIGEST_RESPONSE, BAD_SERVER_NAME, UNDEF_RECIPIENT_MAIL,
    COMMAND_MAIL_FROM = 300, COMMAND_EHLO, COMMAND_AUTH_PLAIN, COMMAND_AUTH_LOGIN, COMMAND_AUTH_CRAMMD5,
    COMMAND_AUTH_DIGESTMD5, COMMAND_DIGESTMD5, COMMAND_DATA, COMMAND_QUIT, COMMAND_RCPT_TO, MSG_BODY_ERROR,
    CONNECTION_CLOSED = 400, SERVER_NOT_READY, SERVER_NOT_RESPONDING, SELECT_TIMEOUT, FILE_NOT_EXIST, MSG_TOO_BIG,
    BAD_LOGIN_PASS, UNDEF_XYZ_RESPONSE, LACK_OF_MEMORY, TIME_ERROR, RECVBUF_IS_EMPTY, SENDBUF_IS_EMPTY,
    OUT_OF_MSG_RANGE, COMMAND_EHLO_STARTTLS, SSL_PROBLEM, COMMAND_DATABLOCK, STARTTLS_NOT_SUPPORTED,
    LOGIN_NOT_SUPPORTED,
    // Beyond CSmtp
    BAD_HANDLE = 900, FORKED, BAD_ARGUMENT, BAD_INPUT, CANCELED, BUSY, NOT_OFFERED, NO_TOKEN, CANNOT_START, BAD_CONFIG,
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
    // Some details are the sentence again, but for its first letter.
    if (!detail.empty() && d.text.find(detail.c_str() + 1) == std::string::npos) d.text += " " + detail;
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

namespace csmtp_detail {

// An exception that left a callback. It may not cross the C in between: it
// waits here until the call that the callback was part of has returned.
class Pending {
 public:
  void Keep() {
    std::lock_guard<std::mutex> lock(m_mutex);
    if (!m_exception) m_exception = std::current_exception();
  }
  void Rethrow() {
    std::exception_ptr exception;
    {
      std::lock_guard<std::mutex> lock(m_mutex);
      m_exception.swap(exception);
    }
    if (exception) std::rethrow_exception(exception);
  }

 private:
  std::mutex m_mutex;
  std::exception_ptr m_exception;
};

// Where threads hand over to each other: the library orders them too, but in
// ways that C++ and its tools cannot see.
inline void Meet() {
  static std::atomic<unsigned int> meetings(0);
  meetings.fetch_add(1, std::memory_order_acq_rel);
}

// One callback.
struct Visit {
  Visit() { Meet(); }
  ~Visit() { Meet(); }
};

// The source of one attachment; copies of a message share it.
struct Reader {
  static int64_t CSMTP_CALL Call(void *user, void *buffer, size_t capacity) {
    Reader &r = *static_cast<Reader *>(user);
    const Visit visit;
    try { return r.read(buffer, capacity); } catch (...) { r.pending.Keep(); }
    return -1;
  }
  std::function<int64_t(void *buffer, size_t capacity)> read;
  Pending pending;
};

// What one object calls back.
struct Hooks {
  static void CSMTP_CALL Log(void *user, int direction, const char *line) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    try { k.log(direction, line); } catch (...) { k.pending.Keep(); CSmtp_Cancel(k.handle); }
  }
  static int CSMTP_CALL Progress(void *user, int64_t sent, int64_t total) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    try { return k.progress(sent, total); } catch (...) { k.pending.Keep(); }
    return 1;
  }
  static const char *CSMTP_CALL Token(void *user, int refused) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    try { k.given = k.token(refused != 0); } catch (...) { k.given.clear(); k.pending.Keep(); }
    return k.given.empty() ? nullptr : k.given.c_str();
  }

  CSmtpHandle handle;
  std::function<void(int direction, const char *line)> log;
  std::function<int(int64_t sent, int64_t total)> progress;
  std::function<std::string(bool refused)> token;
  std::string given;
  std::vector<std::shared_ptr<Reader> > readers;
  Pending pending;
};

// The end of one asynchronous Send, which the object may not live to see.
struct Done {
  static void CSMTP_CALL Call(void *user, CSmtpHandle, int error) {
    const Visit visit;
    const std::unique_ptr<Done> d(static_cast<Done *>(user));
    try { d->done(error); } catch (...) { d->hooks->pending.Keep(); }
  }
  std::function<void(int error)> done;
  std::shared_ptr<Hooks> hooks;
};

// A handle that is taken at its first use, so that an object made before
// fork() starts nothing, and is cloned when copied.
class Mailer {
 public:
  constexpr Mailer() noexcept : m_handle(0), m_hooks() {}
  Mailer(const Mailer &other) : m_handle(0), m_hooks() {
    const CSmtpHandle theirs = other.m_handle.load();
    if (theirs == 0) return;
    const CSmtpHandle h = Must(CSmtp_Clone(theirs));
    m_handle.store(h);
    if (!other.m_hooks) return;
    try {
      m_hooks = std::make_shared<Hooks>();
      m_hooks->handle = h;
      m_hooks->readers = other.m_hooks->readers;
      SetLog(other.m_hooks->log);
      SetProgress(other.m_hooks->progress);
      SetToken(other.m_hooks->token);
    } catch (...) {
      CSmtp_Free(h);
      throw;
    }
  }
  Mailer(Mailer &&other) noexcept : m_handle(other.m_handle.exchange(0)), m_hooks(std::move(other.m_hooks)) {}
  Mailer &operator=(const Mailer &other) { return *this = Mailer(other); }
  Mailer &operator=(Mailer &&other) noexcept {
    if (this == &other) return *this;
    CSmtp_Free(m_handle.exchange(other.m_handle.exchange(0))); // may log: the hooks go later
    m_hooks = std::move(other.m_hooks);
    return *this;
  }
  ~Mailer() {
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
  // Check, after a call that may have called back.
  void Ran(int error) const {
    Meet();
    if (m_hooks) {
      m_hooks->pending.Rethrow();
      for (const std::shared_ptr<Reader> &r : m_hooks->readers) r->pending.Rethrow();
    }
    Check(error);
  }
  // A function is taken out of use before it is changed.
  void SetLog(const std::function<void(int, const char *)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetLogCallback(k.handle, nullptr, nullptr));
    if ((k.log = f)) Check(CSmtp_SetLogCallback(k.handle, Hooks::Log, &k));
  }
  void SetProgress(const std::function<int(int64_t, int64_t)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetProgressCallback(k.handle, nullptr, nullptr));
    if ((k.progress = f)) Check(CSmtp_SetProgressCallback(k.handle, Hooks::Progress, &k));
  }
  void SetToken(const std::function<std::string(bool)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetTokenCallback(k.handle, nullptr, nullptr));
    if ((k.token = f)) Check(CSmtp_SetTokenCallback(k.handle, Hooks::Token, &k));
  }
  void AddReader(const char *name, const char *type, int64_t size, const std::function<int64_t(void *, size_t)> &f) {
    const std::shared_ptr<Reader> r = std::make_shared<Reader>();
    r->read = f;
    GetHooks().readers.push_back(r);
    Check(CSmtp_AddAttachmentReader(Get(), name, type, size, f ? Reader::Call : nullptr, r.get()));
  }
  void DropReaders() {
    if (m_hooks) m_hooks->readers.clear();
  }
  void SendAsync(const std::function<void(int)> &f) {
    if (!f) {
      Meet();
      return Check(CSmtp_SendAsync(Get(), nullptr, nullptr));
    }
    GetHooks();
    std::unique_ptr<Done> d(new Done{f, m_hooks});
    Meet();
    Check(CSmtp_SendAsync(Get(), Done::Call, d.get()));
    (void)d.release(); // Done::Call frees it
  }
  // Of the mails of a batch: what their callbacks threw comes before its error.
  void SendBatch(const std::vector<const Mailer *> &mails, std::vector<int> *results) {
    std::vector<CSmtpHandle> handles;
    for (const Mailer *m : mails) handles.push_back(m->Get());
    std::vector<int> numbers(mails.size());
    Meet();
    const int error = CSmtp_SendBatch(Get(), handles.data(), handles.size(), numbers.data());
    if (results != nullptr) *results = numbers;
    for (const Mailer *m : mails) m->Ran(0);
    Ran(error);
  }
  // Of an asynchronous Send: whether it has ended. Throws when it has failed.
  bool Ended(int error) const {
    if (error == CSMTP_BUSY) return false;
    Ran(error);
    return true;
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
  Hooks &GetHooks() {
    const CSmtpHandle h = Get();
    if (!m_hooks) m_hooks = std::make_shared<Hooks>();
    m_hooks->handle = h;
    return *m_hooks;
  }

  mutable std::atomic<CSmtpHandle> m_handle;
  std::shared_ptr<Hooks> m_hooks;
};

} // namespace csmtp_detail

#endif // CSMTP_CORE_H
