// SPDX-License-Identifier: MIT
//
// The command line of csmtp-doctor and csmtp-send. It is the same on every system, and
// arguments are in UTF-8.
#ifndef CSMTP_TOOLS_COMMANDLINE_H
#define CSMTP_TOOLS_COMMANDLINE_H

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace tools {

// An error in the arguments, in a file that they name, or in standard input. It makes the
// program end with the status kUsage.
struct UsageError : std::runtime_error {
  explicit UsageError(const std::string &what) : std::runtime_error(what) {}
};

// The exit statuses that csmtp-send and csmtp-doctor have in common.
enum Status { kSuccess = 0, kFailure = 1, kUsage = 2 };

struct Option {
  const char *name;   // "ca-file" is --ca-file
  char letter;        // 'f' is -f; 0 if there is none
  const char *value;  // the name of the option's value in --help; nullptr if the option has no value;
                      // "[=NAME]" if the value is optional
  const char *help;
};

// The options that csmtp-send and csmtp-doctor have in common.
extern const Option kCAFile, kTLSName, kInsecure, kHelp, kVersion;

// Parses the forms "--name value", "--name=value", "-n value", "-nvalue", and several
// options without values in one argument ("-4v"). No argument after "--" is an option.
// Options and operands can be in any order.
class CommandLine {
 public:
  CommandLine(int argc, char *argv[], const std::vector<Option> &options);

  bool Has(const std::string &name) const;
  // Returns the last value of the option, or 'fallback' if the option is not given.
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

// Parses text as a number from 'least' to 'most'. Throws a UsageError if it is not such a
// number. The error contains 'what', the name of the number.
long ToNumber(const std::string &text, const std::string &what, long least, long most);

// Returns the whole content of the file 'path' (in UTF-8). Throws a UsageError if the file
// cannot be read or has more than 'most' octets.
std::string ReadFile(const std::string &path, size_t most);
std::string ReadStandardInput(size_t most);
std::string Environment(const char *name); // "" if it is not set

// The description of a program, for Main.
struct Program {
  const char *name;
  const std::vector<Option> &options;
  const char *usage;    // printed by --help before the options
  const char *statuses; // printed by --help after the options
  int (*run)(const CommandLine &given);
};

// Runs a program and returns its exit status. Handles --help, --version and errors.
int Main(int argc, char *argv[], const Program &program);

} // namespace tools

#endif
