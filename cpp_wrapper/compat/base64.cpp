// SPDX-License-Identifier: MIT
//
// Compiled by build files that require base64.cpp. The code is in base64.h. This file
// defines the functions for programs that declare them without including base64.h.
#include "base64.h"

// These definitions are weak, so that a program can define functions with the same
// names. Windows has no weak definitions: there, such a program must not compile this
// file.
#if defined(__GNUC__) && !defined(_WIN32)
#define CSMTP_WEAK __attribute__((weak))
#else
#define CSMTP_WEAK
#endif

std::string base64_encode(unsigned char const *bytes_to_encode, unsigned int len);
std::string base64_decode(std::string const &s);

CSMTP_WEAK std::string base64_encode(unsigned char const *bytes_to_encode, unsigned int len) {
  return csmtp_compat::base64_encode(bytes_to_encode, len);
}

CSMTP_WEAK std::string base64_decode(std::string const &s) { return csmtp_compat::base64_decode(s); }
