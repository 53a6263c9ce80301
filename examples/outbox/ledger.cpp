// SPDX-License-Identifier: MIT
#include "ledger.h"

#include <chrono>
#include <cstdio>
#include <exception>

namespace
{
const char *const schema[] = {
    "CREATE TABLE IF NOT EXISTS mail (id TEXT PRIMARY KEY, state TEXT NOT NULL, relay TEXT NOT NULL, "
    "message_id TEXT NOT NULL, owner TEXT NOT NULL, attempts INTEGER NOT NULL, until BIGINT NOT NULL, "
    "queue_id TEXT NOT NULL DEFAULT '', reply TEXT NOT NULL DEFAULT '')",
    // This table tells the operator how each mail in doubt was settled.
    "CREATE TABLE IF NOT EXISTS doubt (id TEXT NOT NULL, relay TEXT NOT NULL, message_id TEXT NOT NULL, "
    "answer TEXT NOT NULL, at BIGINT NOT NULL)",
};
} // namespace

void Ledger::CreateTables(Database &database)
{
  for (const char *sql : schema) {
    // Repeat the statement: it fails if another process creates the same table at the same
    // time.
    for (int i = 1;; i++) {
      try {
        database.Run(sql);
        break;
      } catch (const std::exception &) {
        if (i == 100) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }
}

Ledger::Ledger(const std::string &database, const std::string &owner)
    : m_owner(owner), m_reading(Database::Open(database)), m_writing(Database::Open(database))
{
  CreateTables(*m_writing);
  m_writer = std::thread(&Ledger::Writer, this);
}

Ledger::~Ledger()
{
  {
    std::lock_guard<std::mutex> lock(m_mutex);
    m_stopping = true;
  }
  m_added.notify_all();
  m_writer.join();
}

bool Ledger::Find(const std::string &id, Entry &entry)
{
  std::lock_guard<std::mutex> lock(m_reader);
  m_reading->Reconnect();
  const Database::Rows rows = m_reading->Run(
      std::string("SELECT state, relay, message_id, owner, attempts, until - ") + m_reading->Now() + " FROM mail WHERE id = $1", {id});
  if (rows.empty()) return false;
  entry.state = rows[0][0];
  entry.relay = rows[0][1];
  entry.message_id = rows[0][2];
  entry.owner = rows[0][3];
  entry.attempts = std::stol(rows[0][4]);
  entry.wait = std::stol(rows[0][5]);
  return true;
}

bool Ledger::Begin(const std::string &id, const std::string &relay, const std::string &message_id, long seconds)
{
  return Write([=](Database &database) {
    const std::string until = std::string(database.Now()) + " + " + std::to_string(seconds);
    return !database.Run("INSERT INTO mail (id, state, relay, message_id, owner, attempts, until) "
                         "VALUES ($1, 'sending', $2, $3, $4, 1, " + until + ") "
                         "ON CONFLICT (id) DO UPDATE SET state = 'sending', relay = excluded.relay, "
                         "message_id = excluded.message_id, owner = excluded.owner, attempts = mail.attempts + 1, "
                         "until = excluded.until WHERE mail.state = 'failed' RETURNING id",
                         {id, relay, message_id, m_owner})
                .empty();
  });
}

bool Ledger::End(const std::string &id, const std::string &state, const std::string &queue_id, const std::string &reply)
{
  return Write([=](Database &database) {
    return !database.Run(std::string("UPDATE mail SET state = $1, queue_id = $2, reply = $3, until = ") + database.Now() +
                             " WHERE id = $4 AND owner = $5 AND state = 'sending' RETURNING id",
                         {state, queue_id, reply, id, m_owner})
                .empty();
  });
}

bool Ledger::Refuse(const std::string &id, const std::string &reason)
{
  return Write([=](Database &database) {
    const std::string now = database.Now();
    return !database.Run("INSERT INTO mail (id, state, relay, message_id, owner, attempts, until, reply) "
                         "VALUES ($1, 'refused', '', '', $2, 0, " + now + ", $3) "
                         "ON CONFLICT (id) DO UPDATE SET state = 'refused', owner = excluded.owner, "
                         "until = excluded.until, reply = excluded.reply WHERE mail.state = 'failed' RETURNING id",
                         {id, m_owner, reason})
                .empty();
  });
}

bool Ledger::Settle(const std::string &id, const Entry &found, const std::string &state)
{
  return Write([=](Database &database) {
    // The UPDATE has an effect only if the row has not changed since Find.
    if (database.Run("UPDATE mail SET state = $1, owner = $2 WHERE id = $3 AND state = $4 AND owner = $5 AND attempts = $6 RETURNING id",
                     {state, m_owner, id, found.state, found.owner, std::to_string(found.attempts)})
            .empty()) return false;
    database.Run(std::string("INSERT INTO doubt (id, relay, message_id, answer, at) VALUES ($1, $2, $3, $4, ") + database.Now() + ")",
                 {id, found.relay, found.message_id, state});
    return true;
  });
}

bool Ledger::Doubt(const std::string &id, const std::string &relay, const std::string &message_id, const std::string &answer)
{
  return Write([=](Database &database) {
    database.Run(std::string("INSERT INTO doubt (id, relay, message_id, answer, at) VALUES ($1, $2, $3, $4, ") + database.Now() + ")",
                 {id, relay, message_id, answer});
    return true;
  });
}

// Write passes a change to the writer, and waits until the change has been written. The writer puts
// all changes that are waiting into one transaction, so it waits for the disk only once.
bool Ledger::Write(std::function<bool(Database &)> work)
{
  Job job;
  job.work = std::move(work);
  std::unique_lock<std::mutex> lock(m_mutex);
  m_jobs.push_back(&job);
  m_added.notify_one();
  m_written.wait(lock, [&] { return job.done; });
  return job.result;
}

void Ledger::Writer()
{
  std::unique_lock<std::mutex> lock(m_mutex);
  for (;;) {
    m_added.wait(lock, [&] { return m_stopping || !m_jobs.empty(); });
    if (m_jobs.empty()) return;
    std::deque<Job *> jobs;
    jobs.swap(m_jobs);
    lock.unlock();
    bool committed = false;
    try {
      m_writing->Reconnect();
      m_writing->Run(m_writing->Begin());
      try {
        for (Job *job : jobs) job->result = job->work(*m_writing);
        m_writing->Run("COMMIT");
        committed = true;
      } catch (const std::exception &) {
        m_writing->Run("ROLLBACK");
        throw;
      }
    } catch (const std::exception &e) {
      fprintf(stderr, "ledger: %s\n", e.what());
    }
    lock.lock();
    for (Job *job : jobs) {
      job->result = job->result && committed;
      job->done = true;
    }
    m_written.notify_all();
  }
}
