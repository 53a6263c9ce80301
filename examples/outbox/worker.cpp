// SPDX-License-Identifier: MIT
//
// outbox-worker takes mails from the queue, sends them over a pool of relays, and records
// each step in the ledger. Any number of workers can run, on any number of machines.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <iostream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

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

// A mail in doubt: the ledger contains the beginning of an attempt, and either no end, or an end
// that says that the outcome is not known.
struct Doubt {
  std::string id;
  Entry entry;
  Mail mail;
};

struct Options {
  std::string queue = "nats://127.0.0.1:4222", ledger = "sqlite:outbox.db", from = "outbox@example.com";
  std::vector<std::string> relays; // NAME=HOST:PORT,LOG
  unsigned int sessions = 4;
  long timeout = 60; // the time limit of one attempt, in seconds
  long settle = 5;   // see relaylog.h
  // The longest time in seconds from the entry in the ledger to the beginning of the attempt.
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
  void SettleLater(const Doubt &doubt);
  bool Settle(const Doubt &doubt);
  void Settler();
  void Sent(const std::string &id, const Mail &mail, const CSmtpPoolMail &sent);

  // The callbacks of the pool.
  bool OnSending(const char *id, unsigned int relay, const char *message_id);
  bool OnEnded(const char *id, int outcome, const char *queue_id, const char *reply);
  int OnReconcile(const char *id, unsigned int relay, const char *message_id);

  bool Take(const std::string &id);
  void Give(const std::string &id);

  const Options m_options;
  std::vector<Relay> m_relays;
  std::mutex m_mutex;            // protects the three following members
  std::set<std::string> m_taken; // the ids of the mails that this worker is working on
  std::deque<Doubt> m_doubts;    // the mails in doubt that the settler must settle
  bool m_ending = false;         // whether the settler must end
  std::condition_variable m_wake;
  // The relays about which Settle has already printed that no --relay option names them. Only the
  // settler uses this set.
  std::set<std::string> m_unknown;
  Ledger m_ledger;
  Queue m_queue;
  CSmtpPool m_pool; // last, so that its destructor runs first
};

// Returns a name for this process that no other process has.
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
  CSmtp message;
  message.SetSenderMail(options.from.c_str());
  message.AddRecipient("test@example.com");
  message.RenderMessage(); // throws if --from is not an address
  for (const std::string &text : options.relays) {
    const size_t equals = text.find('='), comma = text.find(','), colon = text.rfind(':', comma);
    if (equals == std::string::npos || comma == std::string::npos || colon == std::string::npos || colon < equals)
      throw std::runtime_error("--relay " + text + ": write NAME=HOST:PORT,LOG");
    const std::string name = text.substr(0, equals), host = text.substr(equals + 1, colon - equals - 1),
                      port = text.substr(colon + 1, comma - colon - 1);
    // Relays in your own network usually need no login. For other relays, omit 'false', and use
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
  std::thread settler(&Worker::Settler, this);
  while (!stopping) {
    for (const Mail &mail : m_queue.Get(50)) Handle(mail);
  }
  {
    std::lock_guard<std::mutex> lock(m_mutex);
    m_ending = true;
  }
  m_wake.notify_all();
  settler.join();
  m_pool.Drain(); // mails that are already in the pool are still sent
}

// Handles a mail that the queue has delivered. If a worker dies, the queue delivers its mails again,
// even if they have been sent. So Handle first reads the state of the mail in the ledger.
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
    mail->Ack(); // the mail is done, but its worker died before it could tell the queue
  } else if (entry.state == "sending" && entry.wait > 0) {
    mail->Later(entry.wait + 1); // perhaps another worker is still sending the mail
  } else if (!Take(id)) {
    // The queue has delivered the mail again, but this worker is already working on it, and
    // will acknowledge the first delivery.
  } else if (entry.state == "sending" || entry.state == "doubt") {
    SettleLater({id, entry, mail});
  } else {
    Submit(id, mail);
  }
}

// Passes a mail in doubt to the settler. If the relay of the mail does not answer, settling takes
// seconds, and Run must be able to get other mails meanwhile.
void Worker::SettleLater(const Doubt &doubt)
{
  const size_t most = 1000;
  {
    std::lock_guard<std::mutex> lock(m_mutex);
    if (m_doubts.size() < most) {
      m_doubts.push_back(doubt);
      m_wake.notify_all();
      return;
    }
  }
  Give(doubt.id);
  doubt.mail->Later(5);
}

// Settles the mails in doubt one after another. Settler runs on its own thread.
void Worker::Settler()
{
  for (;;) {
    std::unique_lock<std::mutex> lock(m_mutex);
    m_wake.wait(lock, [this] { return m_ending || !m_doubts.empty(); });
    if (m_ending) {
      for (const Doubt &doubt : m_doubts) doubt.mail->Later(1);
      return;
    }
    const Doubt doubt = m_doubts.front();
    m_doubts.pop_front();
    lock.unlock();
    if (Settle(doubt)) Submit(doubt.id, doubt.mail);
  }
}

// Settles a mail in doubt if the log shows whether the relay has the mail. Returns true if the
// mail must be sent again.
bool Worker::Settle(const Doubt &doubt)
{
  int answer = CSMTP_UNKNOWN;
  const RelayLog::Clock::time_point over = RelayLog::Clock::now() + std::chrono::seconds(doubt.entry.wait); // in the past, because 'wait' is not positive
  bool known = false;
  for (const Relay &relay : m_relays) {
    if (relay.name != doubt.entry.relay) continue;
    known = true;
    answer = relay.log->Look(doubt.entry.message_id, over);
  }
  if (!known && m_unknown.insert(doubt.entry.relay).second)
    std::cerr << doubt.id << " and perhaps other mails are in doubt at the relay \"" << doubt.entry.relay
              << "\", but no --relay option names this relay: add one, and keep it until these mails are settled\n";
  if (answer == CSMTP_NOT_DELIVERED && m_ledger.Settle(doubt.id, doubt.entry, "failed")) return true;
  const bool done = answer == CSMTP_DELIVERED && m_ledger.Settle(doubt.id, doubt.entry, "accepted");
  Give(doubt.id);
  if (done)
    doubt.mail->Ack();
  else
    doubt.mail->Later(2); // the queue then delivers the mail again, and Settle tries again
  return false;
}

// Reports whether Submit failed because of the mail itself, which then can never be sent.
bool IsFaultOfMail(const ECSmtp &e)
{
  const int error = e.GetErrorNum(); // an error such as CSMTP_LACK_OF_MEMORY is not the fault of the mail
  return error == CSMTP_UNDEF_RECIPIENTS || error == CSMTP_UNDEF_RECIPIENT_MAIL || error == CSMTP_BAD_INPUT;
}

// Gives a mail to the pool.
void Worker::Submit(const std::string &id, const Mail &mail)
{
  try {
    CSmtp message;
    message.SetSenderMail(m_options.from.c_str());
    message.AddRecipient(mail->Header("To").c_str());
    message.SetSubject(mail->Header("Subject").c_str());
    message.SetTextBody(mail->Body().c_str());
    message.SetMessageID(("<" + id + "@outbox.example.com>").c_str()); // the same ID in every attempt
    m_pool.Submit(message, [this, id, mail](const CSmtpPoolMail &sent) { Sent(id, mail, sent); }, id.c_str());
  } catch (const ECSmtp &e) {
    std::cerr << id << ": " << e.GetErrorText() << "\n";
    Give(id);
    if (IsFaultOfMail(e) && m_ledger.Refuse(id, e.GetErrorText()))
      mail->Ack();
    else
      mail->Later(10);
  }
}

// Called when the pool has finished with a mail.
void Worker::Sent(const std::string &id, const Mail &mail, const CSmtpPoolMail &sent)
{
  Give(id);
  if (sent.GetError() != 0) std::cerr << id << ": " << sent.GetErrorText() << "\n";
  // The error is CSMTP_CANCELED if the ledger could not record the beginning or the end of the
  // attempt. The queue then delivers the mail again, and Handle decides what to do.
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
                      : outcome == CSMTP_PARTIAL            ? "accepted" // do not send it again
                      : outcome == CSMTP_REJECTED_PERMANENT ? "refused"
                      : outcome == CSMTP_IN_DOUBT           ? "doubt"
                                                            : "failed";
  return m_ledger.End(id, state, queue_id, reply);
}

// Waits until it is known whether the relay has the mail. If this takes too long, for instance
// because the relay is not running, the mail stays in doubt, and Settle tries again later.
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
