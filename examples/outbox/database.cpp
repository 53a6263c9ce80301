// SPDX-License-Identifier: MIT
//
// database.cpp: the two databases of class Ledger.
#include "ledger.h"

#include <chrono>
#include <stdexcept>

#ifdef OUTBOX_SQLITE
#include <sqlite3.h>
#endif
#ifdef OUTBOX_POSTGRESQL
#include <libpq-fe.h>
#endif

namespace
{
#ifdef OUTBOX_SQLITE
class SQLite : public Database
{
public:
  explicit SQLite(const std::string &file)
  {
    if (sqlite3_open(file.c_str(), &m_db) != SQLITE_OK) {
      const std::string error = sqlite3_errmsg(m_db);
      sqlite3_close(m_db);
      throw std::runtime_error(file + ": " + error);
    }
    sqlite3_busy_timeout(m_db, 10000);
    // Repeat the statement: it fails immediately while another process creates or recovers the
    // database.
    for (int i = 1;; i++) {
      try {
        Run("PRAGMA journal_mode = WAL", {});
        break;
      } catch (const std::runtime_error &) {
        if (i == 100) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
    Run("PRAGMA synchronous = FULL", {}); // COMMIT returns when the change is on disk
  }
  ~SQLite() override { sqlite3_close(m_db); }

  Rows Run(const std::string &sql, const std::vector<std::string> &parameters) override
  {
    sqlite3_stmt *prepared = nullptr;
    if (sqlite3_prepare_v2(m_db, sql.c_str(), -1, &prepared, nullptr) != SQLITE_OK) Fail();
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt *)> statement(prepared, sqlite3_finalize);
    for (size_t i = 0; i < parameters.size(); i++)
      sqlite3_bind_text(prepared, static_cast<int>(i) + 1, parameters[i].c_str(), static_cast<int>(parameters[i].size()), SQLITE_TRANSIENT);
    Rows rows;
    int status;
    while ((status = sqlite3_step(prepared)) == SQLITE_ROW) {
      rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(prepared); i++)
        rows.back().emplace_back(reinterpret_cast<const char *>(sqlite3_column_text(prepared, i)));
    }
    if (status != SQLITE_DONE) Fail();
    return rows;
  }
  const char *Begin() const override { return "BEGIN IMMEDIATE"; }
  const char *Now() const override { return "CAST(strftime('%s', 'now') AS INTEGER)"; }

private:
  [[noreturn]] void Fail() const { throw std::runtime_error(std::string("SQLite: ") + sqlite3_errmsg(m_db)); }
  sqlite3 *m_db = nullptr;
};
#endif

#ifdef OUTBOX_POSTGRESQL
class PostgreSQL : public Database
{
public:
  explicit PostgreSQL(const std::string &name) : m_db(PQconnectdb(name.c_str()), PQfinish)
  {
    if (PQstatus(m_db.get()) != CONNECTION_OK) Fail();
    PQsetNoticeProcessor(m_db.get(), [](void *, const char *) {}, nullptr);
  }

  Rows Run(const std::string &sql, const std::vector<std::string> &parameters) override
  {
    std::vector<const char *> values;
    for (const std::string &parameter : parameters) values.push_back(parameter.c_str());
    const std::unique_ptr<PGresult, void (*)(PGresult *)> result(
        PQexecParams(m_db.get(), sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(), nullptr, nullptr, 0), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) Fail();
    Rows rows(static_cast<size_t>(PQntuples(result.get())));
    for (size_t row = 0; row < rows.size(); row++)
      for (int i = 0; i < PQnfields(result.get()); i++)
        rows[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), i));
    return rows;
  }
  void Reconnect() override
  {
    if (PQstatus(m_db.get()) == CONNECTION_OK) return;
    PQreset(m_db.get());
    if (PQstatus(m_db.get()) != CONNECTION_OK) Fail();
  }
  const char *Begin() const override { return "BEGIN"; }
  const char *Now() const override { return "CAST(extract(epoch FROM clock_timestamp()) AS bigint)"; }

private:
  [[noreturn]] void Fail() const { throw std::runtime_error(std::string("PostgreSQL: ") + PQerrorMessage(m_db.get())); }
  std::unique_ptr<PGconn, void (*)(PGconn *)> m_db;
};
#endif
} // namespace

std::unique_ptr<Database> Database::Open(const std::string &name)
{
#ifdef OUTBOX_SQLITE
  if (name.compare(0, 7, "sqlite:") == 0) return std::unique_ptr<Database>(new SQLite(name.substr(7)));
#endif
#ifdef OUTBOX_POSTGRESQL
  if (name.compare(0, 11, "postgresql:") == 0) return std::unique_ptr<Database>(new PostgreSQL(name));
#endif
  throw std::runtime_error("unknown database \"" + name + "\": use sqlite:FILE or postgresql://..., if this program was built with it");
}
