// SPDX-License-Identifier: MIT
//
// csmtp_core.h: the exception ECSmtp, and the parts of class CSmtp that call the
// library. Include CSmtp.h instead of this file.
#ifndef CSMTP_CORE_H
#define CSMTP_CORE_H

#include <exception>
#include <string>

#include "csmtp_errors.h"
#include "csmtp_parts.h"

// The exception that CSmtp throws.
class ECSmtp : public std::exception, public csmtp_detail::FurtherErrors<csmtp_detail::Errors::CSmtpError> {
 public:
  // Makes an exception with an error number and the fixed text for it, without details.
  ECSmtp(CSmtpError err_) noexcept : m_error(err_), m_detail() {}
  // Makes an exception for the call that has just failed on this thread. The call was
  // on handle h, and returned the error number 'error'. The exception contains all
  // details that the library has. 'sending' says whether the function that was called
  // sends or connects. If it does neither, the exception has the outcome
  // CSMTP_NOT_SENT.
  ECSmtp(CSmtpHandle h, int error, bool sending = true)
      : m_error(static_cast<CSmtpError>(error)), m_detail(Ask(h, error, sending)) {}

  // Returns the error number.
  CSmtpError GetErrorNum(void) const noexcept { return m_error; }
  // Return the text of the error. It begins with the fixed text for the error number.
  // If CSmtp threw the exception, the text also says what was being done, what the
  // server replied, and what the user can do.
  std::string GetErrorText(void) const { return what(); }
  const char *what() const noexcept override {
    return m_detail ? m_detail->text.Get() : CSmtp_GetErrorText(static_cast<int>(m_error));
  }

  // ---- Not in the old class ----
  // Return the server's reply, its reply code and its enhanced status code (RFC
  // 3463); "" or 0 if there is none.
  std::string GetReply() const { return m_detail ? m_detail->reply.Get() : ""; }
  int GetReplyCode() const noexcept { return m_detail ? m_detail->reply_code : 0; }
  std::string GetEnhancedCode() const { return m_detail ? m_detail->enhanced_code.Get() : ""; }
  // GetPhase returns the step that failed, CSMTP_PHASE_..., and GetErrorKind returns
  // what went wrong, CSMTP_KIND_...
  int GetPhase() const noexcept { return m_detail ? m_detail->phase : static_cast<int>(CSMTP_PHASE_NONE); }
  int GetErrorKind() const noexcept { return m_detail ? m_detail->kind : static_cast<int>(CSMTP_KIND_NONE); }
  // Reports whether the login failed and would fail again with the same credentials.
  // The program should then ask for other credentials.
  bool IsLoginError() const noexcept { return m_detail && m_detail->login_error; }
  // GetOutcome returns the outcome, such as CSMTP_NOT_SENT. IsSafeToRetry reports
  // whether nothing was delivered and the same call might succeed later.
  int GetOutcome() const noexcept { return m_detail ? m_detail->outcome : static_cast<int>(CSMTP_NOT_SENT); }
  bool IsSafeToRetry() const noexcept { return m_detail && m_detail->safe_to_retry; }
  // Returns the number of seconds to wait before the next mail, if the mail service has
  // requested a delay; otherwise 0.
  int GetRetryAfter() const noexcept { return m_detail ? m_detail->retry_after : 0; }

 private:
  struct Detail : csmtp_detail::Counted {
    Detail() noexcept : text(), reply(), enhanced_code(), reply_code(0), outcome(CSMTP_NOT_SENT), phase(0), kind(0), retry_after(0), login_error(false), safe_to_retry(false) {}
    csmtp_detail::Text text, reply, enhanced_code;
    int reply_code, outcome, phase, kind, retry_after;
    bool login_error, safe_to_retry;
  };
  static csmtp_detail::Shared<Detail> Ask(CSmtpHandle h, int error, bool sending) {
    const csmtp_detail::Shared<Detail> d(new Detail);
    // The library stores the error of a call with an invalid handle under handle 0.
    if (CSmtp_GetLastError(h) != error) h = 0;
    const bool known = CSmtp_GetLastError(h) == error;
    const char *const text = known ? CSmtp_GetLastErrorText(h) : "";
    d->text.Set(*text != '\0' ? text : CSmtp_GetErrorText(error));
    if (known && h != 0) {
      d->reply.Set(CSmtp_GetLastReply(h));
      d->enhanced_code.Set(CSmtp_GetLastEnhancedCode(h));
      d->reply_code = CSmtp_GetLastReplyCode(h);
      d->phase = CSmtp_GetPhase(h);
      d->kind = CSmtp_GetErrorKind(h);
      d->retry_after = CSmtp_GetRetryAfter(h);
      d->login_error = CSmtp_IsLoginError(h) != 0;
      d->outcome = sending ? CSmtp_GetOutcome(h) : static_cast<int>(CSMTP_NOT_SENT);
      d->safe_to_retry = sending && CSmtp_IsSafeToRetry(h) != 0;
    }
    return d;
  }

  CSmtpError m_error;
  csmtp_detail::Shared<Detail> m_detail; // shared, so that copying an exception cannot fail
};

namespace csmtp_detail {
CSMTP_INLINE_NAMESPACE

// Establishes a happens-before relation between the threads that call it. The library
// already orders these threads, but neither C++ compilers nor tools such as
// ThreadSanitizer can see that.
inline void Meet() {
  static Word meetings(0);
  meetings.Add(1);
}

// Each callback has a local variable of this type, which calls Meet at the beginning
// and at the end of the callback.
struct Visit {
  Visit() { Meet(); }
  ~Visit() { Meet(); }
};

// A function that was passed to AddAttachmentReader. Copies of a message share the
// Reader.
struct Reader : Counted {
  static int64_t CSMTP_CALL Call(void *user, void *buffer, size_t capacity) {
    Reader &r = *static_cast<Reader *>(user);
    const Visit visit;
    CSMTP_TRY {
      return r.read(buffer, capacity);
    } CSMTP_CATCH {
      if (!r.calls->Keep()) r.calls->readers.Keep();
    }
    return -1;
  }
  Function<int64_t(void *buffer, size_t capacity)> read;
  Shared<Calls> calls;
};

// Calls the token callback of the program and stores the token. String is always
// std::string. It is a template parameter because std::string can have different
// layouts in different files: each layout then gets its own function.
template <typename String>
struct TokenSource {
  void operator()(bool refused, Text &given) { given.Set(String(token(refused)).c_str()); }
  Function<String(bool refused)> token;
};

// The callbacks of a Mailer.
struct Hooks : Counted {
  Hooks(CSmtpHandle h, const Shared<Calls> &family) noexcept : handle(h), calls(family) {}
  static void CSMTP_CALL Log(void *user, int direction, const char *line) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    CSMTP_TRY { k.log(direction, line); } CSMTP_CATCH { k.Keep(); CSmtp_Cancel(k.handle); }
  }
  static void CSMTP_CALL Event(void *user, const CSmtpEvent *event) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    CSMTP_TRY { k.event(*event); } CSMTP_CATCH { k.Keep(); CSmtp_Cancel(k.handle); }
  }
  static int CSMTP_CALL Progress(void *user, int64_t sent, int64_t total) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    CSMTP_TRY { return k.progress(sent, total); } CSMTP_CATCH { k.Keep(); }
    return 1;
  }
  static const char *CSMTP_CALL Token(void *user, int refused) {
    Hooks &k = *static_cast<Hooks *>(user);
    const Visit visit;
    CSMTP_TRY { k.token(refused != 0, k.given); } CSMTP_CATCH { k.given.Clear(); k.Keep(); }
    return *k.given.Get() != '\0' ? k.given.Get() : nullptr;
  }

  void Keep() noexcept {
    if (!calls->Keep()) during.Keep();
  }

  const CSmtpHandle handle;
  const Shared<Calls> calls;
  Function<void(int direction, const char *line)> log;
  Function<int(int64_t sent, int64_t total)> progress;
  Function<void(bool refused, Text &given)> token;
  Text given;
  List<Shared<Reader> > readers;
  Function<void(const CSmtpEvent &event)> event;
  Pending during; // exceptions that log, event, progress and token callbacks threw in asynchronous Sends
  Pending ended; // exceptions thrown by the functions that were passed to SendAsync
};

// Calls the function that was passed to SendAsync. That function is allowed to destroy
// the object on which SendAsync was called.
struct Done {
  static void CSMTP_CALL Call(void *user, CSmtpHandle, int error) {
    const Visit visit;
    Done *const d = static_cast<Done *>(user);
    CSMTP_TRY { d->done(error); } CSMTP_CATCH { d->hooks->ended.Keep(); }
    delete d;
  }
  Function<void(int error)> done;
  Shared<Hooks> hooks;
};

// Owns a handle of the library. The handle is made at its first use, so that an object
// that is constructed before fork() and used only in the child does not start the
// library in the parent. A copy has a clone of the handle.
class Mailer {
 public:
  constexpr Mailer() noexcept : m_handle(0), m_checks(0), m_strict(0), m_hooks(0) {}
  Mailer(const Mailer &other) : m_handle(0), m_checks(other.m_checks.Load()), m_strict(other.m_strict.Load()), m_hooks(0) {
    const CSmtpHandle original = other.m_handle.Load();
    if (original == 0) return;
    const CSmtpHandle h = Must(CSmtp_Clone(original));
    m_handle.Exchange(h);
    const Hooks *const theirs = other.KnownHooks();
    if (theirs == nullptr) return;
    CSMTP_TRY {
      Hooks &k = GetHooks(theirs->calls);
      for (const Shared<Reader> &r : theirs->readers) k.readers.Add(r);
      SetLog(theirs->log);
      SetEvent(theirs->event);
      SetProgress(theirs->progress);
      SetToken(theirs->token);
    } CSMTP_CATCH {
      CSmtp_Free(h);
      DropHooks(m_hooks.Exchange(0));
      CSMTP_RETHROW;
    }
  }
  Mailer(Mailer &&other) noexcept
      : m_handle(other.m_handle.Exchange(0)), m_checks(other.m_checks.Exchange(0)), m_strict(other.m_strict.Exchange(0)),
        m_hooks(other.m_hooks.Exchange(0)) {}
  Mailer &operator=(const Mailer &other) { return *this = Mailer(other); }
  Mailer &operator=(Mailer &&other) noexcept {
    if (this == &other) return *this;
    CSmtp_Free(m_handle.Exchange(other.m_handle.Exchange(0))); // may call the log callback, so delete the hooks afterwards
    m_checks.Exchange(other.m_checks.Exchange(0));
    m_strict.Exchange(other.m_strict.Exchange(0));
    DropHooks(m_hooks.Exchange(other.m_hooks.Exchange(0)));
    return *this;
  }
  ~Mailer() {
    const CSmtpHandle h = m_handle.Load();
    if (h != 0) CSmtp_Free(h);
    DropHooks(m_hooks.Load());
  }

  // Returns the handle. Makes it first if there is none.
  CSmtpHandle Get() const {
    const CSmtpHandle h = m_handle.Load();
    return h != 0 ? h : Take();
  }
  // A Running is the handle for a call that may run callbacks. It must exist until the
  // call and the function Ran have returned.
  class Running {
   public:
    Running(const Mailer &m) : m_handle(m.Get()), m_call(m.FamilyOfCalls()) {}
    operator CSmtpHandle() const noexcept { return m_handle; }

   private:
    CSmtpHandle m_handle;
    Calls::Call m_call;
  };
  // Returns a Running for a call that may connect. 'legacy' is true if the calling file
  // was compiled with CSMTP_LEGACY_TLS; a call to SetVerifyPeer overrides it.
  Running Connecting(bool legacy) const {
    const uintptr_t other = legacy ? 0 : 1;
    if (m_checks.Load() == other) {
      Check(CSmtp_SetVerifyPeer(Get(), !legacy));
      m_checks.Replace(other, 1 - other);
    }
    return Running(*this);
  }
  // Returns a Running for a call that may build the message. 'strict' is true if the
  // calling file was compiled with CSMTP_STRICT; a call to SetStrict overrides it.
  Running Building(bool strict, bool html) const {
    const uintptr_t other = strict ? 0 : 1;
    if (m_strict.Load() == other) {
      Check(CSmtp_SetStrict(Get(), strict));
      m_strict.Replace(other, 1 - other);
    }
    Check(CSmtp_SetHTML(Get(), html));
    return Running(*this);
  }
  void SetStrict(bool strict) {
    m_strict.Exchange(2);
    Check(CSmtp_SetStrict(Get(), strict));
  }
  // Called for each mail of a batch. Registers SendBatch as the call that runs the
  // callbacks of this mail. Registers nothing if this thread already has a registered
  // call on the mail or on one of its copies.
  Calls::Call InBatch() const {
    const Shared<Calls> calls = FamilyOfCalls();
    return Calls::Call(calls && calls->AtWork() ? Shared<Calls>() : calls);
  }
  void SetVerifyPeer(bool verify) {
    m_checks.Exchange(2);
    Check(CSmtp_SetVerifyPeer(Get(), verify));
  }
  // Throws ECSmtp if 'error' is not 0.
  void Check(int error, bool sending = false) const {
    if (error != 0) CSMTP_THROW(ECSmtp(m_handle.Load(), error, sending));
  }
  // Must be called when a C function that may have run callbacks has returned 'error'.
  // If a callback has thrown an exception, throws that exception. Otherwise, throws
  // ECSmtp if 'error' is not 0.
  void Ran(int error) const {
    Meet();
    if (const Hooks *const k = KnownHooks()) k->calls->Rethrow();
    Check(error, true);
  }
  // SetLog, SetEvent, SetProgress and SetToken remove the old callback from the library
  // before they replace the function.
  void SetLog(const Function<void(int, const char *)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetLogCallback(k.handle, nullptr, nullptr));
    k.log = f;
    if (f) Check(CSmtp_SetLogCallback(k.handle, Hooks::Log, &k));
  }
  void SetEvent(const Function<void(const CSmtpEvent &)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetEventCallback(k.handle, nullptr, nullptr));
    k.event = f;
    if (f) Check(CSmtp_SetEventCallback(k.handle, Hooks::Event, &k));
  }
  void SetProgress(const Function<int(int64_t, int64_t)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetProgressCallback(k.handle, nullptr, nullptr));
    k.progress = f;
    if (f) Check(CSmtp_SetProgressCallback(k.handle, Hooks::Progress, &k));
  }
  void SetToken(const Function<void(bool, Text &)> &f) {
    Hooks &k = GetHooks();
    Check(CSmtp_SetTokenCallback(k.handle, nullptr, nullptr));
    k.token = f;
    if (f) Check(CSmtp_SetTokenCallback(k.handle, Hooks::Token, &k));
  }
  void AddReader(const char *name, const char *type, int64_t size, const Function<int64_t(void *, size_t)> &f) {
    const Shared<Reader> r(new Reader);
    r->read = f;
    r->calls = GetHooks().calls;
    GetHooks().readers.Add(r);
    Check(CSmtp_AddAttachmentReader(Get(), name, type, size, f ? Reader::Call : nullptr, r.Get()));
  }
  void DropReaders() {
    if (Hooks *const k = KnownHooks()) k->readers.Clear();
  }
  void SendAsync(CSmtpHandle h, const Function<void(int)> &f) {
    if (!f) {
      Meet();
      return Check(CSmtp_SendAsync(h, nullptr, nullptr));
    }
    Done *const d = new Done{f, Shared<Hooks>(&GetHooks())};
    Meet();
    const int error = CSmtp_SendAsync(h, Done::Call, d); // Done::Call deletes it
    if (error != 0) delete d;
    Check(error);
  }
  // Reports whether the asynchronous Send has ended, and throws if it has failed.
  // 'error' is the result of CSmtp_Poll or CSmtp_Wait.
  bool Ended(int error) const {
    if (error == CSMTP_BUSY) return false;
    Meet();
    if (Hooks *const k = KnownHooks()) {
      k->during.Rethrow();
      if (error != 0) k->calls->readers.Rethrow();
      k->ended.Rethrow();
    }
    Check(error, true);
    return true;
  }

 private:
  static CSmtpHandle Must(CSmtpHandle h) {
    if (h == 0) CSMTP_THROW(ECSmtp(0, CSmtp_GetLastError(0)));
    return h;
  }
  CSmtpHandle Take() const {
    const CSmtpHandle fresh = Must(CSmtp_New());
    const CSmtpHandle current = m_handle.Replace(0, fresh);
    if (current == 0) return fresh;
    CSmtp_Free(fresh); // another thread was faster
    return current;
  }
  Hooks *KnownHooks() const noexcept { return reinterpret_cast<Hooks *>(m_hooks.Load()); }
  Shared<Calls> FamilyOfCalls() const {
    const Hooks *const k = KnownHooks();
    return k != nullptr ? k->calls : Shared<Calls>();
  }
  Hooks &GetHooks(const Shared<Calls> &family = Shared<Calls>()) {
    if (Hooks *const k = KnownHooks()) return *k;
    Hooks *const fresh = new Hooks(Get(), family ? family : Shared<Calls>(new Calls));
    fresh->owners.Add(1);
    if (m_hooks.Replace(0, reinterpret_cast<uintptr_t>(fresh)) != 0) delete fresh; // another thread was faster
    return *KnownHooks();
  }
  static void DropHooks(uintptr_t hooks) noexcept {
    Hooks *const k = reinterpret_cast<Hooks *>(hooks);
    if (k != nullptr && k->owners.Add(static_cast<uintptr_t>(-1)) == 0) delete k;
  }

  Word m_handle;
  Word m_checks; // 0: certificates are verified by default; 1: they are not (CSMTP_LEGACY_TLS); 2: SetVerifyPeer was called
  Word m_strict; // 0: not strict by default; 1: strict by default (CSMTP_STRICT); 2: SetStrict was called
  Word m_hooks; // the address of a Hooks, which is reference-counted; 0 if there is none yet
};

CSMTP_END_INLINE_NAMESPACE
} // namespace csmtp_detail

#endif // CSMTP_CORE_H
