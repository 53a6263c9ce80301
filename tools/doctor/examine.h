// SPDX-License-Identifier: MIT
//
// The doctor's hands: connects to a server in every way there is, and sends no
// mail.
#ifndef CSMTP_TOOLS_DOCTOR_EXAMINE_H
#define CSMTP_TOOLS_DOCTOR_EXAMINE_H

#include <string>

#include "../terminal.h"
#include "findings.h"

namespace doctor {

struct Settings {
  std::string host, ca_file;
  bool ipv4 = true, ipv6 = true;
  unsigned int timeout = 10000; // of one connection, in milliseconds
};

// All ports at a time, each in bounded time: no more than eight connections
// one after the other.
void ExamineAll(const Settings &settings, std::vector<Port> *ports);

// One login over the port's best way.
void TryLogin(const Settings &settings, const Port &port, const tools::Secret &secret, Login *login);

} // namespace doctor

#endif
