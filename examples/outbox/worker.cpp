// SPDX-License-Identifier: MIT
//
// outbox-worker takes mails from the queue, sends them over a pool of relays, and records
// each step in the ledger. Any number of workers can run, on any number of machines.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <iostream>
#include <mutex>
#include <random>
#include <set>

#include "csmtp_pool.h"

#include "ledger.h"
#include "queue.h"
#include "relaylog.h"

namespace
{
typedef std::shared_ptr<Delivery> Mail;

std::atomic<bool> stopping(false);
void Stop(int) { stopping = true; }

struct Relay {
  std::string name;
  std::unique_ptr<RelayLog> log;
};

struct Options {
  std::string queue = "nats://127.0.0.1:4222", ledger = "sqlite:outbox.db", from = "outbox@example.com";
  std::vector<std::string> relays; // NAME=HOST:PORT,LOG
  unsigned int sessions = 4;
  long timeout = 60; // the longest time that one attempt takes, in seconds
  long settle = 5;   // see relaylog.h
  // The longest time from the entry in the ledger to the beginning of the attempt.
  long Margin() const { return timeout / 2; }
};

class Worker
{
public:
  explicit Worker(const Options &options);
  void Run();

private:
  void Handle(const Mail &mail);
  void Submit(const std::string &id, const Mail &mail);
  void SettleLater(const std::string &id, const Entry &entry, const Mail &mail);
  void Sent(const std::string &id, const Mail &mail, const CSmtpPoolMail &sent);

  // The callbacks of the pool.
  bool OnSending(const char *id, unsigned int relay, const char *message_id);
  bool OnEnded(const char *id, int outcome, const char *queue_id, const char *reply);
  int OnReconcile(const char *id, unsigned int relay, const char *message_id);

  bool Take(const std::string &id);
  void Give(const std::string &id);

  const Options m_options;
  std::vector<Relay> m_relays;
  std::mutex m_mutex;
  std::set<std::string> m_taken; // the ids of the mails that this worker has
  Ledger m_ledger;
  Queue m_queue;
  CSmtpPool m_pool; // last, so that its destructor runs first
};

// Returns a name that no other process has.
std::string Owner()
{
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  std::random_device random;
  return std::string(host) + "/" + std::to_string(getpid()) + "/" + std::to_string(random()) + std::to_string(random());
}

Worker::Worker(const Options &options)
    : m_options(options), m_ledger(options.ledger, Owner()), m_queue(options.queue, options.timeout + options.Margin())
{
  for (const std::string &text : options.relays) {
    const size_t equals = text.find('='), comma = text.find(','), colon = text.rfind(':', comma);
    if (equals == std::string::npos || comma == std::string::npos || colon == std::string::npos || colon < equals)
      throw std::runtime_error("--relay " + text + ": write NAME=HOST:PORT,LOG");
    const std::string name = text.substr(0, equals), host = text.substr(equals + 1, colon - equals - 1),
                      port = text.substr(colon + 1, comma - colon - 1);
    // Relays inside one's own network need no login. For others, omit 'false', and use
    // USE_TLS, SetLogin and SetPassword.
    CSmtp relay;
    relay.SetSMTPServer(host.c_str(), static_cast<unsigned short>(atoi(port.c_str())), false);
    relay.SetSecurityType(NO_SECURITY);
    relay.SetTimeout(CSMTP_TIMEOUT_CONNECT, 10000);
    relay.SetTimeout(CSMTP_TIMEOUT_TOTAL, static_cast<unsigned int>(options.timeout) * 1000);
    const unsigned int number = m_pool.AddRelay(relay, name.c_str());
    m_pool.SetSessions(number, options.sessions);
    m_relays.push_back({name, std::unique_ptr<RelayLog>(new RelayLog(host, port, text.substr(comma + 1), options.settle))});
  }
  if (m_relays.empty()) throw std::runtime_error("at least one --relay NAME=HOST:PORT,LOG is needed");
  m_pool.SetQueue(static_cast<unsigned int>(m_relays.size()) * options.sessions * 2);
  m_pool.SetPause(500, 5000);
  m_pool.SetJournal([this](const char *id, unsigned int relay, const char *message_id) { return OnSending(id, relay, message_id); },
                    [this](const char *id, unsigned int, int outcome, const char *queue_id, const char *reply) { return OnEnded(id, outcome, queue_id, reply); });
  m_pool.SetReconcile([this](const char *id, unsigned int relay, const char *message_id) { return OnReconcile(id, relay, message_id); });
}

void Worker::Run()
{
  while (!stopping) {
    for (const Mail &mail : m_queue.Get(50)) Handle(mail);
  }
  m_pool.Drain(); // mails that are already in the pool are still sent
}

// Decides what to do with a mail that the queue has delivered. The queue delivers a mail
// again if a worker dies, so the ledger decides.
void Worker::Handle(const Mail &mail)
{
  const std::string id = mail->Header("Id");
  Entry entry;
  try {
    if (!m_ledger.Find(id, entry)) entry.state = "new";
  } catch (const std::exception &e) {
    std::cerr << "ledger: " << e.what() << "\n";
    mail->Later(5);
    return;
  }
  if (entry.state == "accepted" || entry.state == "refused") {
    mail->Ack(); // done; the worker that did it has died before it could tell the queue
  } else if (entry.state == "sending" && entry.wait > 0) {
    mail->Later(entry.wait + 1); // another worker may still be sending it
  } else if (entry.state == "sending" || entry.state == "doubt") {
    SettleLater(id, entry, mail);
  } else {
    Submit(id, mail);
  }
}

// Settles a mail in doubt: an earlier worker has recorded the beginning of an attempt, but
// not its end.
void Worker::SettleLater(const std::string &id, const Entry &entry, const Mail &mail)
{
  int answer = CSMTP_UNKNOWN;
  const RelayLog::Clock::time_point over = RelayLog::Clock::now() + std::chrono::seconds(entry.wait); // in the past
  for (const Relay &relay : m_relays)
    if (relay.name == entry.relay) answer = relay.log->Look(entry.message_id, over);
  if (answer == CSMTP_DELIVERED && m_ledger.Settle(id, entry, "accepted"))
    mail->Ack();
  else if (answer == CSMTP_NOT_DELIVERED && m_ledger.Settle(id, entry, "failed"))
    Submit(id, mail);
  else
    mail->Later(2); // look again
}

void Worker::Submit(const std::string &id, const Mail &mail)
{
  // The queue has delivered a mail that is still in the pool. The first delivery will be
  // acknowledged.
  if (!Take(id)) return;
  try {
    CSmtp message;
    message.SetSenderMail(m_options.from.c_str());
    message.AddRecipient(mail->Header("To").c_str());
    message.SetSubject(mail->Header("Subject").c_str());
    message.SetTextBody(mail->Body().c_str());
    message.SetMessageID(("<" + id + "@outbox.example.com>").c_str()); // the same in every attempt
    m_pool.Submit(message, [this, id, mail](const CSmtpPoolMail &sent) { Sent(id, mail, sent); }, id.c_str());
  } catch (const ECSmtp &e) { // a mail that cannot be sent, for example with a wrong address
    std::cerr << id << ": " << e.GetErrorText() << "\n";
    if (m_ledger.Begin(id, "", "", 0) && m_ledger.End(id, "refused", "", e.GetErrorText())) mail->Ack();
    Give(id);
  }
}

// Called when the pool has finished with a mail.
void Worker::Sent(const std::string &id, const Mail &mail, const CSmtpPoolMail &sent)
{
  Give(id);
  if (sent.GetError() != 0) std::cerr << id << ": " << sent.GetErrorText() << "\n";
  // The error is CSMTP_CANCELED if the ledger could not record something. Then the ledger
  // decides again at the next delivery.
  const bool recorded = sent.GetError() != CSMTP_CANCELED;
  if (recorded && (sent.GetOutcome() == CSMTP_ACCEPTED || sent.GetOutcome() == CSMTP_REJECTED_PERMANENT))
    mail->Ack();
  else
    mail->Later(sent.GetOutcome() == CSMTP_REJECTED_TEMPORARY ? 60 : 2);
}

bool Worker::OnSending(const char *id, unsigned int relay, const char *message_id)
{
  const RelayLog::Clock::time_point began = RelayLog::Clock::now();
  return m_ledger.Begin(id, m_relays[relay].name, message_id, m_options.timeout + m_options.Margin()) &&
         RelayLog::Clock::now() - began < std::chrono::seconds(m_options.Margin());
}

bool Worker::OnEnded(const char *id, int outcome, const char *queue_id, const char *reply)
{
  const char *state = outcome == CSMTP_ACCEPTED             ? "accepted"
                      : outcome == CSMTP_PARTIAL            ? "accepted" // sent to some recipients: not again
                      : outcome == CSMTP_REJECTED_PERMANENT ? "refused"
                      : outcome == CSMTP_IN_DOUBT           ? "doubt"
                                                            : "failed";
  return m_ledger.End(id, state, queue_id, reply);
}

// Waits until it is certain whether the relay has the mail. If that takes too long, for
// instance because the relay does not run, the mail stays in doubt, and SettleLater
// looks again.
int Worker::OnReconcile(const char *id, unsigned int relay, const char *message_id)
{
  const RelayLog::Clock::time_point over = RelayLog::Clock::now();
  const std::chrono::seconds longest(m_options.settle * 4);
  for (;;) {
    const int answer = m_relays[relay].log->Look(message_id, over);
    if (answer != CSMTP_UNKNOWN) {
      const char *state = answer == CSMTP_DELIVERED ? "accepted" : "failed";
      return m_ledger.Doubt(id, m_relays[relay].name, message_id, state) ? answer : CSMTP_UNKNOWN;
    }
    if (stopping || RelayLog::Clock::now() > over + longest) return CSMTP_UNKNOWN;
    usleep(250 * 1000);
  }
}

bool Worker::Take(const std::string &id)
{
  std::lock_guard<std::mutex> lock(m_mutex);
  return m_taken.insert(id).second;
}

void Worker::Give(const std::string &id)
{
  std::lock_guard<std::mutex> lock(m_mutex);
  m_taken.erase(id);
}

Options Parse(int argc, char **argv)
{
  Options options;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) throw std::runtime_error("usage: outbox-worker [--queue URL] [--ledger DATABASE] [--from ADDRESS] "
                                                "[--sessions N] [--timeout S] [--settle S] --relay NAME=HOST:PORT,LOG ...");
    const std::string value = argv[i + 1];
    if (name == "--queue") options.queue = value;
    else if (name == "--ledger") options.ledger = value;
    else if (name == "--from") options.from = value;
    else if (name == "--relay") options.relays.push_back(value);
    else if (name == "--sessions") options.sessions = static_cast<unsigned int>(std::stoul(value));
    else if (name == "--timeout") options.timeout = std::stol(value);
    else if (name == "--settle") options.settle = std::stol(value);
    else throw std::runtime_error("unknown option " + name);
  }
  return options;
}
} // namespace

int main(int argc, char **argv)
{
  signal(SIGTERM, Stop);
  signal(SIGINT, Stop);
  try {
    Worker(Parse(argc, argv)).Run();
  } catch (const std::exception &e) {
    std::cerr << "outbox-worker: " << e.what() << "\n";
    return 1;
  }
  return 0;
}
