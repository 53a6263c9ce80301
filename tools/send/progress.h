// SPDX-License-Identifier: MIT
//
// A progress bar on the terminal while a large mail is sent.
#ifndef CSMTP_TOOLS_SEND_PROGRESS_H
#define CSMTP_TOOLS_SEND_PROGRESS_H

#include <chrono>
#include <cstdint>
#include <string>

namespace send {

class Progress {
 public:
  // Makes a progress bar. The bar is not drawn if 'shown' is false.
  explicit Progress(bool shown) : m_shown(shown), m_drawn(false), m_began(), m_last() {}
  ~Progress() { Clear(); }

  void Update(int64_t sent, int64_t total);
  void Clear(); // removes the bar, so that text can be printed

 private:
  typedef std::chrono::steady_clock Clock;
  bool m_shown, m_drawn;
  Clock::time_point m_began, m_last;
};

// Returns the bar as a text of fewer than 'columns' characters.
std::string Bar(int64_t sent, int64_t total, double seconds, int columns);

} // namespace send

#endif
