// SPDX-License-Identifier: MIT
#include <string>

// The program declares these functions itself, and does not include base64.h.
std::string base64_encode(unsigned char const *octets, unsigned int size);
std::string base64_decode(std::string const &text);

int main() {
  const std::string text = base64_encode(reinterpret_cast<unsigned char const *>("octets"), 6);
  return text == "b2N0ZXRz" && base64_decode(text) == "octets" ? 0 : 1;
}
