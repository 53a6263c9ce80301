// SPDX-License-Identifier: MIT
//
// csmtp_pool.h: class CSmtpPool, which sends many mails over several relays.
// docs/pool.md explains pools, and csmtp_c.h documents the C functions that the methods
// call (CSmtp_Pool...). A program includes this header in addition to CSmtp.h or
// instead of it. In contrast to CSmtp.h, this header includes <atomic>, <functional>,
// <list>, <memory> and <mutex>.
#ifndef CSMTP_POOL_H
#define CSMTP_POOL_H

#include <stdint.h>

#include <atomic>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "CSmtp.h"

#include "csmtp_push.h"

#if defined(__cpp_exceptions) || defined(__EXCEPTIONS) || defined(_CPPUNWIND)
#define CSMTP_POOL_TRY try
#define CSMTP_POOL_CATCH catch (...)
#else
#define CSMTP_POOL_TRY if (true)
#define CSMTP_POOL_CATCH else
#endif

// A mail that a pool has sent or could not send. The pool passes it to the function
// that was given to Submit. It is valid until that function returns.
class CSmtpPoolMail {
 public:
  CSmtpPoolMail(CSmtpHandle handle, int error) noexcept : m_handle(handle), m_error(error) {}
  // Returns the error number, or 0 if the mail was accepted.
  int GetError() const noexcept { return m_error; }
  // Return what the methods of CSmtp with the same names return.
  std::string GetErrorText() const { return CSmtp_GetLastErrorText(m_handle); }
  int GetOutcome() const noexcept { return CSmtp_GetOutcome(m_handle); }
  bool IsSafeToRetry() const noexcept { return CSmtp_IsSafeToRetry(m_handle) != 0; }
  std::string GetLastReply() const { return CSmtp_GetLastReply(m_handle); }
  int GetLastReplyCode() const noexcept { return CSmtp_GetLastReplyCode(m_handle); }
  std::string GetQueueID() const { return CSmtp_GetQueueID(m_handle); }
  std::string GetMessageID() const { return CSmtp_GetMessageID(m_handle); }
  // Returns the handle for the functions of csmtp_c.h.
  CSmtpHandle GetHandle() const noexcept { return m_handle; }

 private:
  CSmtpHandle m_handle;
  int m_error;
};

// A pool sends mails over several relays. Several threads can use a pool at the same
// time. A method that fails throws ECSmtp. The destructor cancels the mails that have
// not been sent yet, so call Drain first. Callbacks run on threads of the library,
// unless SetCallbacksInWait was called.
//
// If a callback throws an exception, the next Wait, Drain or Send throws it again. A Sending or
// Ended callback that throws counts as one that returns false, and a Reconcile callback that
// throws counts as one that returns CSMTP_UNKNOWN.
//
// Do not destroy a pool in its event callback: the destructor then cancels the mails
// without waiting for them, and the memory of the pool is not freed.
class CSmtpPool {
 public:
  enum : unsigned int { no_limit = 0xFFFFFFFFu }; // passed as a number of milliseconds, it means no limit
  typedef std::function<void(const CSmtpPoolMail &mail)> Done;
  // A Sending callback is called before a mail is sent to a relay. If it returns false, the mail
  // is not sent. An Ended callback is called after the attempt, with its outcome. It returns
  // false if it could not record the outcome.
  typedef std::function<bool(const char *id, unsigned int relay, const char *message_id)> Sending;
  typedef std::function<bool(const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply)> Ended;
  // A Reconcile callback returns CSMTP_DELIVERED, CSMTP_NOT_DELIVERED or CSMTP_UNKNOWN.
  typedef std::function<int(const char *id, unsigned int relay, const char *message_id)> Reconcile;
  typedef std::function<void(const CSmtpEvent &event)> Event;

  CSmtpPool() : m_pool(CSmtp_PoolNew()), m_state(new State) {
    if (m_pool == 0) CSmtpThrow(ECSmtp(0, CSmtp_GetLastError(0), false));
  }
  ~CSmtpPool() {
    CSmtp_Free(m_pool);
    // In an event callback, CSmtp_Free does not free the pool. The pool still uses m_state.
    if (CSmtp_Cancel(m_pool) == CSMTP_NO_ERROR) {
      m_state->abandoned = true;
      m_state->self = m_state;
    }
  }
  CSmtpPool(const CSmtpPool &) = delete;
  CSmtpPool &operator=(const CSmtpPool &) = delete;

  // Adds a relay. Copies the settings of 'relay', and its log and token callbacks.
  // Returns the number of the relay.
  unsigned int AddRelay(const CSmtp &relay, const char *name = nullptr) {
    std::lock_guard<std::mutex> lock(m_state->adding);
    std::list<CSmtp> &relays = m_state->relays;
    relays.emplace_back(relay);
    const int error = CSmtp_PoolAddRelay(m_pool, csmtp_detail::Sending::Connecting(0, relays.back()), name);
    if (error != CSMTP_NO_ERROR) relays.pop_back();
    Check(error);
    return static_cast<unsigned int>(relays.size()) - 1;
  }
  // Set properties of one relay: its weight, the number of its sessions, its rate, and
  // the limits of each session.
  void SetWeight(unsigned int relay, unsigned int weight) { Check(CSmtp_PoolSetWeight(m_pool, relay, weight)); }
  void SetSessions(unsigned int relay, unsigned int sessions) { Check(CSmtp_PoolSetSessions(m_pool, relay, sessions)); }
  void SetRate(unsigned int relay, unsigned int mails, unsigned int seconds = 1) { Check(CSmtp_PoolSetRate(m_pool, relay, mails, seconds)); }
  void SetSessionMails(unsigned int relay, unsigned int mails) { Check(CSmtp_PoolSetSessionMails(m_pool, relay, mails)); }
  void SetIdle(unsigned int relay, unsigned int milliseconds) { Check(CSmtp_PoolSetIdle(m_pool, relay, milliseconds)); }
  // Set the maximum number of mails in the queue, what happens when relays fail, and on
  // which threads callbacks run.
  void SetQueue(unsigned int mails) { Check(CSmtp_PoolSetQueue(m_pool, mails)); }
  void SetPause(unsigned int first, unsigned int longest) { Check(CSmtp_PoolSetPause(m_pool, first, longest)); }
  void SetPatience(unsigned int milliseconds) { Check(CSmtp_PoolSetPatience(m_pool, milliseconds)); }
  void SetCallbacksInWait(bool in_wait = true) { Check(CSmtp_PoolSetCallbacksInWait(m_pool, in_wait)); }
  // SetJournal sets the functions that record the beginning and the end of each attempt
  // to send a mail. SetReconcile sets the function that finds out whether a mail in
  // doubt was delivered. Call these methods while the pool has no mails. An empty
  // function removes the earlier one.
  void SetJournal(const Sending &begin, const Ended &end) {
    std::unique_ptr<Journal> journal(new Journal{begin, end, *m_state});
    std::lock_guard<std::mutex> lock(m_state->adding);
    Check(CSmtp_PoolSetJournal(m_pool, begin ? &OnSending : nullptr, end ? &OnEnded : nullptr, journal.get()));
    m_state->journal.swap(journal);
  }
  void SetReconcile(const Reconcile &fn) {
    std::unique_ptr<Reconciler> reconciler(new Reconciler{fn, *m_state});
    std::lock_guard<std::mutex> lock(m_state->adding);
    Check(CSmtp_PoolSetReconcile(m_pool, fn ? &OnReconcile : nullptr, reconciler.get()));
    m_state->reconciler.swap(reconciler);
  }
  // Sets the function that is called for each event of a connection, a mail or a relay:
  // see docs/events.md. Call this method before the first mail. An empty function removes
  // the earlier one.
  void SetEventCallback(const Event &fn) {
    Check(CSmtp_SetEventCallback(m_pool, nullptr, nullptr));
    m_state->event = fn;
    Check(CSmtp_SetEventCallback(m_pool, fn ? &OnEvent : nullptr, m_state.get()));
  }

  // Sends the message of 'mail' and waits for the outcome. Throws ECSmtp if the message
  // was not accepted. If a callback for any mail of the pool has thrown an exception,
  // Send throws that exception instead, even if 'mail' was accepted; mail.GetOutcome()
  // reports whether it was.
  void Send(CSmtp &mail) {
    const csmtp_detail::Mailer::Running running(csmtp_detail::Sending::Building(0, mail));
    const int error = CSmtp_PoolSend(m_pool, running);
    Rethrow();
    if (error != CSMTP_NO_ERROR) CSmtpThrow(ECSmtp(running, error));
  }
  // Puts a copy of the message of 'mail' in the queue. Returns false if the queue is
  // still full after 'milliseconds'. 'done' is called when the mail has been accepted
  // or has failed. 'id', which the program chooses, identifies the mail in the journal.
  bool Submit(CSmtp &mail, const Done &done = nullptr, const char *id = nullptr, unsigned int milliseconds = no_limit) {
    std::unique_ptr<Waiting> waiting(new Waiting{done, m_state});
    const csmtp_detail::Mailer::Running running(csmtp_detail::Sending::Building(0, mail));
    const int error = CSmtp_PoolSubmit(m_pool, running, id, milliseconds, &OnDone, waiting.get(), nullptr);
    if (error == CSMTP_NO_ERROR) waiting.release(); // OnDone deletes it
    // If 'mail' was in use, BUSY is also the last error of 'mail'. Otherwise, the queue is full.
    if (error == CSMTP_BUSY && CSmtp_GetLastError(running) != CSMTP_BUSY) return false;
    Check(error);
    return true;
  }
  // Wait until every mail has been accepted or has failed, but for at most
  // 'milliseconds'. Return false if mails remain. Drain first makes the pool refuse
  // further mails.
  bool Wait(unsigned int milliseconds = no_limit) { return Waited(CSmtp_PoolWait(m_pool, milliseconds)); }
  bool Drain(unsigned int milliseconds = no_limit) { return Waited(CSmtp_PoolDrain(m_pool, milliseconds)); }
  // Cancels all mails.
  void Cancel() { Check(CSmtp_Cancel(m_pool)); }

  // GetCount returns a statistic of a relay; 'what' selects the statistic
  // (CSMTP_POOL_...). GetQueued returns the number of mails in the queue. GetRelayName
  // and GetRelayError return the name of a relay and its last error.
  unsigned int GetCount(unsigned int relay, int what) const { return CSmtp_PoolGetCount(m_pool, relay, what); }
  unsigned int GetQueued() const { return CSmtp_PoolGetQueued(m_pool); }
  std::string GetRelayName(unsigned int relay) const { return CSmtp_PoolGetRelayName(m_pool, relay); }
  std::string GetRelayError(unsigned int relay) const { return CSmtp_PoolGetRelayError(m_pool, relay); }
  // Returns the handle for the functions of csmtp_c.h.
  CSmtpHandle GetHandle() const noexcept { return m_pool; }

 private:
  struct State;
  // The functions that were passed to SetJournal.
  struct Journal {
    Sending begin;
    Ended end;
    State &state;
  };
  struct Reconciler {
    Reconcile reconcile;
    State &state;
  };
  // The data that callbacks use. A State exists until the last callback has returned,
  // even if a callback destroys the pool.
  struct State {
    std::mutex adding; // not held in callbacks
    std::list<CSmtp> relays; // copies of the relays; the pool calls their callbacks
    std::unique_ptr<Journal> journal;
    std::unique_ptr<Reconciler> reconciler;
    std::mutex mutex; // guards 'thrown'
    Event event;
    std::atomic<bool> abandoned{false}; // 'event' has destroyed the pool, and must not be called again
    std::shared_ptr<State> self; // an abandoned State owns itself and is never freed
    std::exception_ptr thrown; // the first exception that a callback has thrown
    void Keep() {
      std::lock_guard<std::mutex> lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  struct Waiting {
    Done done;
    std::shared_ptr<State> state;
  };

  static void CSMTP_CALL OnDone(void *user, CSmtpHandle mail, int error) {
    const csmtp_detail::Visit visit;
    const std::unique_ptr<Waiting> waiting(static_cast<Waiting *>(user));
    CSMTP_POOL_TRY {
      if (waiting->done) waiting->done(CSmtpPoolMail(mail, error));
    } CSMTP_POOL_CATCH { waiting->state->Keep(); }
  }
  static int CSMTP_CALL OnSending(void *user, const char *id, unsigned int relay, const char *message_id) {
    const csmtp_detail::Visit visit;
    Journal &journal = *static_cast<Journal *>(user);
    CSMTP_POOL_TRY { return journal.begin(id, relay, message_id) ? 0 : 1; } CSMTP_POOL_CATCH { journal.state.Keep(); }
    return 1;
  }
  static int CSMTP_CALL OnEnded(void *user, const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply) {
    const csmtp_detail::Visit visit;
    Journal &journal = *static_cast<Journal *>(user);
    CSMTP_POOL_TRY { return journal.end(id, relay, outcome, queue_id, reply) ? 0 : 1; } CSMTP_POOL_CATCH { journal.state.Keep(); }
    return 1;
  }
  static int CSMTP_CALL OnReconcile(void *user, const char *id, unsigned int relay, const char *message_id) {
    const csmtp_detail::Visit visit;
    Reconciler &reconciler = *static_cast<Reconciler *>(user);
    CSMTP_POOL_TRY { return reconciler.reconcile(id, relay, message_id); } CSMTP_POOL_CATCH { reconciler.state.Keep(); }
    return CSMTP_UNKNOWN;
  }
  static void CSMTP_CALL OnEvent(void *user, const CSmtpEvent *event) {
    const csmtp_detail::Visit visit;
    State &state = *static_cast<State *>(user);
    if (state.abandoned) return;
    CSMTP_POOL_TRY { state.event(*event); } CSMTP_POOL_CATCH { state.Keep(); }
  }

  [[noreturn]] static void CSmtpThrow(const ECSmtp &error) { std::rethrow_exception(std::make_exception_ptr(error)); }
  void Check(int error) const {
    if (error != CSMTP_NO_ERROR) CSmtpThrow(ECSmtp(m_pool, error, false));
  }
  void Rethrow() {
    csmtp_detail::Meet();
    std::exception_ptr thrown;
    {
      std::lock_guard<std::mutex> lock(m_state->mutex);
      std::swap(thrown, m_state->thrown);
    }
    if (thrown) std::rethrow_exception(thrown);
  }
  bool Waited(int error) {
    Rethrow();
    if (error == CSMTP_BUSY) return false;
    Check(error);
    return true;
  }

  const CSmtpHandle m_pool;
  const std::shared_ptr<State> m_state;
};

#undef CSMTP_POOL_TRY
#undef CSMTP_POOL_CATCH

#include "csmtp_pop.h"

#endif // CSMTP_POOL_H
