// SPDX-License-Identifier: MIT
#include "relaylog.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <iostream>
#include <vector>

#include "csmtp_c.h"

namespace
{
const size_t none = static_cast<size_t>(-1);

// Searches 'text' from the position 'from'. Returns the position of 'what', or 'none'.
size_t Find(const std::string &text, const std::string &what, size_t from = 0)
{
  if (from >= text.size()) return none;
  const void *found = memmem(text.data() + from, text.size() - from, what.data(), what.size());
  return found == nullptr ? none : static_cast<size_t>(static_cast<const char *>(found) - text.data());
}

// Returns the word that ends before 'end'.
std::string WordBefore(const std::string &text, size_t end)
{
  size_t begin = end;
  while (begin > 0 && text[begin - 1] != ' ' && text[begin - 1] != '\n') begin--;
  return text.substr(begin, end - begin);
}

// What the log of a relay contains about a mail and about the relay.
struct Facts {
  int error = 0;       // the errno if the log could not be read
  bool queued = false; // the relay has put the mail in its queue
  size_t start = 0;    // the position of the last line about a start of the relay; 0 if there is none
};

// Reads a log, and returns what it contains about a mail and about the last start of the relay.
//
// Postfix writes the Message-ID while it receives the mail ("QUEUEID: message-id=<...>").
// Once Postfix has stored the mail, its queue manager logs "QUEUEID: from=<...>".
Facts Read(const std::string &file, const std::string &message_id)
{
  Facts facts;
  const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    facts.error = errno;
    return facts;
  }
  const std::string line = ": message-id=" + message_id, started = "]: daemon started -- version";
  std::vector<std::string> ids; // one " QUEUEID: from=<" for each time that the relay received the mail
  std::string text;             // the lines that are searched next
  std::vector<char> block(1 << 20);
  size_t before = 0; // the position of 'text' in the file
  for (;;) {
    const ssize_t n = read(fd, block.data(), block.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) facts.error = errno;
    std::string rest; // the beginning of a line whose end has not been read
    if (n > 0) {
      text.append(block.data(), static_cast<size_t>(n));
      const size_t end = text.rfind('\n') + 1; // 0 if there is no end of a line
      rest = text.substr(end);
      text.resize(end);
    }
    for (const std::string &id : ids) facts.queued = facts.queued || Find(text, id) != none;
    for (size_t at = Find(text, line); at != none; at = Find(text, line, at + 1)) {
      ids.push_back(" " + WordBefore(text, at) + ": from=<");
      facts.queued = facts.queued || Find(text, ids.back(), at) != none;
    }
    for (size_t at = Find(text, started); at != none; at = Find(text, started, at + 1)) facts.start = before + at;
    if (n <= 0) break;
    before += text.size();
    text.swap(rest);
  }
  close(fd);
  return facts;
}
} // namespace

int RelayLog::Look(const std::string &message_id, Clock::time_point over)
{
  const bool running = WasRunning(over); // must be called before the log is read
  const Facts facts = Read(m_file, message_id), rotated = Read(m_file + ".1", message_id);
  if (facts.queued || rotated.queued) return CSMTP_DELIVERED;

  // If a log cannot be read, the answer is not known, because the log could contain the mail. Only
  // the rotated log is allowed to be missing.
  const int error = facts.error != 0 ? facts.error : rotated.error != ENOENT ? rotated.error : 0;
  if (m_error.exchange(error) != error && error != 0) std::cerr << "cannot read the log " << m_file << ": " << strerror(error) << "\n";
  if (error != 0) return CSMTP_UNKNOWN;

  // The queue of a relay that is not running can contain a mail that is not in the log yet. The relay logs
  // the mail only after its next start.
  std::lock_guard<std::mutex> lock(m_mutex);
  const Clock::time_point now = Clock::now();
  if (!running || !m_running || facts.start != m_start) m_since = now;
  m_running = running;
  m_start = facts.start;
  if (!running || now < m_since + m_settle || now < over + m_settle) return CSMTP_UNKNOWN;
  return CSMTP_NOT_DELIVERED;
}

// Reports whether the relay was running at some time after 'over'. The relay is asked at most once
// a second, unless the last answer was that it was running at a time before 'over'.
bool RelayLog::WasRunning(Clock::time_point over)
{
  std::lock_guard<std::mutex> lock(m_asking);
  const Clock::time_point began = Clock::now();
  if (m_asked && began < m_answered + std::chrono::seconds(1) && (!m_answer || m_answered >= over)) return m_answer;
  m_answer = IsRunning();
  m_answered = m_answer ? began : Clock::now();
  m_asked = true;
  return m_answer;
}

// Reports whether the relay greets a client.
bool RelayLog::IsRunning() const
{
  addrinfo hints = {}, *addresses = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(m_host.c_str(), m_port.c_str(), &hints, &addresses) != 0) return false;
  bool greeted = false;
  for (const addrinfo *a = addresses; a != nullptr && !greeted; a = a->ai_next) {
    const int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0) continue;
    const timeval limit = {2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    char reply[4];
    greeted = connect(fd, a->ai_addr, a->ai_addrlen) == 0 && recv(fd, reply, sizeof reply, MSG_WAITALL) == 4 && memcmp(reply, "220", 3) == 0;
    if (greeted && send(fd, "QUIT\r\n", 6, MSG_NOSIGNAL) == 6) recv(fd, reply, 1, 0);
    close(fd);
  }
  freeaddrinfo(addresses);
  return greeted;
}
