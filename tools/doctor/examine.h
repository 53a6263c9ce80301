// SPDX-License-Identifier: MIT
//
// Connects to a server with every port, security type and address family. Sends no
// mail.
#ifndef CSMTP_TOOLS_DOCTOR_EXAMINE_H
#define CSMTP_TOOLS_DOCTOR_EXAMINE_H

#include <functional>
#include <string>

#include "findings.h"

class CSmtp;

namespace doctor {

struct Settings {
  std::string host, ca_file, tls_name;
  bool insecure = false; // every certificate is accepted
  bool ipv4 = true, ipv6 = true;
  unsigned int timeout = 10000; // of one connection, in milliseconds
};

// Examines all ports at the same time. It makes at most twelve connections to each
// port, and at most nine of them one after the other.
void ExamineAll(const Settings &settings, std::vector<Port> *ports);

// Sets the credentials of 'mail': a password, a token, or the source from which the library gets a
// token.
using Credentials = std::function<void(CSmtp *mail)>;

// Gets an access token without connecting to the mail server.
void TryToken(const Settings &settings, const Credentials &give, Login *login);

// Gets an access token for a service, and connects to the service. Sends no mail.
void TryService(const Settings &settings, const Credentials &give, Findings *findings);

// Makes one login on a port that has been examined.
void TryLogin(const Settings &settings, const Port &port, const Credentials &give, Login *login);

} // namespace doctor

#endif
