// SPDX-License-Identifier: MIT
//
// Error texts of the library contain the names of its functions. A program shows the names
// of its own options instead.
#ifndef CSMTP_TOOLS_WORDS_H
#define CSMTP_TOOLS_WORDS_H

#include <string>

namespace tools {

// The program that shows a text.
enum Speaker { kSend, kDoctor };

// Replaces each name of the library in an error text with the option of the program that
// corresponds to the name. If the program has no such option, "NAME of the library" replaces
// the name. Does not change text in double quotes or the server's reply.
std::string Reword(const std::string &text, Speaker speaker, const std::string &reply);

// Returns text as a C++ string literal.
std::string Literal(const std::string &text);

bool EndsWith(const std::string &text, const std::string &end);

} // namespace tools

#endif
