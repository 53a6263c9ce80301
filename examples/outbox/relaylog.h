// SPDX-License-Identifier: MIT
//
// relaylog.h: class RelayLog, which finds out from the log of a Postfix relay whether the relay
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

  // 'settle' is the maximum time, in seconds, that the relay takes to log a mail that it has
  // accepted. The time begins when the client's connection has ended, or when the relay has started.
  RelayLog(const std::string &host, const std::string &port, const std::string &file, long settle)
      : m_host(host), m_port(port), m_file(file), m_settle(settle) {}

  // Returns what happened to a mail: CSMTP_DELIVERED, CSMTP_NOT_DELIVERED or CSMTP_UNKNOWN. At the
  // time 'over', all attempts to send the mail must have ended. After CSMTP_UNKNOWN, call Look
  // again later.
  int Look(const std::string &message_id, Clock::time_point over);

private:
  bool WasRunning(Clock::time_point over);
  bool IsRunning() const;

  const std::string m_host, m_port, m_file;
  const std::chrono::seconds m_settle;
  std::atomic<int> m_error{0}; // the errno of the last attempt to read the log
  std::mutex m_asking; // protects the three following members
  bool m_asked = false, m_answer = false; // whether IsRunning was called, and its last result
  Clock::time_point m_answered;           // when the call began (if it returned true) or ended
  std::mutex m_mutex; // protects the three following members
  bool m_running = false;     // whether the relay was running at the last call to Look
  size_t m_start = 0;         // the position of the relay's last start in the log
  Clock::time_point m_since;  // when this process first saw that start
};

#endif // OUTBOX_RELAYLOG_H
