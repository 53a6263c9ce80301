// SPDX-License-Identifier: MIT
#include "viewer.h"

#include <cstdio>
#include <cstring>

#include "../commandline.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN // excludes winsock.h, whose function send conflicts with our namespace send
#include <windows.h>
#else
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
extern char **environ;
#endif

namespace send {
namespace {

int Fail(const std::string &reason) {
  fprintf(stderr, "csmtp-send: --preview=browser needs csmtp-testserver, which cannot be run: %s. Install csmtp-testserver beside csmtp-send, or use --preview.\n",
          reason.c_str());
  return tools::kFailure;
}

#if defined(_WIN32)

// Returns the path of csmtp-testserver.exe in the folder of this program.
std::wstring Viewer() {
  std::wstring path(32768, 0);
  path.resize(GetModuleFileNameW(nullptr, &path[0], static_cast<DWORD>(path.size())));
  return path.substr(0, path.find_last_of(L"\\/") + 1) + L"csmtp-testserver.exe";
}

// Returns a Windows job, or nullptr on failure. Windows ends the processes in the job when
// the last handle of the job is closed, which also happens when this program is killed. A
// browser that such a process starts is not part of the job.
HANDLE Job() {
  const HANDLE job = CreateJobObjectW(nullptr, nullptr);
  if (!job) return nullptr;
  JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits;
  memset(&limits, 0, sizeof limits);
  limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE | JOB_OBJECT_LIMIT_SILENT_BREAKAWAY_OK;
  if (SetInformationJobObject(job, JobObjectExtendedLimitInformation, &limits, sizeof limits)) return job;
  CloseHandle(job);
  return nullptr;
}

int Run(const std::string &message) {
  HANDLE in = nullptr, out = nullptr;
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
  if (!CreatePipe(&in, &out, &inherited, 0)) return Fail("a pipe cannot be created");
  SetHandleInformation(out, HANDLE_FLAG_INHERIT, 0);
  STARTUPINFOW start;
  memset(&start, 0, sizeof start);
  start.cb = sizeof start;
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = in;
  start.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
  start.hStdError = GetStdHandle(STD_ERROR_HANDLE);
  PROCESS_INFORMATION child;
  const std::wstring path = Viewer();
  std::wstring line = L"\"" + path + L"\" --render --for 1h";
  const HANDLE job = Job();
  const BOOL started = CreateProcessW(path.c_str(), &line[0], nullptr, nullptr, TRUE, CREATE_SUSPENDED, nullptr, nullptr, &start, &child);
  const DWORD error = GetLastError();
  CloseHandle(in);
  if (!started) {
    CloseHandle(out);
    if (job) CloseHandle(job);
    return Fail("Windows error " + std::to_string(error));
  }
  if (job) AssignProcessToJobObject(job, child.hProcess); // if this fails (Windows 7), --for ends the child
  ResumeThread(child.hThread);
  CloseHandle(child.hThread);
  DWORD written = 0;
  for (size_t at = 0; at < message.size(); at += written) {
    const DWORD size = static_cast<DWORD>(message.size() - at < 65536 ? message.size() - at : 65536);
    if (!WriteFile(out, message.data() + at, size, &written, nullptr) || written == 0) break; // the reader has ended
  }
  CloseHandle(out);
  WaitForSingleObject(child.hProcess, INFINITE);
  DWORD status = 1;
  GetExitCodeProcess(child.hProcess, &status);
  CloseHandle(child.hProcess);
  if (job) CloseHandle(job);
  return status == 0 ? tools::kSuccess : tools::kFailure;
}

#else

// Returns the path of csmtp-testserver if it is in the folder of this program. Otherwise
// returns its name, so that it is searched for in PATH.
std::string Viewer() {
  char own[4096];
  const ssize_t size = readlink("/proc/self/exe", own, sizeof own);
  if (size > 0 && static_cast<size_t>(size) < sizeof own) {
    const std::string path(own, static_cast<size_t>(size));
    const std::string beside = path.substr(0, path.rfind('/') + 1) + "csmtp-testserver";
    if (access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "csmtp-testserver";
}

// Writes the message. Stops without an error if the reader has closed the pipe.
void Write(int fd, const std::string &message) {
  struct sigaction ignore, before;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &before);
  for (size_t at = 0; at < message.size();) {
    const ssize_t n = write(fd, message.data() + at, message.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    at += static_cast<size_t>(n);
  }
  sigaction(SIGPIPE, &before, nullptr);
}

int Run(const std::string &message) {
  int ends[2];
  if (pipe(ends) != 0) return Fail(strerror(errno));
  for (const int end : ends) fcntl(end, F_SETFD, FD_CLOEXEC);
  const std::string program = Viewer();
  // The option --for ends the child if this program is killed, or if no browser opens the
  // page.
  const char *const arguments[] = {program.c_str(), "--render", "--for", "1h", nullptr};
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
  pid_t child = 0;
  const int error = posix_spawnp(&child, program.c_str(), &actions, nullptr, const_cast<char *const *>(arguments), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  if (error != 0) {
    close(ends[1]);
    return Fail(strerror(error));
  }
  Write(ends[1], message);
  close(ends[1]);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? tools::kSuccess : tools::kFailure;
}

#endif

} // namespace

int ShowInBrowser(const std::string &message) { return Run(message); }

} // namespace send
