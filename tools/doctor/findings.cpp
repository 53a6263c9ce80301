// SPDX-License-Identifier: MIT
#include "findings.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "csmtp_c.h"

namespace doctor {

const std::vector<int> kUsualPorts = {465, 587, 25};

bool Attempt::NoAddress() const { return phase == CSMTP_PHASE_RESOLVE && error != CSMTP_SELECT_TIMEOUT; }

bool Attempt::TLSFailed() const { return error == CSMTP_SSL_PROBLEM; }

const std::string *Parameters(const Extensions &extensions, const std::string &keyword) {
  for (const auto &e : extensions) {
    if (e.first == keyword) return &e.second;
  }
  return nullptr;
}

bool Port::Usual() const { return std::find(kUsualPorts.begin(), kUsualPorts.end(), usual) != kUsualPorts.end(); }

bool Port::TLSFailed() const {
  for (const Attempt *a : Attempts()) {
    if (a->TLSFailed()) return true;
  }
  return false;
}

std::string Port::Masked() const {
  for (const auto &e : in_clear) {
    const size_t rest = e.first.find_first_not_of('X');
    if (e.first.size() >= 4 && (rest == std::string::npos || rest + 1 == e.first.size())) return e.first;
  }
  return "";
}

std::string Findings::Problem() const {
  for (const Port &p : ports) {
    if (p.BadCertificate()) return p.certificate.problem;
  }
  return "";
}

bool Findings::AllWell() const {
  if (result != kGood || !notes.empty() || login.accepted != login.asked) return false;
  for (const Port &p : ports) {
    for (const Attempt *a : p.Attempts()) {
      if (!a->ok && !a->NoAddress()) return false;
    }
  }
  return true;
}

std::vector<std::string> Port::Mechanisms() const {
  std::vector<std::string> all;
  const std::string *offered = Parameters(Offered(), "AUTH");
  std::istringstream words(offered != nullptr ? *offered : "");
  for (std::string word; words >> word;) all.push_back(word);
  return all;
}

int64_t Port::MaxSize() const {
  const std::string *size = Parameters(Offered(), "SIZE");
  const size_t most_digits = 18; // fit in an int64_t
  if (size == nullptr || size->empty() || size->size() > most_digits) return 0;
  return size->find_first_not_of("0123456789") == std::string::npos ? strtoll(size->c_str(), nullptr, 10) : 0;
}

std::vector<const Attempt *> Port::Attempts() const {
  std::vector<const Attempt *> all;
  for (const Attempt *a : {&ipv4, &ipv6, &starttls}) {
    if (a->tried) all.push_back(a);
  }
  return all;
}

} // namespace doctor
