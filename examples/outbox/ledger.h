// SPDX-License-Identifier: MIT
//
// ledger.h: class Ledger, a table that records what happened to each mail. Only the ledger
// decides whether a worker is allowed to send a mail, so all workers must use the same ledger.
#ifndef OUTBOX_LEDGER_H
#define OUTBOX_LEDGER_H

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

// A connection to SQLite or PostgreSQL. Methods throw std::runtime_error.
class Database
{
public:
  typedef std::vector<std::vector<std::string>> Rows;
  virtual ~Database() {}
  // Runs an SQL statement, in which the parameters $1, $2, ... must appear in this order. Returns
  // the rows of the result.
  virtual Rows Run(const std::string &sql, const std::vector<std::string> &parameters = {}) = 0;
  // Connects again if the connection is lost. Does nothing for SQLite.
  virtual void Reconnect() {}
  // Returns the SQL statement that begins a transaction with changes.
  virtual const char *Begin() const = 0;
  // Returns the SQL expression for the current time in seconds since 1970.
  virtual const char *Now() const = 0;

  // Opens the database 'name': "sqlite:FILE", or a connection string of PostgreSQL
  // ("postgresql://...").
  static std::unique_ptr<Database> Open(const std::string &name);
};

// The states of a mail. A mail without a row has never been sent.
//
//   sending   an attempt has begun. It is over at the time 'until' at the latest, even if
//             its worker has died. After that time, the mail is in doubt.
//   doubt     the attempt is over, and it is not known whether the relay has the mail
//   failed    the relay does not have the mail, so the mail can be sent again
//   accepted  the relay has the mail, so the mail must not be sent again
//   refused   the relay refuses the mail permanently
struct Entry {
  std::string state, relay, message_id, owner;
  long attempts = 0, wait = 0; // 'wait' is the number of seconds until the time 'until'
};

class Ledger
{
public:
  // 'owner' identifies this process. It must be different from the owner of every other process,
  // even of those that have ended.
  Ledger(const std::string &database, const std::string &owner);
  ~Ledger();
  // Makes the tables, if they do not exist.
  static void CreateTables(Database &database);

  // Copies the row of a mail to 'entry'. Returns false if the mail has no row. Throws if the
  // database does not work.
  bool Find(const std::string &id, Entry &entry);

  // Begin records the beginning of an attempt that lasts at most 'seconds', and End records its
  // end. Both return true only when the change is on disk. Begin returns false if the mail must
  // not be sent, for example because another worker is sending it or has sent it.
  bool Begin(const std::string &id, const std::string &relay, const std::string &message_id, long seconds);
  bool End(const std::string &id, const std::string &state, const std::string &queue_id, const std::string &reply);

  // Refuse records that a mail can never be sent. Returns false if the mail has been sent or
  // refused, is being sent, or is in doubt, or if the database does not work.
  bool Refuse(const std::string &id, const std::string &reason);

  // Settle changes the state of a mail in doubt to 'state', which is "accepted" or "failed". It
  // returns false if another worker has already settled the mail, or if the database does not work.
  // If an attempt of this process was in doubt, Doubt records how this doubt was settled. The
  // process then calls End for the attempt.
  bool Settle(const std::string &id, const Entry &found, const std::string &state);
  bool Doubt(const std::string &id, const std::string &relay, const std::string &message_id, const std::string &answer);

private:
  struct Job {
    std::function<bool(Database &)> work;
    bool done = false, result = false;
  };
  bool Write(std::function<bool(Database &)> work);
  void Writer();

  const std::string m_owner;
  std::unique_ptr<Database> m_reading, m_writing;
  std::mutex m_reader, m_mutex;
  std::condition_variable m_added, m_written;
  std::deque<Job *> m_jobs;
  bool m_stopping = false;
  std::thread m_writer;
};

#endif // OUTBOX_LEDGER_H
