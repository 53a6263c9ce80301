// SPDX-License-Identifier: MIT
//
// Output to the terminal, and the input of passwords and tokens.
#ifndef CSMTP_TOOLS_TERMINAL_H
#define CSMTP_TOOLS_TERMINAL_H

#include <cstdio>
#include <string>

#include "commandline.h"

namespace tools {

bool IsTerminal(FILE *file);
int TerminalWidth(FILE *file); // columns; 80 if unknown

// Reports whether the program writes colours to 'file'. It does if 'file' is a terminal and the
// environment contains neither NO_COLOR nor TERM=dumb.
bool Colours(FILE *file);

// On Windows, sets standard output to binary mode, and the console to UTF-8.
void PrepareOutput();

// Reads a secret from the terminal without echo, even if standard input is not the
// terminal. Returns false if there is no terminal, or after Ctrl-C or Ctrl-D.
bool AskSecret(const std::string &question, std::string *secret);

// The options that name a file with a password or a token. There are no options for the
// secrets themselves.
extern const Option kPasswordFile, kTokenFile;

// Returns the first line of a file, without its line end. Prints a warning if other users
// can read the file.
std::string FirstLine(const std::string &path);

struct Secret {
  std::string text;
  bool token; // whether the secret is an OAuth 2.0 access token, and not a password
};

// Returns the secret in the file of --token-file or --password-file. If neither option is
// given, returns the secret in the environment variable CSMTP_TOKEN or CSMTP_PASSWORD. If
// neither is set, reads the secret from the terminal.
Secret FindSecret(const CommandLine &given, const std::string &user, const std::string &host);

} // namespace tools

#endif
