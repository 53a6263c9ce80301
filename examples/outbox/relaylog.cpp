// SPDX-License-Identifier: MIT
#include "relaylog.h"

#include <fcntl.h>
#include <netdb.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "csmtp_c.h"

namespace
{
// The contents of a log. A log that cannot be read is empty.
class Text
{
public:
  explicit Text(const std::string &file)
  {
    const int fd = open(file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0) {
      void *data = mmap(nullptr, static_cast<size_t>(status.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
      if (data != MAP_FAILED) {
        m_data = static_cast<const char *>(data);
        m_size = static_cast<size_t>(status.st_size);
      }
    }
    if (fd >= 0) close(fd);
  }
  ~Text()
  {
    if (m_data != nullptr) munmap(const_cast<char *>(m_data), m_size);
  }
  Text(const Text &) = delete;
  Text &operator=(const Text &) = delete;

  static const size_t none = static_cast<size_t>(-1);
  // Returns where 'what' begins, at 'from' or later; none if it is not there.
  size_t Find(const std::string &what, size_t from = 0) const
  {
    if (from >= m_size) return none;
    const void *found = memmem(m_data + from, m_size - from, what.data(), what.size());
    return found == nullptr ? none : static_cast<size_t>(static_cast<const char *>(found) - m_data);
  }
  // Returns the word that ends before 'end'.
  std::string WordBefore(size_t end) const
  {
    size_t begin = end;
    while (begin > 0 && m_data[begin - 1] != ' ' && m_data[begin - 1] != '\n') begin--;
    return std::string(m_data + begin, end - begin);
  }

private:
  const char *m_data = nullptr;
  size_t m_size = 0;
};

// Reports whether a relay has put a mail in its queue. Postfix writes the Message-ID while
// it receives the mail ("QUEUEID: message-id=<...>"). When it has stored the mail, the
// queue manager takes it over ("QUEUEID: from=<...>").
bool Queued(const Text &log, const std::string &message_id)
{
  const std::string line = ": message-id=" + message_id;
  for (size_t at = log.Find(line); at != Text::none; at = log.Find(line, at + 1))
    if (log.Find(" " + log.WordBefore(at) + ": from=<", at) != Text::none) return true;
  return false;
}
} // namespace

int RelayLog::Look(const std::string &message_id, Clock::time_point over)
{
  const bool running = IsRunning(); // before the log is read
  const Text log(m_file), rotated(m_file + ".1");
  if (Queued(log, message_id) || Queued(rotated, message_id)) return CSMTP_DELIVERED;

  // A relay that is not running can have the mail in its queue. It will log this after it
  // has started.
  std::lock_guard<std::mutex> lock(m_mutex);
  const char started[] = "]: daemon started -- version";
  size_t start = m_start;
  if (log.Find(started, start) == Text::none) start = 0; // the log was rotated
  for (size_t at = log.Find(started, start); at != Text::none; at = log.Find(started, at + 1)) start = at;
  const Clock::time_point now = Clock::now();
  if (!running || !m_running || start != m_start) m_since = now;
  m_running = running;
  m_start = start;
  if (!running || now < m_since + m_settle || now < over + m_settle) return CSMTP_UNKNOWN;
  return CSMTP_NOT_DELIVERED;
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
