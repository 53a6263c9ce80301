// SPDX-License-Identifier: MIT
// Tests TestServer in a program that forks, and in one that ignores SIGCHLD.
#include <csmtp_testserver.hpp>

#include <csignal>
#include <cstdio>

static int Fail(const char *what) {
  std::puts(what);
  return 1;
}

int main() {
  csmtp::TestServer server;
  const pid_t child = fork();
  if (child == 0) return 0;  // the child also runs the destructor of the server
  int status = 0;
  if (waitpid(child, &status, 0) != child || status != 0) return Fail("the child failed");
  if (!server.Mails().empty()) return Fail("unexpected mails");  // the server still answers

  std::signal(SIGCHLD, SIG_IGN);
  csmtp::detail::TestProcess process;
  if (!process.Start({"true"})) return Fail("cannot start a process");
  for (int i = 0; i < 6000 && !process.Ended(); i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  if (!process.Ended()) return Fail("the end of the process is not noticed");
  return 0;
}
