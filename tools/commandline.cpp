// SPDX-License-Identifier: MIT
#include "commandline.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "csmtp_c.h"
#include "terminal.h"

#if defined(_WIN32)
#include <windows.h>
#include <shellapi.h>
#include <fcntl.h>
#include <io.h>
#endif

namespace tools {
namespace {

#if defined(_WIN32)
std::string Narrow(const wchar_t *wide) {
  const int size = WideCharToMultiByte(CP_UTF8, 0, wide, -1, nullptr, 0, nullptr, nullptr);
  std::string narrow(size > 0 ? static_cast<size_t>(size) : 1, 0);
  if (size > 0) WideCharToMultiByte(CP_UTF8, 0, wide, -1, &narrow[0], size, nullptr, nullptr);
  narrow.resize(narrow.size() - 1); // the NUL
  return narrow;
}

std::wstring Wide(const std::string &narrow) {
  const int size = MultiByteToWideChar(CP_UTF8, 0, narrow.c_str(), -1, nullptr, 0);
  std::wstring wide(size > 0 ? static_cast<size_t>(size) : 1, 0);
  if (size > 0) MultiByteToWideChar(CP_UTF8, 0, narrow.c_str(), -1, &wide[0], size);
  wide.resize(wide.size() - 1);
  return wide;
}

FILE *Open(const std::string &path) { return _wfopen(Wide(path).c_str(), L"rb"); }
#else
FILE *Open(const std::string &path) { return fopen(path.c_str(), "rb"); }
#endif

// On Windows, argv is in the system's code page, so the wide arguments are used instead.
std::vector<std::string> Arguments(int argc, char *argv[]) {
  std::vector<std::string> all;
#if defined(_WIN32)
  (void)argc, (void)argv;
  int count = 0;
  wchar_t **wide = CommandLineToArgvW(GetCommandLineW(), &count);
  for (int i = 1; wide != nullptr && i < count; i++) all.push_back(Narrow(wide[i]));
  LocalFree(wide);
#else
  for (int i = 1; i < argc; i++) all.push_back(argv[i]);
#endif
  return all;
}

// Throws a UsageError if a path contains a control character. The text of the error
// contains the first control character and its position.
void CheckPath(const std::string &path) {
  for (size_t i = 0; i < path.size(); i++) {
    const unsigned char c = static_cast<unsigned char>(path[i]);
    if (c >= 0x20 && c != 0x7f) continue;
    char text[100];
    snprintf(text, sizeof text, "the path of a file has a control character 0x%02x at octet %lu: remove it", static_cast<unsigned>(c), static_cast<unsigned long>(i + 1));
    throw UsageError(text);
  }
}

std::string Drain(FILE *file, const std::string &name, size_t most) {
  std::string all;
  char block[65536];
  size_t got;
  while ((got = fread(block, 1, sizeof block, file)) > 0) {
    all.append(block, got);
    if (all.size() > most) throw UsageError(name + " is larger than " + std::to_string(most >> 10) + " KiB");
  }
  if (ferror(file)) throw UsageError(name + " cannot be read: " + strerror(errno));
  return all;
}

bool Optional(const Option &o) { return o.value != nullptr && o.value[0] == '['; }

// Returns the options for --help.
std::string Help(const std::vector<Option> &options) {
  const size_t column = 30;
  const std::string indent(column, ' ');
  std::string all;
  for (const Option &o : options) {
    std::string left = o.letter != 0 ? std::string("  -") + o.letter + ", " : "      ";
    left += std::string("--") + o.name;
    if (o.value != nullptr) left += (Optional(o) ? "" : " ") + std::string(o.value);
    left += left.size() < column ? std::string(column - left.size(), ' ') : "\n" + indent;
    all += left;
    for (const char *c = o.help; *c != 0; c++) {
      all += *c;
      if (*c == '\n') all += indent;
    }
    all += "\n";
  }
  return all;
}

} // namespace

const Option kCAFile = {"ca-file", 0, "FILE", "PEM file of the certificate authorities to trust, instead\nof the system's"};
const Option kTLSName = {"tls-name", 0, "NAME", "name that the certificate must have, instead of HOST"};
const Option kInsecure = {"insecure", 0, nullptr, "accept every certificate; anyone on the network path can\nthen read the password and the mail"};
const Option kHelp = {"help", 'h', nullptr, "print this help"};
const Option kVersion = {"version", 0, nullptr, "print the version"};

CommandLine::CommandLine(int argc, char *argv[], const std::vector<Option> &options)
    : m_options(options), m_given(), m_operands() {
  const std::vector<std::string> all = Arguments(argc, argv);
  bool ended = false;
  for (size_t i = 0; i < all.size(); i++) {
    const std::string &a = all[i];
    if (ended || a.size() < 2 || a[0] != '-') {
      m_operands.push_back(a);
    } else if (a == "--") {
      ended = true;
    } else if (a[1] == '-') {
      const size_t equals = a.find('=');
      const std::string name = a.substr(2, equals == std::string::npos ? equals : equals - 2);
      const Option &option = Find("--" + name, name, 0);
      const bool attached = equals != std::string::npos;
      if (option.value == nullptr) {
        if (attached) throw UsageError("--" + name + " takes no value");
        m_given.emplace_back(name, "");
      } else if (attached) {
        m_given.emplace_back(name, a.substr(equals + 1));
      } else if (Optional(option)) {
        m_given.emplace_back(name, "");
      } else if (++i < all.size()) {
        m_given.emplace_back(name, all[i]);
      } else {
        throw UsageError("--" + name + " needs a value: " + option.value);
      }
    } else {
      for (size_t at = 1; at < a.size(); at++) {
        const std::string given = std::string("-") + a[at];
        const Option &option = Find(given, "", a[at]);
        if (option.value == nullptr) {
          m_given.emplace_back(option.name, "");
          continue;
        }
        if (at + 1 < a.size()) m_given.emplace_back(option.name, a.substr(at + 1));
        else if (++i < all.size()) m_given.emplace_back(option.name, all[i]);
        else throw UsageError(given + " needs a value: " + option.value);
        break;
      }
    }
  }
}

// The error for an unknown option shows only the beginning of the option, up to the first
// character that occurs in no option name. The rest could be a secret, as in "--password:hunter2".
const Option &CommandLine::Find(const std::string &given, const std::string &name, char letter) const {
  for (const Option &o : m_options) {
    if (letter != 0 ? o.letter == letter : o.name == name) return o;
  }
  const size_t end = given.find_first_not_of("-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  throw UsageError("unknown option " + given.substr(0, end) + " (see --help)");
}

bool CommandLine::Has(const std::string &name) const {
  for (const auto &g : m_given) {
    if (g.first == name) return true;
  }
  return false;
}

std::string CommandLine::Get(const std::string &name, const std::string &fallback) const {
  std::string value = fallback;
  for (const auto &g : m_given) {
    if (g.first == name) value = g.second;
  }
  return value;
}

std::vector<std::string> CommandLine::All(const std::string &name) const {
  std::vector<std::string> values;
  for (const auto &g : m_given) {
    if (g.first == name) values.push_back(g.second);
  }
  return values;
}

long CommandLine::Number(const std::string &name, long fallback, long least, long most) const {
  return Has(name) ? ToNumber(Get(name), "--" + name, least, most) : fallback;
}

long ToNumber(const std::string &text, const std::string &what, long least, long most) {
  char *end = nullptr;
  errno = 0;
  const long n = strtol(text.c_str(), &end, 10);
  const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || *end != 0 || errno != 0 || n < least || n > most) {
    throw UsageError(what + ": the value must be a number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return n;
}

std::string ReadFile(const std::string &path, size_t most) {
  CheckPath(path);
  FILE *file = Open(path);
  if (file == nullptr) throw UsageError(path + " cannot be opened: " + strerror(errno));
  try {
    const std::string all = Drain(file, path, most);
    fclose(file);
    return all;
  } catch (...) {
    fclose(file);
    throw;
  }
}

std::string ReadStandardInput(size_t most) {
#if defined(_WIN32)
  _setmode(_fileno(stdin), _O_BINARY);
#endif
  return Drain(stdin, "standard input", most);
}

std::string Environment(const char *name) {
#if defined(_WIN32)
  const wchar_t *value = _wgetenv(Wide(name).c_str());
  return value != nullptr ? Narrow(value) : "";
#else
  const char *value = getenv(name);
  return value != nullptr ? value : "";
#endif
}

int Main(int argc, char *argv[], const Program &program) {
  PrepareOutput();
  int status = kFailure;
  try {
    const CommandLine given(argc, argv, program.options);
    if (given.Has(kHelp.name)) {
      printf("%s\n%s\n%s", program.usage, Help(program.options).c_str(), program.statuses);
      return kSuccess;
    }
    if (given.Has(kVersion.name)) {
      printf("%s %s\n", program.name, CSmtp_GetVersion());
      return kSuccess;
    }
    return program.run(given);
  } catch (const UsageError &e) {
    fprintf(stderr, "%s: %s\n", program.name, e.what());
    status = kUsage;
  } catch (const std::exception &e) {
    fprintf(stderr, "%s: %s\n", program.name, e.what());
  }
  return status;
}

} // namespace tools
