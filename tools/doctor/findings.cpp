// SPDX-License-Identifier: MIT
#include "findings.h"

#include <sstream>

#include "csmtp_c.h"

namespace doctor {

// An address given as the host is of the other family: that is no error of the
// name service.
bool Attempt::NoAddress() const {
  return error == CSMTP_WSA_GETHOSTBY_NAME_ADDR ||
         (error == CSMTP_WSA_CONNECT && text.find("has no address of the family") != std::string::npos);
}

bool Port::TLSFailed() const {
  for (const Attempt *a : Attempts()) {
    if (a->error == CSMTP_SSL_PROBLEM) return true;
  }
  return false;
}

const std::string *Port::Parameters(const std::string &keyword) const {
  for (const auto &e : Offered()) {
    if (e.first == keyword) return &e.second;
  }
  return nullptr;
}

std::vector<std::string> Port::Mechanisms() const {
  std::vector<std::string> all;
  const std::string *offered = Parameters("AUTH");
  std::istringstream words(offered != nullptr ? *offered : "");
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

std::vector<const Attempt *> Port::Attempts() const {
  std::vector<const Attempt *> all;
  for (const Attempt *a : {&ipv4, &ipv6, &starttls}) {
    if (a->tried) all.push_back(a);
  }
  return all;
}

} // namespace doctor
