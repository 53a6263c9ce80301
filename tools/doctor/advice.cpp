// SPDX-License-Identifier: MIT
#include "advice.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "csmtp_c.h"

namespace doctor {
namespace {

const int64_t kSoon = 21; // days: authorities that last 90 are renewed 30 before

// Implicit TLS before STARTTLS (RFC 8314, section 3), one with a login before
// one without, a clear one last.
int Rank(const Port &port) {
  if (!port.Secure()) return port.ClearOnly() ? 1 : 0;
  return 2 + (port.security == kImplicitTLS ? 1 : 0) + (port.Parameters("AUTH") != nullptr ? 2 : 0);
}

bool TLSBroken(const Port &port) { return port.TLSFailed() && !port.Secure(); }

bool OnlyBearer(const std::vector<std::string> &mechanisms) {
  return !mechanisms.empty() && std::all_of(mechanisms.begin(), mechanisms.end(), [](const std::string &m) {
    return m == "XOAUTH2" || m == "OAUTHBEARER";
  });
}

bool EndsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// text as a string of C++.
std::string Literal(const std::string &text) {
  std::string all = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + "\"";
}

void NoteFamilies(const Findings &f, std::vector<std::string> *notes) {
  int six = 0, six_fail = 0, four = 0, four_fail = 0;
  for (const Port &p : f.ports) {
    const bool works4 = p.ipv4.ok || p.ipv4.error == CSMTP_SSL_PROBLEM, works6 = p.ipv6.ok || p.ipv6.error == CSMTP_SSL_PROBLEM;
    if (works4) four++;
    if (works6) six++;
    if (works4 && p.ipv6.tried && !works6 && !p.ipv6.NoAddress()) six_fail++;
    if (works6 && p.ipv4.tried && !works4 && !p.ipv4.NoAddress()) four_fail++;
  }
  if (four > 0 && six == 0 && six_fail > 0) {
    notes->push_back("The server has an IPv6 address that does not answer from here. The library goes on with IPv4 after a moment; other programs may wait long.");
  }
  if (six > 0 && four == 0 && four_fail > 0) {
    notes->push_back("The server has an IPv4 address that does not answer from here; IPv6 does.");
  }
}

// Why nothing could be reached at all.
void NoteUnreached(const Findings &f, std::vector<std::string> *notes) {
  bool no_name = true, silent = true, refused = true;
  for (const Port &p : f.ports) {
    for (const Attempt *a : p.Attempts()) {
      no_name = no_name && a->NoAddress();
      if (a->NoAddress()) continue;
      silent = silent && a->error == CSMTP_SELECT_TIMEOUT;
      refused = refused && a->error == CSMTP_WSA_CONNECT;
    }
  }
  if (no_name) {
    notes->push_back("The name " + f.host + " has no address: is it spelled right? A provider's server is often smtp." + f.host + " or mail." + f.host + ".");
  } else if (silent) {
    notes->push_back("No port answers at all: a firewall between here and the server, or the server is down.");
  } else if (refused) {
    notes->push_back("No connection is accepted: is " + f.host + " the mail server, and is it running?");
  }
}

void NotePort(const Port &p, std::vector<std::string> *notes) {
  const std::string port = "Port " + std::to_string(p.usual);
  const Certificate &c = p.certificate;
  if (c.accepted && c.days_left < kSoon) {
    notes->push_back(port + ": the certificate ends in " + std::to_string(c.days_left) + " days. Is it renewed by itself?");
  }
  if (p.tls13 == kNo && p.tls12 == kNo && p.older == kYes) {
    notes->push_back(port + ": the server speaks only TLS 1.1 or older, which is not safe any more. Its software has to be renewed; until then, at your risk: mail.SetTLSMinVersion(CSMTP_TLS_1_0).");
  } else if (p.older == kYes) {
    notes->push_back(port + ": the server still speaks TLS 1.1 or older as well. Programs of today do not use it, but it should be switched off.");
  }
  if (p.security == kStartTLS) {
    for (const auto &e : p.in_clear) {
      if (e.first == "AUTH") {
        notes->push_back(port + ": a login is offered before STARTTLS too, where a password could be read on the way.");
        break;
      }
    }
  }
  if (p.usual == 25 && (p.ipv4.error == CSMTP_SELECT_TIMEOUT || p.ipv6.error == CSMTP_SELECT_TIMEOUT) && !p.Reached()) {
    notes->push_back("Port 25 does not answer: many networks block it for all but mail servers. For sending, 465 and 587 are the ports.");
  }
}

void NoteLogin(const Findings &f, std::vector<std::string> *notes) {
  const Port *best = f.best >= 0 ? &f.ports[f.best] : nullptr;
  if (f.login.asked && !f.login.tried && best != nullptr && best->ClearOnly()) {
    notes->push_back("The login was not tried: without TLS anyone on the way could read the password.");
  }
  if (best != nullptr && OnlyBearer(best->Mechanisms())) {
    notes->push_back("The server takes no password, only OAuth 2.0: see SetOAuth2ClientCredentials and SetAccessToken.");
  }
}

void WriteCode(Findings *f) {
  if (f->best < 0) return;
  const Port &p = f->ports[f->best];
  const std::vector<std::string> mechanisms = p.Mechanisms();
  const char *security = p.security == kImplicitTLS ? "USE_SSL" : p.security == kStartTLS ? "USE_TLS" : "NO_SECURITY";
  const std::string server = Literal(f->host) + ", " + std::to_string(p.dialled);
  f->code.push_back("mail.SetSMTPServer(" + server + (mechanisms.empty() ? ", false" : "") + ");");
  f->code.push_back(std::string("mail.SetSecurityType(") + security + ");");
  if (!mechanisms.empty()) {
    f->code.push_back("mail.SetLogin(" + Literal(f->login.user.empty() ? "login" : f->login.user) + ");");
    f->code.push_back(OnlyBearer(mechanisms) ? "mail.SetAccessToken(\"...\");" : "mail.SetPassword(\"...\");");
  }
  if (!f->ca_file.empty() && p.security != kClear) f->code.push_back("mail.SetCAFile(" + Literal(f->ca_file) + ");");
  const bool microsoft = EndsWith(f->host, ".office365.com") || EndsWith(f->host, ".outlook.com");
  const bool google = EndsWith(f->host, ".gmail.com") || EndsWith(f->host, ".googlemail.com");
  if (microsoft) {
    f->code.push_back("// instead of the password: mail.SetOAuth2ClientCredentials(\"microsoft:TENANT\", \"client id\", \"client secret\", \"\");");
  } else if (google) {
    f->code.push_back("// the password is one made for this application; or: mail.SetOAuth2RefreshToken(\"google\", \"client id\", \"client secret\", \"refresh token\", \"\");");
  }
}

} // namespace

void Choose(Findings *findings) {
  int best = 0;
  findings->best = -1;
  for (size_t i = 0; i < findings->ports.size(); i++) {
    const int rank = Rank(findings->ports[i]);
    if (rank > best) {
      best = rank;
      findings->best = static_cast<int>(i);
    }
  }
  // A clear port beside one whose TLS is broken is no way out: a password
  // and the mail would go to whoever is in between.
  if (best == 1 && std::any_of(findings->ports.begin(), findings->ports.end(), TLSBroken)) findings->best = -1;
}

void Conclude(Findings *f) {
  const bool found = f->best >= 0;
  if (!found) f->result = kNone;
  else if (f->login.tried && !f->login.accepted) f->result = kLoginRefused;
  else f->result = f->ports[f->best].Secure() ? kGood : kClearOnly;
  bool reached = false;
  for (const Port &p : f->ports) reached = reached || p.Answered();
  if (!reached) NoteUnreached(*f, &f->notes);
  else NoteFamilies(*f, &f->notes);
  for (const Port &p : f->ports) NotePort(p, &f->notes);
  NoteLogin(*f, &f->notes);
  WriteCode(f);
}

std::string Size(const std::string &octets) {
  const double n = strtod(octets.c_str(), nullptr);
  if (octets.empty() || octets.find_first_not_of("0123456789") != std::string::npos || n <= 0) return "";
  static const char *const units[] = {"octets", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = n;
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++) value /= 1024;
  char text[64];
  snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  return text;
}

} // namespace doctor
