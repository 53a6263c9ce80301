// SPDX-License-Identifier: MIT
//
// A bar on the terminal while a large mail goes.
#ifndef CSMTP_TOOLS_SEND_PROGRESS_H
#define CSMTP_TOOLS_SEND_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace send {

class Progress {
 public:
  // shown: there is a terminal, and it was not asked to be quiet.
  explicit Progress(bool shown) : m_shown(shown), m_drawn(false), m_began(), m_last() {}
  ~Progress() { Clear(); }

  void Update(int64_t sent, int64_t total);
  void Clear(); // takes the bar away, for a line of text

 private:
  typedef std::chrono::steady_clock Clock;
  bool m_shown, m_drawn;
  Clock::time_point m_began, m_last;
};

// One state of the bar, no wider than columns.
std::string Bar(int64_t sent, int64_t total, double seconds, int columns);

} // namespace send

#endif
