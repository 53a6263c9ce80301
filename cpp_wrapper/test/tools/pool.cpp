// SPDX-License-Identifier: MIT
//
// Tests class CSmtpPool. Arguments: the host, and the ports of two relays, of which the
// second refuses some mails with "451 4.3.0".
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "csmtp_pool.h"

#define CHECK(what)                                               \
  do {                                                            \
    if (!(what)) {                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
      exit(1);                                                    \
    }                                                             \
  } while (0)

static const char *host;
static unsigned short ports[2];

static void Compose(CSmtp &mail) {
  mail.SetSenderMail("alice@test.example");
  mail.AddRecipient("bob@test.example");
  mail.SetSubject("Many");
  mail.AddMsgLine("Hello.");
}

static void AddRelays(CSmtpPool &pool) {
  for (unsigned short port : ports) {
    CSmtp relay;
    relay.SetSMTPServer(host, port, false);
    pool.AddRelay(relay);
  }
}

static void Many() {
  CSmtpPool pool;
  AddRelays(pool);
  CHECK(pool.GetRelayName(0) == std::string(host) + ":" + std::to_string(ports[0]));
  std::mutex mutex;
  std::map<std::string, unsigned int> begun;
  std::atomic<int> ends(0), accepted(0), attempts(0);
  pool.SetJournal(
      [&](const char *id, unsigned int relay, const char *message_id) {
        std::lock_guard<std::mutex> lock(mutex);
        CHECK(begun.count(id) == 0 && *message_id != '\0');
        begun[id] = relay;
        return true;
      },
      [&](const char *id, unsigned int relay, int outcome, const char *queue_id, const char *reply) {
        std::lock_guard<std::mutex> lock(mutex);
        CHECK(begun.count(id) == 1 && begun[id] == relay);
        CHECK((outcome == CSMTP_ACCEPTED) == (*queue_id != '\0') && *reply != '\0');
        begun.erase(id);
        attempts++;
        return true;
      });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; t++)
    threads.emplace_back([&, t] {
      CSmtp mail;
      Compose(mail);
      for (int i = 0; i < 50; i++) {
        const std::string id = std::to_string(t) + "-" + std::to_string(i);
        CHECK(pool.Submit(mail, [&](const CSmtpPoolMail &sent) {
          ends++;
          if (sent.GetError() == 0 && sent.GetOutcome() == CSMTP_ACCEPTED && !sent.GetQueueID().empty()) accepted++;
        }, id.c_str()));
        mail.SetSubject("Changed afterwards");
      }
    });
  for (std::thread &t : threads) t.join();
  CHECK(pool.Drain());
  CHECK(ends == 200 && accepted == 200 && attempts > 200);
  CHECK(begun.empty());
  CHECK(pool.GetCount(0, CSMTP_POOL_SENT) + pool.GetCount(1, CSMTP_POOL_SENT) == 200);
  CHECK(pool.GetQueued() == 0);
  CSmtp mail;
  Compose(mail);
  try {
    pool.Send(mail);
    CHECK(false);
  } catch (const ECSmtp &e) {
    CHECK(static_cast<int>(e.GetErrorNum()) == CSMTP_CANCELED);
  }
}

static void Exceptions() {
  CSmtpPool pool;
  AddRelays(pool);
  CSmtp mail;
  Compose(mail);
  CHECK(pool.Submit(mail, [](const CSmtpPoolMail &) { throw std::runtime_error("done"); }));
  try {
    pool.Wait();
    CHECK(false);
  } catch (const std::runtime_error &e) {
    CHECK(strcmp(e.what(), "done") == 0);
  }
  pool.SetJournal([](const char *, unsigned int, const char *) -> bool { throw std::runtime_error("journal"); }, nullptr);
  try {
    pool.Send(mail);
    CHECK(false);
  } catch (const std::runtime_error &e) {
    CHECK(strcmp(e.what(), "journal") == 0);
  }
  CHECK(mail.GetOutcome() == CSMTP_NOT_SENT);
  pool.SetJournal(nullptr, nullptr);
  pool.Send(mail);
  CHECK(mail.GetOutcome() == CSMTP_ACCEPTED);
  try {
    pool.SetWeight(7, 1);
    CHECK(false);
  } catch (const ECSmtp &e) {
    CHECK(static_cast<int>(e.GetErrorNum()) == CSMTP_BAD_ARGUMENT);
    CHECK(strstr(e.what(), "there is no relay 7") != nullptr);
  }
}

static void CallbacksInWait() {
  CSmtpPool pool;
  AddRelays(pool);
  pool.SetCallbacksInWait();
  CSmtp mail;
  Compose(mail);
  const std::thread::id self = std::this_thread::get_id();
  int ends = 0;
  for (int i = 0; i < 20; i++)
    CHECK(pool.Submit(mail, [&](const CSmtpPoolMail &) {
      CHECK(std::this_thread::get_id() == self);
      ends++;
      CHECK(!pool.Wait(0));
    }));
  CHECK(pool.Wait());
  CHECK(ends == 20);
}

static void Fork() {
#if !defined(_WIN32) && !defined(__SANITIZE_THREAD__) // under ThreadSanitizer, a forked child cannot start threads
  CSmtpPool pool;
  AddRelays(pool);
  CSmtp mail;
  Compose(mail);
  std::atomic<int> ends(0);
  for (int i = 0; i < 40; i++) CHECK(pool.Submit(mail, [&](const CSmtpPoolMail &sent) { ends += sent.GetError() == 0; }));
  const pid_t child = fork();
  CHECK(child >= 0);
  if (child == 0) {
    if (CSmtp_PoolWait(pool.GetHandle(), 0) != CSMTP_FORKED) _exit(1);
    try {
      CSmtpPool own;
      AddRelays(own);
      CSmtp another(mail);
      own.Send(another);
    } catch (const ECSmtp &e) {
      fprintf(stderr, "child: %s\n", e.what());
      _exit(2);
    }
    _exit(0);
  }
  int status = 0;
  CHECK(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  CHECK(pool.Wait());
  CHECK(ends == 40);
#endif
}

// Destroys a pool that still has mails. Another pool is freed by a done callback.
static void FreeInTheMiddle() {
  std::atomic<int> ends(0);
  {
    CSmtpPool pool;
    AddRelays(pool);
    CSmtp mail;
    Compose(mail);
    for (int i = 0; i < 100; i++) CHECK(pool.Submit(mail, [&](const CSmtpPoolMail &) { ends++; }));
  }
  CHECK(ends == 100);
  CSmtpHandle own = CSmtp_PoolNew(); // freed by a callback
  CSmtp relay, mail;
  relay.SetSMTPServer(host, ports[0], false);
  Compose(mail);
  struct Context {
    CSmtpHandle pool;
    std::atomic<int> done;
    static void CSMTP_CALL Free(void *user, CSmtpHandle, int) {
      Context *c = static_cast<Context *>(user);
      CSmtp_Free(c->pool);
      c->done++;
    }
  } context{own, {0}};
  relay.GetLocalHostName();
  CSmtp keep(relay);
  struct Access : CSmtp {
    static CSmtpHandle Of(const CSmtp &m) { return (m.*&Access::m_csmtp).Get(); }
  };
  CHECK(CSmtp_PoolAddRelay(own, Access::Of(relay), nullptr) == 0);
  CHECK(CSmtp_PoolSubmit(own, Access::Of(mail), nullptr, 0, Context::Free, &context, nullptr) == 0);
  while (context.done == 0) std::this_thread::yield();
  CHECK(CSmtp_PoolWait(own, 0) == CSMTP_BAD_HANDLE);
}

// A callback destroys the pool. The relays of the pool have log callbacks. A call that
// is made in a callback is refused if it would have to wait for this callback.
static void DestroyedByACallback(bool in_wait) {
  for (int round = 0; round < 5; round++) {
    std::atomic<int> lines(0), done(0), refused(0);
    std::atomic<bool> submitted(false), destroyed(false);
    CSmtpPool *pool = new CSmtpPool;
    for (unsigned short port : ports) {
      CSmtp relay;
      relay.SetSMTPServer(host, port, false);
      relay.SetLogCallback([&](int, const char *line) {
        CHECK(!destroyed);
        lines++;
        if (strncmp(line, "MAIL", 4) == 0 && !in_wait && !submitted && !pool->Wait(0)) refused++;
      });
      pool->AddRelay(relay);
    }
    if (in_wait) pool->SetCallbacksInWait();
    CSmtp mail;
    Compose(mail);
    for (int i = 0; i < 40; i++)
      pool->Submit(mail, [&](const CSmtpPoolMail &) {
        while (!submitted) std::this_thread::yield();
        if (++done == 5) {
          delete pool;
          destroyed = true;
        }
      });
    while (!in_wait && refused == 0) std::this_thread::yield();
    submitted = true;
    if (in_wait) CSmtp_PoolWait(pool->GetHandle(), 30000);
    while (!destroyed || done < 40) std::this_thread::yield();
    CHECK(lines > 0);
  }
}

// The journal cannot be replaced while the pool has mails. A journal callback cannot
// submit the mail that Send is sending.
static void JournalOfABusyPool() {
  CSmtpPool pool;
  AddRelays(pool);
  CSmtp mail;
  Compose(mail);
  bool busy = false, in_use = false;
  pool.SetJournal(
      [&](const char *, unsigned int, const char *) {
        try {
          pool.SetJournal(nullptr, nullptr);
        } catch (const ECSmtp &e) { busy = static_cast<int>(e.GetErrorNum()) == CSMTP_BUSY; }
        try {
          pool.Submit(mail, nullptr, nullptr, 0);
        } catch (const ECSmtp &e) { in_use = static_cast<int>(e.GetErrorNum()) == CSMTP_BUSY; }
        return true;
      },
      nullptr);
  pool.Send(mail);
  CHECK(busy && in_use);
  pool.SetJournal(nullptr, nullptr);
}

// The event callback destroys the pool, which cancels its mails.
static void DestroyedByAnEvent() {
  std::atomic<int> ends(0), events(0);
  std::atomic<bool> destroyed(false), submitted(false);
  CSmtpPool *pool = new CSmtpPool;
  AddRelays(*pool);
  pool->SetJournal([](const char *, unsigned int, const char *) { return true; },
                   [](const char *, unsigned int, int, const char *, const char *) { return true; });
  pool->SetEventCallback([&](const CSmtpEvent &) {
    CHECK(!destroyed);
    while (!submitted) std::this_thread::yield();
    delete pool;
    events++;
    destroyed = true;
  });
  CSmtp mail;
  Compose(mail);
  const int mails = 50;
  for (int i = 0; i < mails; i++) pool->Submit(mail, [&](const CSmtpPoolMail &) { ends++; });
  submitted = true;
  while (ends < mails || !destroyed) std::this_thread::yield();
  CHECK(events == 1);
}

int main(int argc, char **argv) {
  CHECK(argc == 4);
  host = argv[1];
  ports[0] = static_cast<unsigned short>(atoi(argv[2]));
  ports[1] = static_cast<unsigned short>(atoi(argv[3]));
  Many();
  Exceptions();
  CallbacksInWait();
  Fork();
  FreeInTheMiddle();
  DestroyedByACallback(false);
  DestroyedByACallback(true);
  DestroyedByAnEvent();
  JournalOfABusyPool();
  return 0;
}
