// SPDX-License-Identifier: MIT
//
// Tests class RelayLog of examples/outbox with a log in the file named by its argument.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>

#include "csmtp_c.h"

#include "relaylog.h"

#define CHECK(condition)                                                        \
  do {                                                                          \
    if (!(condition)) {                                                         \
      fprintf(stderr, "%s:%d: %s is false\n", __FILE__, __LINE__, #condition); \
      exit(1);                                                                  \
    }                                                                           \
  } while (false)

// Server listens on a free port, greets every client and counts the clients.
class Server
{
public:
  Server() : m_fd(socket(AF_INET, SOCK_STREAM, 0))
  {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    CHECK(bind(m_fd, reinterpret_cast<sockaddr *>(&address), size) == 0 && listen(m_fd, 100) == 0);
    CHECK(getsockname(m_fd, reinterpret_cast<sockaddr *>(&address), &size) == 0);
    port = std::to_string(ntohs(address.sin_port));
    m_thread = std::thread([this] {
      for (int client; (client = accept(m_fd, nullptr, nullptr)) >= 0; close(client)) {
        clients++;
        CHECK(write(client, "220 relay\r\n", 11) == 11);
        char command[6];
        CHECK(read(client, command, sizeof command) >= 0);
      }
    });
  }
  void Stop()
  {
    shutdown(m_fd, SHUT_RDWR);
    m_thread.join();
    close(m_fd);
  }
  std::string port;
  std::atomic<int> clients{0};

private:
  const int m_fd;
  std::thread m_thread;
};

static void Write(const std::string &file, const std::string &text)
{
  std::ofstream(file, std::ios::binary) << text;
}

int main(int, char **argv)
{
  typedef RelayLog::Clock Clock;
  const std::string file = argv[1], start = "Jan  1 00:00:00 host postfix/master[7]: daemon started -- version 3.7\n",
                    filler(2 << 20, '\n'); // longer than one read of RelayLog
  const Clock::time_point past = Clock::now() - std::chrono::seconds(60);
  const auto received = [](const std::string &id) { return "x postfix/cleanup[1]: " + id + ": message-id=<" + id + "@x>\n"; };
  const auto queued = [](const std::string &id) { return "x postfix/qmgr[1]: " + id + ": from=<a@x>, size=1\n"; };

  // A mail counts as delivered if its cleanup line and its qmgr line are in the log or in the
  // previous log. The lines can be far apart, and the relay need not be running.
  Server server;
  RelayLog log("127.0.0.1", server.port, file, 0), down("127.0.0.1", "1", file, 0);
  Write(file + ".1", received("E5") + queued("E5"));
  Write(file, start + received("A1") + received("B2") + filler + received("C3") + queued("C3") + received("D4") + queued("A1") + queued("D44"));
  for (const char *id : {"A1", "C3", "E5"}) {
    const std::string message_id = "<" + std::string(id) + "@x>";
    CHECK(log.Look(message_id, past) == CSMTP_DELIVERED && down.Look(message_id, past) == CSMTP_DELIVERED);
  }
  // The lines are found even if a block that is read ends before, in or after them.
  for (size_t n = (1 << 20) - 100; n <= (1 << 20); n++) {
    Write(file, std::string(n - 1, '.') + "\n" + received("F6") + queued("F6"));
    CHECK(down.Look("<F6@x>", past) == CSMTP_DELIVERED);
  }

  // If the relay is not running or has just started, or if the attempt has just ended or has not
  // ended, the relay can have mails that are not in the log yet, so the answer is CSMTP_UNKNOWN.
  Write(file, start + received("B2") + received("D4") + queued("D44"));
  RelayLog patient("127.0.0.1", server.port, file, 3600);
  for (const char *message_id : {"<B2@x>", "<D4@x>", "<missing@x>"}) {
    CHECK(down.Look(message_id, past) == CSMTP_UNKNOWN);
    CHECK(patient.Look(message_id, past) == CSMTP_UNKNOWN);
    CHECK(log.Look(message_id, past) == CSMTP_NOT_DELIVERED);
  }
  CHECK(log.Look("<B2@x>", Clock::now() + std::chrono::seconds(60)) == CSMTP_UNKNOWN);

  // Look asks the relay at most once a second, unless the last answer is older than
  // the end of the attempt.
  int before = server.clients;
  const Clock::time_point began = Clock::now();
  for (int i = 0; i < 200; i++) CHECK(log.Look("<B2@x>", past) == CSMTP_NOT_DELIVERED);
  const long seconds = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - began).count();
  CHECK(server.clients - before <= seconds + 2);
  before = server.clients;
  for (int i = 0; i < 5; i++) CHECK(log.Look("<B2@x>", Clock::now()) == CSMTP_NOT_DELIVERED);
  CHECK(server.clients == before + 5);

  // If the log cannot be read, the answer is CSMTP_UNKNOWN, because the log could contain the mail.
  CHECK(log.Look("<B2@x>", past) == CSMTP_NOT_DELIVERED);
  RelayLog missing("127.0.0.1", server.port, file + ".missing", 0), folder("127.0.0.1", server.port, file + ".folder", 0);
  CHECK(mkdir((file + ".folder").c_str(), 0700) == 0);
  CHECK(missing.Look("<B2@x>", past) == CSMTP_UNKNOWN && folder.Look("<B2@x>", past) == CSMTP_UNKNOWN);
  CHECK(unlink((file + ".1").c_str()) == 0 && log.Look("<B2@x>", past) == CSMTP_NOT_DELIVERED);
  CHECK(mkdir((file + ".1").c_str(), 0700) == 0 && log.Look("<B2@x>", past) == CSMTP_UNKNOWN);
  CHECK(rmdir((file + ".1").c_str()) == 0 && log.Look("<B2@x>", past) == CSMTP_NOT_DELIVERED);
  server.Stop();
  CHECK(log.Look("<B2@x>", Clock::now()) == CSMTP_UNKNOWN);

  // A log that is truncated while Look reads it, or that is missing, does not cause a wrong answer.
  std::atomic<bool> done(false);
  std::thread writer([&] {
    while (!done) {
      Write(file, start + filler + received("A1"));
      CHECK(truncate(file.c_str(), 0) == 0);
    }
  });
  for (int i = 0; i < 2000; i++) CHECK(down.Look("<A1@x>", past) == CSMTP_UNKNOWN);
  done = true;
  writer.join();
  CHECK(unlink(file.c_str()) == 0);
  CHECK(down.Look("<A1@x>", past) == CSMTP_UNKNOWN);
  return 0;
}
