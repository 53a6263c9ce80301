// SPDX-License-Identifier: MIT
#include <string>

#include "CSmtp.h"

std::string base64_encode(unsigned char const *, unsigned int) { return "its own"; }

int main() { return base64_encode(nullptr, 0) == "its own" ? 0 : 1; }
