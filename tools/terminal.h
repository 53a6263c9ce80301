// SPDX-License-Identifier: MIT
//
// The terminal of the program, if there is one, and passwords and tokens.
#ifndef CSMTP_TOOLS_TERMINAL_H
#define CSMTP_TOOLS_TERMINAL_H

#include <cstdio>
#include <string>

#include "commandline.h"

namespace tools {

bool IsTerminal(FILE *file);
int TerminalWidth(FILE *file); // columns; 80 if unknown

// Reports whether colours may be written to file: it is a terminal, and neither
// NO_COLOR nor TERM=dumb is set in the environment.
bool Colours(FILE *file);

// On Windows, makes standard output binary and the console UTF-8.
void PrepareOutput();

// Reads a secret from the terminal without echo, even if standard input is not the
// terminal. Returns false if there is no terminal, or after Ctrl-C or Ctrl-D.
bool AskSecret(const std::string &question, std::string *secret);

// The options that name a file with a password or a token. The secrets themselves are
// never arguments.
extern const Option kPasswordFile, kTokenFile;

// Returns the first line of a file, without the line end. Prints a warning if other
// users can read the file.
std::string FirstLine(const std::string &path);

struct Secret {
  std::string text;
  bool token; // whether it is an OAuth 2.0 access token, and not a password
};

// Returns the secret from --token-file or --password-file, else from CSMTP_TOKEN or
// CSMTP_PASSWORD in the environment, else from the terminal.
Secret FindSecret(const CommandLine &given, const std::string &user, const std::string &host);

} // namespace tools

#endif
