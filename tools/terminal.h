// SPDX-License-Identifier: MIT
//
// The terminal that a program was called from, if there is one, and the
// secrets that are typed there.
#ifndef CSMTP_TOOLS_TERMINAL_H
#define CSMTP_TOOLS_TERMINAL_H

#include <cstdio>
#include <string>

#include "commandline.h"

namespace tools {

bool IsTerminal(FILE *file);
int TerminalWidth(FILE *file); // columns; 80 when they are not known

// Makes standard output take octets as they are, and a Windows console UTF-8.
void PrepareOutput();

// Asks on the terminal, not on standard input, and shows nothing of what is
// typed. False when there is no terminal, or the question was refused (Ctrl-C).
bool AskSecret(const std::string &question, std::string *secret);

// The options by which a password or token is given, never as an argument.
extern const Option kPasswordFile, kTokenFile;

// What to log in with. token: it is an OAuth 2.0 access token.
struct Secret {
  std::string text;
  bool token;
};

// From --password-file or --token-file, else from CSMTP_PASSWORD or
// CSMTP_TOKEN in the environment, else typed.
Secret FindSecret(const CommandLine &given, const std::string &user, const std::string &host);

} // namespace tools

#endif
