// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <cstdlib>

#if defined(_WIN32)
#include <windows.h>
#include <fcntl.h>
#include <io.h>
#else
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#endif

namespace tools {
namespace {

#if defined(_WIN32)
// Older consoles do not support the escape sequences for colours.
bool StartColours(FILE *file) {
  const HANDLE h = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
  const DWORD sequences = 0x0004; // ENABLE_VIRTUAL_TERMINAL_PROCESSING
  DWORD mode;
  return GetConsoleMode(h, &mode) && SetConsoleMode(h, mode | sequences);
}
#else
bool StartColours(FILE *) { return true; }
#endif

const size_t kMostSecret = 64 << 10; // octets; access tokens can be long

// Prints a warning if other users can read a file with a secret.
void WarnOfReaders(const std::string &path) {
#if defined(_WIN32)
  (void)path;
#else
  struct stat info;
  if (stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    fprintf(stderr, "warning: other users can read %s: run chmod go-rw on it\n", path.c_str());
  }
#endif
}

// Appends a code point in UTF-8.
void AppendUTF8(unsigned long c, std::string *to) {
  const int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static const unsigned char first[] = {0, 0xC0, 0xE0, 0xF0};
  to->push_back(static_cast<char>(first[more] | (c >> (6 * more))));
  for (int i = more - 1; i >= 0; i--) to->push_back(static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3F)));
}

// Returns the text of a file in UTF-8, without a byte order mark. If the file begins with
// the byte order mark of UTF-16, the text is converted.
std::string Decoded(const std::string &all) {
  if (all.compare(0, 3, "\xEF\xBB\xBF") == 0) return all.substr(3);
  const bool little = all.compare(0, 2, "\xFF\xFE") == 0;
  if (!little && all.compare(0, 2, "\xFE\xFF") != 0) return all;
  std::string text;
  unsigned long high = 0;
  for (size_t i = 2; i + 1 < all.size(); i += 2) {
    const unsigned long one = static_cast<unsigned char>(all[i]), two = static_cast<unsigned char>(all[i + 1]);
    const unsigned long unit = little ? two << 8 | one : one << 8 | two;
    if (unit >= 0xD800 && unit < 0xDC00) {
      high = unit;
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      AppendUTF8(high == 0 ? 0xFFFD : 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00), &text);
      high = 0;
    } else {
      AppendUTF8(unit, &text);
    }
  }
  return text;
}

// The text with which a token file of csmtp-login begins. Such a file must not be sent as
// an access token.
const char kTokenFileMark[] = "{\"csmtp_token_file\":";

// Handles an octet that the user has typed: appends it to *secret, removes the last character
// for backspace, or removes all characters for Ctrl-U. Returns true at the end of the line.
bool Typed(char c, std::string *secret) {
  switch (c) {
  case '\n':
  case '\r': return true;
  case 0x7F: // backspace removes the whole last UTF-8 character
  case '\b':
    while (!secret->empty() && (secret->back() & 0xC0) == 0x80) secret->pop_back();
    if (!secret->empty()) secret->pop_back();
    return false;
  case 0x15: secret->clear(); return false; // Ctrl-U
  default: secret->push_back(c); return false;
  }
}

} // namespace

const Option kPasswordFile = {"password-file", 0, "FILE", "the first line of FILE is the password; without this\n"
                              "option, it is CSMTP_PASSWORD in the environment, or typed"};
const Option kTokenFile = {"token-file", 0, "FILE", "the first line of FILE is an OAuth 2.0 access token, used\n"
                           "instead of a password; without this option, CSMTP_TOKEN\n"
                           "is used if it is set"};

std::string FirstLine(const std::string &path) {
  WarnOfReaders(path);
  const std::string all = Decoded(ReadFile(path, kMostSecret));
  const std::string line = all.substr(0, all.find_first_of("\r\n"));
  if (line.empty()) throw UsageError("the first line of " + path + " is empty");
  return line;
}

bool Colours(FILE *file) {
  return IsTerminal(file) && Environment("NO_COLOR").empty() && Environment("TERM") != "dumb" && StartColours(file);
}

#if defined(_WIN32)

bool IsTerminal(FILE *file) { return _isatty(_fileno(file)) != 0; }

int TerminalWidth(FILE *file) {
  CONSOLE_SCREEN_BUFFER_INFO info;
  const HANDLE h = reinterpret_cast<HANDLE>(_get_osfhandle(_fileno(file)));
  return GetConsoleScreenBufferInfo(h, &info) ? info.srWindow.Right - info.srWindow.Left + 1 : 80;
}

void PrepareOutput() {
  _setmode(_fileno(stdout), _O_BINARY);
  SetConsoleOutputCP(CP_UTF8);
}

bool AskSecret(const std::string &question, std::string *secret) {
  const HANDLE in = CreateFileW(L"CONIN$", GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  DWORD mode;
  if (in == INVALID_HANDLE_VALUE) return false;
  if (!GetConsoleMode(in, &mode)) {
    CloseHandle(in);
    return false;
  }
  fprintf(stderr, "%s", question.c_str());
  fflush(stderr);
  SetConsoleMode(in, mode & ~static_cast<DWORD>(ENABLE_ECHO_INPUT | ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT));
  bool complete = false;
  wchar_t pair[3] = {0, 0, 0}; // one character can be two UTF-16 units, which are read one after the other
  for (DWORD got = 0; !complete;) {
    if (!ReadConsoleW(in, pair, 1, &got, nullptr) || got != 1 || pair[0] == 3 || pair[0] == 4) break;
    pair[1] = 0;
    if (pair[0] >= 0xD800 && pair[0] < 0xDC00 && (!ReadConsoleW(in, pair + 1, 1, &got, nullptr) || got != 1)) break;
    char utf8[8] = {0};
    WideCharToMultiByte(CP_UTF8, 0, pair, -1, utf8, sizeof utf8, nullptr, nullptr);
    for (const char *c = utf8; *c != 0 && !complete; c++) complete = Typed(*c, secret);
  }
  SetConsoleMode(in, mode);
  CloseHandle(in);
  fprintf(stderr, "\n");
  return complete;
}

#else

bool IsTerminal(FILE *file) { return isatty(fileno(file)) == 1; }

int TerminalWidth(FILE *file) {
  struct winsize size;
  return ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void PrepareOutput() {}

bool AskSecret(const std::string &question, std::string *secret) {
  const int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  struct termios before;
  if (tty < 0) return false;
  if (tcgetattr(tty, &before) != 0) {
    close(tty);
    return false;
  }
  // Without ISIG, Ctrl-C is read as an octet, and does not end the program while echo is
  // off.
  struct termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
  silent.c_cc[VMIN] = 1;
  silent.c_cc[VTIME] = 0;
  bool complete = false;
  if (tcsetattr(tty, TCSAFLUSH, &silent) == 0 && write(tty, question.data(), question.size()) >= 0) {
    char c;
    while (!complete && read(tty, &c, 1) == 1 && c != 3 && c != 4) complete = Typed(c, secret);
    (void)!write(tty, "\n", 1);
  }
  tcsetattr(tty, TCSAFLUSH, &before);
  close(tty);
  return complete;
}

#endif

Secret FindSecret(const CommandLine &given, const std::string &user, const std::string &host) {
  if (given.Has(kTokenFile.name)) {
    const std::string line = FirstLine(given.Get(kTokenFile.name));
    if (line.compare(0, sizeof kTokenFileMark - 1, kTokenFileMark) == 0) {
      throw UsageError("--token-file cannot read a file that csmtp-login wrote: use --oauth2-token-file");
    }
    return Secret{line, true};
  }
  if (given.Has(kPasswordFile.name)) return Secret{FirstLine(given.Get(kPasswordFile.name)), false};
  const std::string token = Environment("CSMTP_TOKEN"), password = Environment("CSMTP_PASSWORD");
  if (!token.empty()) return Secret{token, true};
  if (!password.empty()) return Secret{password, false};
  Secret typed = {"", false};
  if (!AskSecret("Password of " + user + " at " + host + ": ", &typed.text) || typed.text.empty()) {
    throw UsageError("no password: use --password-file FILE, or CSMTP_PASSWORD in the environment");
  }
  return typed;
}

} // namespace tools
