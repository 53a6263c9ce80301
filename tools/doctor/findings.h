// SPDX-License-Identifier: MIT
//
// The findings of csmtp-doctor about a server, before they are printed.
#ifndef CSMTP_TOOLS_DOCTOR_FINDINGS_H
#define CSMTP_TOOLS_DOCTOR_FINDINGS_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace doctor {

// The ports that mail programs use: 465 is submission with implicit TLS, 587 is submission
// with STARTTLS (RFC 8314), and 25 is relay.
extern const std::vector<int> kUsualPorts;

// How TLS starts on a port.
enum Security { kClear = 0, kStartTLS = 1, kImplicitTLS = 2 };

// What happened during a connection, up to the reply to EHLO or up to the login.
struct Attempt {
  bool tried = false, ok = false;
  int error = 0, phase = 0; // CSMTP_..., CSMTP_PHASE_...
  std::string text;         // the library's error text
  std::string address;      // "192.0.2.1:465"; "" if there was no connection
  std::string mechanism;    // the SASL mechanism of the login
  bool only_certificate = false; // whether the connection fails only because the certificate is not accepted
  int64_t milliseconds = 0;
  std::vector<std::string> transcript; // of the session, with secrets masked

  bool NoAddress() const; // whether the host has no address of this family
  bool TLSFailed() const;
};

// Service extensions: keyword and parameters.
typedef std::vector<std::pair<std::string, std::string> > Extensions;

// Returns the parameters of an extension, or nullptr if it is not offered.
const std::string *Parameters(const Extensions &extensions, const std::string &keyword);

struct Certificate {
  bool shown = false, accepted = false;
  bool waived = false; // whether the certificate is accepted because of --insecure
  std::string problem;    // why the certificate is not accepted; "" if it is
  std::string other_name; // a host name for which the certificate would be accepted
  std::string subject, issuer, not_before, not_after, key, pin;
  std::vector<std::string> names, chain; // chain: the subjects of the certificates, the server's first
  int64_t days_left = 0;
};

enum Answer { kUnknown, kYes, kNo };

struct Port {
  int usual = 0;   // the port in the report: 465, 587, 25, or one of --ports
  int dialled = 0; // the port to which to connect; differs from 'usual' for --ports USUAL=DIALLED
  Security security = kClear; // how TLS starts on this port, as far as it is known

  Attempt ipv4, ipv6;
  Attempt starttls; // the connection with STARTTLS, which is made after the one without TLS
  Extensions in_clear, under_tls;
  std::string tls; // "TLS 1.3, TLS_AES_128_GCM_SHA256"
  Certificate certificate;
  Answer tls13 = kUnknown, tls12 = kUnknown, older = kUnknown;

  bool Usual() const; // whether the port is one of kUsualPorts
  bool Reached() const { return ipv4.ok || ipv6.ok; } // whether the server replied to EHLO
  bool Answered() const { return !ipv4.address.empty() || !ipv6.address.empty(); } // whether a connection was made
  bool TLSFailed() const;
  bool Secure() const { return !tls.empty() && (certificate.accepted || certificate.waived); }
  bool BadCertificate() const { return certificate.shown && !certificate.accepted; }
  std::string Masked() const; // the line that a firewall has put in place of STARTTLS, or ""
  bool OffersSTARTTLS() const { return doctor::Parameters(in_clear, "STARTTLS") != nullptr; }
  bool ClearOnly() const { return Reached() && security == kClear && !OffersSTARTTLS() && Masked().empty(); }
  const Extensions &Offered() const { return tls.empty() ? in_clear : under_tls; }
  std::vector<std::string> Mechanisms() const;
  int64_t MaxSize() const; // the maximum size of a mail in octets (RFC 1870); 0 if the server announces none
  std::vector<const Attempt *> Attempts() const;
};

struct Login {
  bool asked = false, tried = false, accepted = false;
  std::string user, mechanism, text;
  int error = 0, phase = 0;
  int port = 0; // Port::usual of the port that was used
  std::vector<std::string> transcript;
  std::vector<std::string> oauth2; // the options for OAuth 2.0 as lines of C++
  bool token_obtained = false;
  std::string token_info; // the claims in the token

  bool TokenFailed() const { return !oauth2.empty() && !token_obtained; }
};

// A service that sends mail over HTTPS. If a service is examined, no ports are examined.
struct Service {
  std::string transport, endpoint; // endpoint: "" is the usual URL of the service
  Attempt attempt;
  std::string tls; // "TLS 1.3, TLS_AES_128_GCM_SHA256"
};

enum Result { kGood, kNone, kLoginRefused, kClearOnly, kBadCertificate };

struct Findings {
  std::string host, ca_file, tls_name;
  bool insecure = false;
  std::vector<Port> ports;
  Service service; // its transport is "" if ports are examined
  Login login;
  Result result = kNone;
  int best = -1; // the index of the best port in 'ports'; -1 if no port can be used
  std::vector<std::string> notes; // sentences
  std::vector<std::string> code;  // lines of C++ with the settings for the best port

  std::string Problem() const; // the problem of the first certificate that is not accepted
  bool AllWell() const; // whether everything that was tried works, and the report has no note
  const Port *Best() const { return best >= 0 ? &ports[static_cast<size_t>(best)] : nullptr; }
};

} // namespace doctor

#endif
