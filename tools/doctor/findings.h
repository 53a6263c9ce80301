// SPDX-License-Identifier: MIT
//
// What the doctor finds out, before it is put into words.
#ifndef CSMTP_TOOLS_DOCTOR_FINDINGS_H
#define CSMTP_TOOLS_DOCTOR_FINDINGS_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace doctor {

// How TLS begins on a port.
enum Security { kClear = 0, kStartTLS = 1, kImplicitTLS = 2 };

// One connection, up to where a login would come.
struct Attempt {
  bool tried = false, ok = false;
  int error = 0;          // CSMTP_...
  std::string text;       // what the library says of it
  std::string address;    // "192.0.2.1:465"; "" when there was no connection
  int64_t milliseconds = 0;
  std::vector<std::string> transcript; // secrets masked

  bool NoAddress() const; // the host has none of this family
};

typedef std::vector<std::pair<std::string, std::string> > Extensions; // keyword, parameters

struct Certificate {
  bool shown = false, accepted = false;
  std::string problem; // why it is not accepted
  std::string subject, issuer, not_before, not_after, key, pin;
  std::vector<std::string> names, chain; // chain: subjects, the server's own first
  int64_t days_left = 0;
};

enum Answer { kUnknown, kYes, kNo };

struct Port {
  int usual = 0;   // 465, 587, 25, or what was asked for
  int dialled = 0; // the same, unless --ports says otherwise
  Security security = kClear; // how the server speaks there, as far as known

  Attempt ipv4, ipv6;
  Attempt starttls; // the connection that went on with STARTTLS
  Extensions in_clear, under_tls;
  bool offers_starttls = false;
  std::string tls; // "TLS 1.3, TLS_AES_128_GCM_SHA256"
  Certificate certificate;
  Answer tls13 = kUnknown, tls12 = kUnknown, older = kUnknown;

  bool Reached() const { return ipv4.ok || ipv6.ok; } // SMTP was spoken
  bool Answered() const { return !ipv4.address.empty() || !ipv6.address.empty(); } // there was a connection
  bool TLSFailed() const;
  bool Secure() const { return !tls.empty() && certificate.accepted; }
  bool ClearOnly() const { return Reached() && security == kClear && !offers_starttls; }
  const Extensions &Offered() const { return tls.empty() ? in_clear : under_tls; }
  const std::string *Parameters(const std::string &keyword) const; // nullptr: not offered
  std::vector<std::string> Mechanisms() const;
  std::vector<const Attempt *> Attempts() const;
};

struct Login {
  bool asked = false, tried = false, accepted = false;
  std::string user, mechanism, text;
  int error = 0, port = 0; // port: the usual one
  std::vector<std::string> transcript;
};

enum Result { kGood, kNone, kLoginRefused, kClearOnly };

struct Findings {
  std::string host, ca_file;
  std::vector<Port> ports;
  Login login;
  Result result = kNone;
  int best = -1; // in ports; -1: none
  std::vector<std::string> notes; // plain sentences
  std::vector<std::string> code;  // lines of C++ that fit
};

} // namespace doctor

#endif
