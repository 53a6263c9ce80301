// SPDX-License-Identifier: MIT
#include "advice.h"

#include <algorithm>

#include "../words.h"
#include "csmtp_c.h"

namespace doctor {
namespace {

// The report has a note if a certificate expires in fewer days than this. A certificate
// that is valid for 90 days is usually renewed 30 days before it expires.
const int64_t kSoon = 21;

// Returns the rank of a port, or 0 if the port cannot be used. A port without TLS has the
// lowest rank. A port that permits a login has a higher rank than one that does not. If both
// ports permit a login, or neither does, implicit TLS has a higher rank than STARTTLS (RFC
// 8314, section 3).
int Rank(const Port &port) {
  if (!port.Secure()) return port.ClearOnly() ? 1 : 0;
  return 2 + (port.security == kImplicitTLS ? 1 : 0) + (Parameters(port.Offered(), "AUTH") != nullptr ? 2 : 0);
}

// Reports whether TLS should work on this port but does not: the server offers TLS and TLS
// fails, or a firewall has removed the offer.
bool NotOnlyClear(const Port &port) { return (port.TLSFailed() && !port.Secure()) || !port.Masked().empty(); }

// Returns a port that could be used if its certificate were accepted. Returns nullptr if
// there is none.
const Port *BestOfBad(const std::vector<Port> &ports) {
  const Port *best = nullptr;
  int most = 0;
  for (const Port &p : ports) {
    if (!p.BadCertificate()) continue;
    Port accepted = p;
    accepted.certificate.accepted = true;
    if (Rank(accepted) > most) {
      most = Rank(accepted);
      best = &p;
    }
  }
  return best;
}

bool OnlyBearer(const std::vector<std::string> &mechanisms) {
  return !mechanisms.empty() && std::all_of(mechanisms.begin(), mechanisms.end(), [](const std::string &m) {
    return m == "XOAUTH2" || m == "OAUTHBEARER";
  });
}

// Reports whether the server answers at an address of this family.
bool Answers(const Attempt &a) { return a.ok || a.TLSFailed(); }

void NoteFamilies(const Findings &f, std::vector<std::string> *notes) {
  int six = 0, six_fail = 0, four = 0, four_fail = 0;
  for (const Port &p : f.ports) {
    const bool works4 = Answers(p.ipv4), works6 = Answers(p.ipv6);
    if (works4) four++;
    if (works6) six++;
    if (works4 && p.ipv6.tried && !works6 && !p.ipv6.NoAddress()) six_fail++;
    if (works6 && p.ipv4.tried && !works4 && !p.ipv4.NoAddress()) four_fail++;
  }
  if (four > 0 && six == 0 && six_fail > 0) {
    notes->push_back("The server has an IPv6 address that does not answer. The library then uses IPv4 after a short delay; other programs may wait much longer.");
  }
  if (six > 0 && four == 0 && four_fail > 0) {
    notes->push_back("The server has an IPv4 address that does not answer; its IPv6 address does.");
  }
}

// Adds a note with the reason why no port could be reached.
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
    notes->push_back("The name " + f.host + " has no address: is it spelled correctly? Many providers use smtp." + f.host + " or mail." + f.host + ".");
  } else if (silent) {
    notes->push_back("No port answers: the server is down, or a firewall blocks the connections.");
  } else if (refused) {
    notes->push_back("Every connection is refused: is " + f.host + " the mail server, and is it running?");
  }
}

void NotePort(const Port &p, std::vector<std::string> *notes) {
  const std::string port = "Port " + std::to_string(p.usual);
  const Certificate &c = p.certificate;
  if (p.BadCertificate()) {
    std::string note = port + ": the certificate is not accepted: " + c.problem + ".";
    if (!c.other_name.empty()) note += " It is accepted with --tls-name " + c.other_name + ".";
    notes->push_back(note);
  }
  if (!p.Masked().empty()) {
    notes->push_back(port + ": a firewall or virus scanner on the network path hides STARTTLS: the reply to EHLO contains " + p.Masked() +
                     ". Turn off its inspection of SMTP, or use port 465. Do not log in without TLS.");
  }
  if (c.accepted && c.days_left < kSoon) {
    notes->push_back(port + ": the certificate expires in " + std::to_string(c.days_left) + " days. Is it renewed automatically?");
  }
  if (p.tls13 == kNo && p.tls12 == kNo && p.older == kYes) {
    notes->push_back(port + ": the server speaks only TLS 1.1 or older, which is no longer secure. Update its software; until then, a program can allow these versions at its own risk: mail.SetTLSMinVersion(CSMTP_TLS_1_0).");
  } else if (p.older == kYes) {
    notes->push_back(port + ": the server also speaks TLS 1.1 or older, which should be disabled.");
  }
  if (p.security == kStartTLS && Parameters(p.in_clear, "AUTH") != nullptr) {
    notes->push_back(port + ": the server also offers AUTH before STARTTLS. If a program logs in before STARTTLS, anyone on the network path can read the password.");
  }
  if (p.usual == 25 && (p.ipv4.error == CSMTP_SELECT_TIMEOUT || p.ipv6.error == CSMTP_SELECT_TIMEOUT) && !p.Reached()) {
    notes->push_back("Port 25 does not answer: many networks allow it for mail servers only. To send mail, use port 465 or 587.");
  }
}

void NoteLogin(const Findings &f, std::vector<std::string> *notes) {
  const Port *best = f.Best();
  if (f.login.asked && !f.login.tried && best != nullptr && best->ClearOnly()) {
    notes->push_back("The login was not tried: without TLS, anyone on the network path could read the password.");
  }
  if (best != nullptr && f.login.oauth2.empty() && OnlyBearer(best->Mechanisms())) {
    notes->push_back("The server accepts no password, only OAuth 2.0: use --token-file, or the options that begin with --oauth2.");
  }
  const std::string &token = f.login.token_info;
  const bool exchange = token.find("audience https://outlook.office") != std::string::npos;
  if (exchange && token.find("SMTP.Send") == std::string::npos) {
    notes->push_back("The access token has neither the permission SMTP.SendAsApp, for an application, nor SMTP.Send, for a user: grant the application one of them in Microsoft Entra, and consent to it.");
  }
}

void WriteCode(Findings *f) {
  const Port *const best = f->Best() != nullptr ? f->Best() : BestOfBad(f->ports);
  if (best == nullptr) return;
  const Port &p = *best;
  const std::vector<std::string> mechanisms = p.Mechanisms();
  const char *security = p.security == kImplicitTLS ? "USE_SSL" : p.security == kStartTLS ? "USE_TLS" : "NO_SECURITY";
  const std::string server = tools::Literal(f->host) + ", " + std::to_string(p.dialled);
  f->code.push_back("mail.SetSMTPServer(" + server + (mechanisms.empty() ? ", false" : "") + ");");
  f->code.push_back(std::string("mail.SetSecurityType(") + security + ");");
  if (!mechanisms.empty()) {
    f->code.push_back("mail.SetLogin(" + tools::Literal(f->login.user.empty() ? "login" : f->login.user) + ");");
    if (f->login.oauth2.empty()) f->code.push_back(OnlyBearer(mechanisms) ? "mail.SetAccessToken(\"...\");" : "mail.SetPassword(\"...\");");
    f->code.insert(f->code.end(), f->login.oauth2.begin(), f->login.oauth2.end());
  }
  if (!f->ca_file.empty() && p.security != kClear) f->code.push_back("mail.SetCAFile(" + tools::Literal(f->ca_file) + ");");
  if (!f->tls_name.empty() && p.security != kClear) f->code.push_back("mail.SetTLSServerName(" + tools::Literal(f->tls_name) + ");");
  if (p.BadCertificate() && !p.certificate.other_name.empty()) {
    f->code.push_back("mail.SetTLSServerName(" + tools::Literal(p.certificate.other_name) + ");");
  } else if (p.BadCertificate()) {
    f->code.push_back("// Only a server with this key is accepted. Ask the operator whether this is the right key.");
    f->code.push_back("mail.SetVerifyPeer(false);");
    f->code.push_back("mail.SetPinnedPublicKey(" + tools::Literal(p.certificate.pin) + ");");
  }
  using tools::EndsWith;
  const bool microsoft = EndsWith(f->host, ".office365.com") || EndsWith(f->host, ".outlook.com");
  const bool google = EndsWith(f->host, ".gmail.com") || EndsWith(f->host, ".googlemail.com");
  if (!f->login.oauth2.empty()) return;
  if (microsoft) {
    f->code.push_back("// Instead of setting a password, call mail.SetOAuth2ClientCredentials(\"microsoft:TENANT\", \"client id\", \"client secret\", \"\");");
  } else if (google) {
    f->code.push_back("// Use an application password as the password. Or call mail.SetOAuth2RefreshToken(\"google\", \"client id\", \"client secret\", \"refresh token\", \"\");");
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
  // A port without TLS must not be used in place of a port on which TLS fails. An attacker
  // could have caused the failure in order to read the password and the mail.
  if (best == 1 && std::any_of(findings->ports.begin(), findings->ports.end(), NotOnlyClear)) findings->best = -1;
}

void ConcludeService(Findings *f) {
  const Service &s = f->service;
  f->result = !f->login.token_obtained ? kLoginRefused : s.attempt.ok ? kGood : kNone;
  f->code.push_back("mail.SetTransport(" + tools::Literal(s.transport) + ");");
  if (!s.endpoint.empty()) f->code.push_back("mail.SetTransportEndpoint(" + tools::Literal(s.endpoint) + ");");
  if (!f->login.user.empty()) f->code.push_back("mail.SetLogin(" + tools::Literal(f->login.user) + ");");
  if (f->login.oauth2.empty()) f->code.push_back("mail.SetAccessToken(\"...\");");
  f->code.insert(f->code.end(), f->login.oauth2.begin(), f->login.oauth2.end());
  if (!f->ca_file.empty()) f->code.push_back("mail.SetCAFile(" + tools::Literal(f->ca_file) + ");");
  if (!f->tls_name.empty()) f->code.push_back("mail.SetTLSServerName(" + tools::Literal(f->tls_name) + ");");
}

// Adds a note if the result is not kGood and the host belongs to a provider that accepts mail over
// HTTPS too.
void NoteService(Findings *f) {
  const bool microsoft = tools::EndsWith(f->host, ".office365.com") || tools::EndsWith(f->host, ".outlook.com");
  const bool google = tools::EndsWith(f->host, ".gmail.com") || tools::EndsWith(f->host, ".googlemail.com");
  if (f->result == kGood || (!microsoft && !google)) return;
  f->notes.push_back(std::string("This provider also accepts mail over HTTPS, which works where SMTP is blocked: check it with --transport ") +
                     (microsoft ? "microsoft-graph." : "gmail-api."));
}

void Conclude(Findings *f) {
  if (f->Best() == nullptr) f->result = BestOfBad(f->ports) != nullptr ? kBadCertificate : kNone;
  else if ((f->login.tried && !f->login.accepted) || f->login.TokenFailed()) f->result = kLoginRefused;
  else f->result = f->Best()->Secure() ? kGood : kClearOnly;
  const bool answered = std::any_of(f->ports.begin(), f->ports.end(), [](const Port &p) { return p.Answered(); });
  if (!answered) NoteUnreached(*f, &f->notes);
  else NoteFamilies(*f, &f->notes);
  for (const Port &p : f->ports) NotePort(p, &f->notes);
  NoteLogin(*f, &f->notes);
  NoteService(f);
  WriteCode(f);
}

} // namespace doctor
