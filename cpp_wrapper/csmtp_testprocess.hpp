// SPDX-License-Identifier: MIT
// What csmtp_testserver.hpp needs to run a process, use sockets and read JSON.
#ifndef CSMTP_TESTPROCESS_HPP
#define CSMTP_TESTPROCESS_HPP

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#ifdef _WIN32
#if defined(_MSC_VER) && defined(_WINSOCKAPI_) && !defined(_WINSOCK2API_)
#error "windows.h has included winsock.h: include csmtp_testserver.hpp or winsock2.h before windows.h"
#endif
#ifndef NOMINMAX
#define NOMINMAX
#define CSMTP_DEFINED_NOMINMAX
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#ifdef CSMTP_DEFINED_NOMINMAX
#undef NOMINMAX
#undef CSMTP_DEFINED_NOMINMAX
#endif
#ifdef _MSC_VER
#pragma comment(lib, "ws2_32")
#endif
#else
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __APPLE__
#include <crt_externs.h>
#else
extern "C" char **environ;
#endif
#endif

namespace csmtp {
namespace detail {

// A JSON value. 'text' is the value of a string, or the JSON source of a number, true,
// false or null. 'items' contains the elements of an array or the values of an object.
struct Json {
  std::string text;
  std::vector<Json> items;
  std::vector<std::string> keys;  // keys[i] is the name of items[i] in an object

  // Returns the member of an object, or an empty value if there is no such member.
  const Json &operator[](const std::string &key) const {
    static const Json none;
    for (std::size_t i = 0; i < keys.size(); i++) {
      if (keys[i] == key) return items[i];
    }
    return none;
  }

  static Json Parse(const std::string &octets) {
    std::size_t at = 0;
    return Value(octets, at, 0);
  }

  static std::string Quoted(const std::string &text) {
    std::string quoted = "\"";
    for (char c : text) {
      char code[8];
      if (c == '"' || c == '\\') {
        quoted += '\\';
        quoted += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
        quoted += code;
      } else {
        quoted += c;
      }
    }
    return quoted + '"';
  }

 private:
  static char Next(const std::string &s, std::size_t &at) {
    while (at < s.size() && std::string(" \t\r\n,:").find(s[at]) != std::string::npos) at++;
    return at < s.size() ? s[at] : '\0';
  }

  static Json Value(const std::string &s, std::size_t &at, int depth) {
    Json value;
    const char first = Next(s, at);
    if (first == '"') {
      value.text = String(s, at);
    } else if ((first == '[' || first == '{') && depth < 64) {
      at++;
      for (char c = Next(s, at); c != '\0' && c != ']' && c != '}'; c = Next(s, at)) {
        if (first == '{') value.keys.push_back(String(s, at));
        value.items.push_back(Value(s, at, depth + 1));
      }
      at++;
    } else if (at < s.size()) {
      const std::size_t begin = at;
      while (at < s.size() && std::string(" \t\r\n,:]}").find(s[at]) == std::string::npos) at++;
      value.text = s.substr(begin, at - begin);
      if (at == begin) at = s.size();
    }
    return value;
  }

  static std::string String(const std::string &s, std::size_t &at) {
    std::string text;
    for (at++; at < s.size() && s[at] != '"'; at++) {
      if (s[at] != '\\' || at + 1 >= s.size()) {
        text += s[at];
        continue;
      }
      switch (s[++at]) {
        case 'n': text += '\n'; break;
        case 'r': text += '\r'; break;
        case 't': text += '\t'; break;
        case 'b': text += '\b'; break;
        case 'f': text += '\f'; break;
        case 'u': AppendCode(text, Code(s, at)); break;
        default: text += s[at];
      }
    }
    at++;
    return text;
  }

  // Reads the digits after \u. If they are the first half of a surrogate pair, also
  // reads the second half.
  static unsigned long Code(const std::string &s, std::size_t &at) {
    unsigned long code = std::strtoul(s.substr(at + 1, 4).c_str(), 0, 16);
    at = std::min(at + 4, s.size() - 1);
    if (code >= 0xD800 && code < 0xDC00 && s.compare(at + 1, 2, "\\u") == 0) {
      const unsigned long low = std::strtoul(s.substr(at + 3, 4).c_str(), 0, 16);
      at = std::min(at + 6, s.size() - 1);
      if (low < 0xDC00 || low > 0xDFFF) return 0xFFFD;
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    return code >= 0xD800 && code < 0xE000 ? 0xFFFD : code;
  }

  static void AppendCode(std::string &text, unsigned long c) {
    if (c < 0x80) {
      text += static_cast<char>(c);
    } else if (c < 0x800) {
      text += static_cast<char>(0xC0 | c >> 6);
      text += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
      text += static_cast<char>(0xE0 | c >> 12);
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
    } else {
      text += static_cast<char>(0xF0 | c >> 18);
      text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
      text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
      text += static_cast<char>(0x80 | (c & 0x3F));
    }
  }
};

// Connects to an IP address of this computer, such as 127.0.0.1:80 or [::1]:80, sends a
// request, and returns the response. The response ends when the connection is closed or
// fails, or when nothing has arrived for the given number of seconds.
inline std::string Exchange(const std::string &host, const std::string &request, int seconds) {
#ifdef _WIN32
  WSADATA data;
  WSAStartup(MAKEWORD(2, 2), &data);  // may be called more than once
  typedef SOCKET Socket;
  const Socket none = INVALID_SOCKET;
#else
  typedef int Socket;
  const Socket none = -1;
#endif
  std::string answer;
  const std::size_t colon = host.rfind(':');
  const unsigned short port = htons(static_cast<unsigned short>(std::atoi(host.substr(colon + 1).c_str())));
  const bool six = !host.empty() && host[0] == '[';
  sockaddr_in to = sockaddr_in();
  sockaddr_in6 to6 = sockaddr_in6();
  to.sin_family = AF_INET;
  to6.sin6_family = AF_INET6;
  to.sin_port = to6.sin6_port = port;
  const std::string address = six ? host.substr(1, colon - 2) : host.substr(0, colon);
  if (inet_pton(six ? AF_INET6 : AF_INET, address.c_str(), six ? static_cast<void *>(&to6.sin6_addr) : &to.sin_addr) != 1) return answer;
  const Socket s = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  if (s == none) return answer;
#ifdef _WIN32
  const DWORD limit = static_cast<DWORD>(seconds) * 1000;
#else
  fcntl(s, F_SETFD, FD_CLOEXEC);
  timeval limit = timeval();
  limit.tv_sec = seconds;
#endif
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, reinterpret_cast<const char *>(&limit), sizeof limit);
  setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, reinterpret_cast<const char *>(&limit), sizeof limit);
#ifdef SO_NOSIGPIPE
  const int one = 1;
  setsockopt(s, SOL_SOCKET, SO_NOSIGPIPE, &one, sizeof one);
#endif
#ifdef MSG_NOSIGNAL
  const int flags = MSG_NOSIGNAL;
#else
  const int flags = 0;
#endif
  const sockaddr *where = six ? reinterpret_cast<sockaddr *>(&to6) : reinterpret_cast<sockaddr *>(&to);
  if (connect(s, where, six ? sizeof to6 : sizeof to) == 0) {
    std::size_t sent = 0;
    while (sent < request.size()) {
      const auto n = send(s, request.data() + sent, static_cast<int>(request.size() - sent), flags);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      sent += static_cast<std::size_t>(n);
    }
    char part[16384];
    for (;;) {
      const auto n = recv(s, part, sizeof part, 0);
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      answer.append(part, static_cast<std::size_t>(n));
    }
  }
#ifdef _WIN32
  closesocket(s);
#else
  close(s);
#endif
  return answer;
}

// A program that runs until this object is destroyed. The standard input of the program
// is a pipe. The destructor closes the pipe; the program must end when it reads the end
// of its input.
class TestProcess {
 public:
  TestProcess() : m_folder(NewFolder()) {}

  ~TestProcess() {
#ifndef _WIN32
    if (getpid() != m_owner) {  // a forked child must not end the process that its parent started
      if (m_stdin >= 0) close(m_stdin);
      return;
    }
#endif
    Stop();
    Remove("ready");
    Remove("output");
#ifdef _WIN32
    RemoveDirectoryA(m_folder.c_str());
#else
    rmdir(m_folder.c_str());
#endif
  }

  // Returns the path of a file in the temporary folder.
  std::string File(const char *name) const { return m_folder + "/" + name; }

  // Returns what the program has printed.
  std::string Output() const {
    std::ifstream file(File("output").c_str(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

#ifdef _WIN32
  bool Start(const std::vector<std::string> &arguments) {
    SECURITY_ATTRIBUTES inherited = {sizeof inherited, 0, TRUE};
    HANDLE in = 0, out = CreateFileA(File("output").c_str(), GENERIC_WRITE, FILE_SHARE_READ, &inherited, CREATE_ALWAYS, 0, 0);
    if (out == INVALID_HANDLE_VALUE) return false;
    if (!CreatePipe(&in, &m_stdin, 0, 0)) {  // m_stdin is not inherited by child processes
      CloseHandle(out);
      return false;
    }
    SetHandleInformation(in, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
    // Without a path, CreateProcess would also search the current folder.
    char path[MAX_PATH + 1] = "";
    const DWORD found = SearchPathA(std::getenv("PATH"), arguments[0].c_str(), ".exe", sizeof path, path, 0);
    const char *const program = found > 0 && found < sizeof path ? path : arguments[0].c_str();
    std::string line;
    for (const std::string &a : arguments) line += Argument(a) + ' ';
    STARTUPINFOA how = STARTUPINFOA();
    how.cb = sizeof how;
    how.dwFlags = STARTF_USESTDHANDLES;
    how.hStdInput = in;
    how.hStdOutput = how.hStdError = out;
    PROCESS_INFORMATION made = PROCESS_INFORMATION();
    const bool started = CreateProcessA(program, &line[0], 0, 0, TRUE, CREATE_NO_WINDOW, 0, 0, &how, &made) != 0;
    CloseHandle(in);
    CloseHandle(out);
    if (!started) return false;
    CloseHandle(made.hThread);
    m_process = made.hProcess;
    return true;
  }

  bool Ended() { return WaitForSingleObject(m_process, 0) == WAIT_OBJECT_0; }
#else
  bool Start(const std::vector<std::string> &arguments) {
    int ends[2];
#ifdef __linux__
    if (pipe2(ends, O_CLOEXEC) != 0) return false;  // no other child process inherits the pipe
#else
    if (pipe(ends) != 0) return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
#endif
#ifdef __APPLE__
    char **const environ = *_NSGetEnviron();
#endif
    std::vector<char *> argv;
    for (const std::string &a : arguments) argv.push_back(const_cast<char *>(a.c_str()));
    argv.push_back(0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0);
    posix_spawn_file_actions_addopen(&actions, 1, File("output").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    const int failed = posix_spawnp(&m_process, argv[0], &actions, 0, &argv[0], environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    m_stdin = ends[1];
    if (failed) m_process = 0;
    return !failed;
  }

  bool Ended() {
    if (m_process != 0 && getpid() == m_owner) {
      const pid_t ended = waitpid(m_process, 0, WNOHANG);
      // ECHILD: the process has ended, and this program ignores SIGCHLD or has already
      // waited for the process.
      if (ended == m_process || (ended < 0 && errno == ECHILD)) m_process = 0;
    }
    return m_process == 0;
  }
#endif

 private:
  // Removes a file. If the file is still in use, tries again for a second: on Windows,
  // a file can stay open for some time after its process has ended.
  void Remove(const char *name) const {
    for (int i = 0; i < 100 && std::remove(File(name).c_str()) != 0 && errno == EACCES; i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }

  TestProcess(const TestProcess &);
  TestProcess &operator=(const TestProcess &);

#ifdef _WIN32
  static std::string NewFolder() {
    char folder[MAX_PATH + 1] = "", name[MAX_PATH + 1] = "";
    GetTempPathA(sizeof folder, folder);
    GetTempFileNameA(folder, "cts", 0, name);
    DeleteFileA(name);
    CreateDirectoryA(name, 0);
    return name;
  }

  // Quotes an argument for CommandLineToArgvW.
  static std::string Argument(const std::string &text) {
    std::string quoted = "\"";
    std::size_t slashes = 0;
    for (char c : text) {
      if (c == '"') quoted.append(slashes + 1, '\\');
      slashes = c == '\\' ? slashes + 1 : 0;
      quoted += c;
    }
    return quoted.append(slashes, '\\') + '"';
  }

  void Stop() {
    if (m_stdin) CloseHandle(m_stdin);
    if (!m_process) return;
    if (WaitForSingleObject(m_process, 10000) != WAIT_OBJECT_0) TerminateProcess(m_process, 1);
    CloseHandle(m_process);
  }

  HANDLE m_process = 0, m_stdin = 0;
#else
  static std::string NewFolder() {
    const char *temp = std::getenv("TMPDIR");
    std::string name = std::string(temp && *temp ? temp : "/tmp") + "/csmtp-testserver-XXXXXX";
    std::vector<char> text(name.c_str(), name.c_str() + name.size() + 1);
    return mkdtemp(&text[0]) ? &text[0] : "/nonexistent";
  }

  void Stop() {
    if (m_stdin >= 0) close(m_stdin);
    if (WaitForEnd()) return;
    kill(m_process, SIGTERM);
    if (WaitForEnd()) return;
    kill(m_process, SIGKILL);
    WaitForEnd();
  }

  // Waits at most 10 seconds, and reports whether the process has ended.
  bool WaitForEnd() {
    for (int i = 0; i < 1000 && !Ended(); i++) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return m_process == 0;
  }

  const pid_t m_owner = getpid();
  pid_t m_process = 0;
  int m_stdin = -1;
#endif
  std::string m_folder;
};

}  // namespace detail
}  // namespace csmtp

#endif
