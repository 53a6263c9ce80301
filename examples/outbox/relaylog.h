// SPDX-License-Identifier: MIT
//
// relaylog.h: class RelayLog, which finds out from the log of a Postfix relay whether it
// has accepted a mail.
#ifndef OUTBOX_RELAYLOG_H
#define OUTBOX_RELAYLOG_H

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

class RelayLog
{
public:
  typedef std::chrono::steady_clock Clock;

  // 'settle' is the time in seconds that the relay needs at most to write about a mail
  // into its log, after the connection with the client has ended or after it has started.
  RelayLog(const std::string &host, const std::string &port, const std::string &file, long settle)
      : m_host(host), m_port(port), m_file(file), m_settle(settle) {}

  // Returns what happened to a mail: CSMTP_DELIVERED, CSMTP_NOT_DELIVERED or
  // CSMTP_UNKNOWN. 'over' is a time at which no attempt to send it was in progress any
  // more. After CSMTP_UNKNOWN, ask again later.
  int Look(const std::string &message_id, Clock::time_point over);

private:
  bool WasRunning(Clock::time_point over);
  bool IsRunning() const;

  const std::string m_host, m_port, m_file;
  const std::chrono::seconds m_settle;
  std::atomic<int> m_error{0}; // the errno of the last attempt to read the log
  std::mutex m_asking; // protects the three following members
  bool m_asked = false, m_answer = false; // the last answer of IsRunning
  Clock::time_point m_answered;           // when the relay was or was not running
  std::mutex m_mutex; // protects the three following members
  bool m_running = false;     // the relay was running at the last look
  size_t m_start = 0;         // where in the log its last start was
  Clock::time_point m_since;  // when this process first saw that start
};

#endif // OUTBOX_RELAYLOG_H
