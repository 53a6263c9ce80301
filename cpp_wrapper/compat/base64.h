// SPDX-License-Identifier: MIT
//
// base64.h: the two base64 functions of class CSmtp (RFC 4648, section 4).
#ifndef _BASE64_H_
#define _BASE64_H_

#include <stddef.h>

#include <string>

// The namespace keeps these functions apart from those of the old base64.cpp, in a
// program that still links that file.
inline namespace csmtp_compat {

// Returns len octets in base64, padded with '=' and without line breaks.
inline std::string base64_encode(unsigned char const *bytes_to_encode, unsigned int len) {
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((static_cast<size_t>(len) + 2) / 3 * 4);
  for (size_t at = 0; at < len; at += 3) {
    const size_t octets = len - at < 3 ? len - at : 3;
    unsigned long bits = 0;
    for (size_t i = 0; i < 3; i++) bits = bits << 8 | (i < octets ? bytes_to_encode[at + i] : 0u);
    for (size_t i = 0; i < 4; i++) text += i <= octets ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

// Decodes s and returns the octets. Stops at the first character that is not in the
// base64 alphabet, such as '='.
inline std::string base64_decode(std::string const &s) {
  std::string octets;
  octets.reserve(s.size() / 4 * 3 + 2);
  unsigned long bits = 0;
  int have = 0;
  for (size_t i = 0; i < s.size(); i++) {
    const char c = s[i];
    unsigned int digit;
    if (c >= 'A' && c <= 'Z') digit = static_cast<unsigned int>(c - 'A');
    else if (c >= 'a' && c <= 'z') digit = static_cast<unsigned int>(c - 'a') + 26;
    else if (c >= '0' && c <= '9') digit = static_cast<unsigned int>(c - '0') + 52;
    else if (c == '+') digit = 62;
    else if (c == '/') digit = 63;
    else break;
    bits = (bits << 6 | digit) & 0xffffff;
    have += 6;
    if (have >= 8) {
      have -= 8;
      octets += static_cast<char>(bits >> have & 0xff);
    }
  }
  return octets;
}

} // namespace csmtp_compat

#endif // _BASE64_H_
