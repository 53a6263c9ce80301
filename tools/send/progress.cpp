// SPDX-License-Identifier: MIT
#include "progress.h"

#include <algorithm>
#include <cstdio>

#include "../terminal.h"

namespace send {
namespace {

const int64_t kLarge = 1 << 20; // octets; a smaller mail is sent quickly, so it has no bar

} // namespace

std::string Bar(int64_t sent, int64_t total, double seconds, int columns) {
  const double mebi = 1 << 20, part = total > 0 ? std::min(1.0, static_cast<double>(sent) / static_cast<double>(total)) : 0;
  char text[128];
  snprintf(text, sizeof text, " %3.0f%%  %.1f of %.1f MiB, %.1f MiB/s", part * 100, sent / mebi, total / mebi,
           seconds > 0 ? sent / mebi / seconds : 0.0);
  const std::string words = text;
  const int room = columns - 1 - 2 - static_cast<int>(words.size());
  if (room < 5) return words.substr(0, static_cast<size_t>(std::max(columns - 1, 0)));
  const size_t wide = static_cast<size_t>(std::min(room, 60)), full = static_cast<size_t>(part * static_cast<double>(wide));
  return "[" + std::string(full, '#') + std::string(wide - full, '.') + "]" + words;
}

void Progress::Update(int64_t sent, int64_t total) {
  if (!m_shown || total < kLarge) return;
  const Clock::time_point now = Clock::now();
  if (m_began == Clock::time_point()) m_began = now;
  if (m_drawn && sent < total && now - m_last < std::chrono::milliseconds(100)) return;
  m_last = now;
  m_drawn = true;
  const double seconds = std::chrono::duration<double>(now - m_began).count();
  fprintf(stderr, "\r%s", Bar(sent, total, seconds, tools::TerminalWidth(stderr)).c_str());
  fflush(stderr);
}

void Progress::Clear() {
  if (!m_drawn) return;
  m_drawn = false;
  const int columns = tools::TerminalWidth(stderr) - 1;
  fprintf(stderr, "\r%s\r", std::string(static_cast<size_t>(std::max(columns, 0)), ' ').c_str());
  fflush(stderr);
}

} // namespace send
