// SPDX-License-Identifier: MIT
//
// The command line of both programs: options of one shape on every system,
// arguments in UTF-8.
#ifndef CSMTP_TOOLS_COMMANDLINE_H
#define CSMTP_TOOLS_COMMANDLINE_H

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tools {

// A mistake in the arguments; the program ends with status 2.
struct UsageError : std::runtime_error {
  explicit UsageError(const std::string &what) : std::runtime_error(what) {}
};

struct Option {
  const char *name;   // "ca-file" is --ca-file
  char letter;        // 'f' is -f; 0 for none
  const char *value;  // what --help calls it; nullptr where it takes none
  const char *help;
};

// Takes "--name value", "--name=value", "-n value", "-nvalue" and several
// flags in one ("-4v"); "--" ends the options. Options and operands may mix.
class CommandLine {
 public:
  CommandLine(int argc, char *argv[], const std::vector<Option> &options);

  bool Has(const std::string &name) const;
  // The last value given, or fallback.
  std::string Get(const std::string &name, const std::string &fallback = "") const;
  std::vector<std::string> All(const std::string &name) const;
  long Number(const std::string &name, long fallback, long least, long most) const;
  const std::vector<std::string> &Operands() const { return m_operands; }

 private:
  const Option &Find(const std::string &given, const std::string &name, char letter) const;

  const std::vector<Option> &m_options;
  std::vector<std::pair<std::string, std::string> > m_given;
  std::vector<std::string> m_operands;
};

// text as a number, or a UsageError that says what it is of.
long ToNumber(const std::string &text, const std::string &what, long least, long most);

// The options, each on lines of its own, for --help.
std::string Help(const std::vector<Option> &options);

// A whole file, path in UTF-8; a UsageError names it when it cannot be read or
// has more than most octets.
std::string ReadFile(const std::string &path, size_t most);
std::string ReadStandardInput(size_t most);
std::string Environment(const char *name); // "" when it is not set

} // namespace tools

#endif
