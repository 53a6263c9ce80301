// SPDX-License-Identifier: MIT
#include <cstdio>

#include "report.h"

namespace doctor {
namespace {

std::string Joined(const std::vector<std::string> &words, const char *between) {
  std::string all;
  for (const std::string &w : words) all += (all.empty() ? "" : between) + w;
  return all;
}

// Returns one line of a port's report, such as "  IPv4         works ...".
std::string Line(const std::string &about, const std::string &text) {
  return "  " + about + std::string(about.size() < 13 ? 13 - about.size() : 1, ' ') + text + "\n";
}

std::string Heading(const Port &p) {
  std::string text = "Port " + std::to_string(p.usual);
  if (p.dialled != p.usual) text += " (at " + std::to_string(p.dialled) + ")";
  switch (p.security) {
  case kImplicitTLS: return text + ", TLS from the start";
  case kStartTLS: return text + ", STARTTLS";
  default: return p.Reached() ? text + ", without TLS" : text;
  }
}

std::string Family(const Attempt &a, const char *name) {
  if (a.ok) return Line(name, "works: " + a.address + ", " + std::to_string(a.milliseconds) + " ms");
  if (a.only_certificate) {
    return Line(name, "connects, but the certificate is not accepted: " + a.address + ", " + std::to_string(a.milliseconds) + " ms");
  }
  if (a.NoAddress()) return Line(name, std::string("the host has no ") + name + " address");
  return Line(name, "fails" + (a.address.empty() ? "" : " at " + a.address) + ": " + a.text);
}

std::string Versions(const Port &p) {
  std::vector<std::string> yes, no;
  const std::pair<Answer, const char *> all[] = {{p.tls13, "1.3"}, {p.tls12, "1.2"}, {p.older, "1.1 or older"}};
  for (const auto &v : all) {
    if (v.first == kYes) yes.push_back(v.second);
    if (v.first == kNo) no.push_back(v.second);
  }
  std::string text;
  if (!yes.empty()) text += "speaks " + Joined(yes, ", ");
  if (!no.empty()) text += std::string(text.empty() ? "" : "; ") + "does not speak " + Joined(no, ", ");
  return text;
}

std::string CertificateLines(const Certificate &c) {
  std::string text;
  std::vector<std::string> names = c.names;
  const size_t most = 6, all = names.size();
  if (all > most) {
    names.resize(most);
    names.push_back("and " + std::to_string(all - most) + " more");
  }
  text += Line("Certificate", c.accepted ? "good" : "NOT ACCEPTED: " + c.problem);
  text += Line("", "for " + (names.empty() ? "no host name" : Joined(names, ", ")));
  text += Line("", "by " + c.issuer);
  text += Line("", "from " + c.not_before + " to " + c.not_after + (c.days_left >= 0 ? ", " + std::to_string(c.days_left) + " days left" : ", expired"));
  text += Line("", c.key + ", " + std::to_string(c.chain.size()) + (c.chain.size() == 1 ? " certificate sent" : " certificates sent"));
  return text;
}

// Returns a number of octets in a readable unit, such as "1.2 MiB".
std::string Size(int64_t octets) {
  static const char *const units[] = {"octets", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(octets);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++) value /= 1024;
  char text[64];
  snprintf(text, sizeof text, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  return text;
}

std::string OfferLines(const Port &p) {
  std::vector<std::string> keywords;
  for (const auto &e : p.Offered()) {
    if (e.first != "AUTH" && e.first != "SIZE" && e.first != "STARTTLS") keywords.push_back(e.first);
  }
  std::string text = Line("Extensions", keywords.empty() ? "none" : Joined(keywords, " "));
  text += Line("Largest mail", p.MaxSize() > 0 ? Size(p.MaxSize()) : "no limit announced");
  const std::vector<std::string> mechanisms = p.Mechanisms();
  text += Line("Login by", mechanisms.empty() ? "no login offered" : Joined(mechanisms, " "));
  return text;
}

std::string PortText(const Port &p) {
  std::string text = "\n" + Heading(p) + "\n";
  if (p.ipv4.tried) text += Family(p.ipv4, "IPv4");
  if (p.ipv6.tried) text += Family(p.ipv6, "IPv6");
  if (p.Reached() && !p.Masked().empty()) text += Line("STARTTLS", "hidden by a firewall or virus scanner: the reply to EHLO contains " + p.Masked());
  else if (p.Reached() && p.security == kClear) text += Line("STARTTLS", "not offered: everything is sent in the clear, and anyone on the network path can read it");
  if (p.starttls.tried && !p.starttls.ok && !p.certificate.shown) text += Line("STARTTLS", "fails: " + p.starttls.text);
  const std::string versions = Versions(p);
  if (!p.tls.empty() || !versions.empty()) text += Line("TLS", p.tls + (p.tls.empty() || versions.empty() ? "" : "; ") + versions);
  if (p.certificate.shown) text += CertificateLines(p.certificate);
  if (p.Reached() || p.certificate.shown) text += OfferLines(p);
  return text;
}

std::string LoginText(const Findings &f) {
  const Login &l = f.login;
  std::string text;
  if (!l.oauth2.empty()) {
    text += std::string("\nAccess token: ") + (l.TokenFailed() ? "NOT OBTAINED. " + l.text : "obtained" + (l.token_info.empty() ? "" : "; " + l.token_info)) + "\n";
  }
  if (!l.tried) return text;
  text += "\nLogin of " + l.user + " at port " + std::to_string(l.port) + ": ";
  return text + (l.accepted ? "works, by " + l.mechanism : "fails. " + l.text) + "\n";
}

std::string ServiceText(const Findings &f) {
  const Login &l = f.login;
  std::string text = Line("Access token", l.token_obtained ? "obtained" + (l.token_info.empty() ? "" : "; " + l.token_info) : "NOT OBTAINED. " + l.text);
  if (f.service.attempt.tried) text += Family(f.service.attempt, "Service");
  if (!f.service.tls.empty()) text += Line("TLS", f.service.tls);
  return text;
}

std::string ServiceVerdict(const Findings &f) {
  switch (f.result) {
  case kGood: return "An access token was obtained, and the service can be reached. To find out whether the service accepts the token, send a mail.";
  case kLoginRefused: return "No access token was obtained.";
  default: return "The service cannot be reached.";
  }
}

} // namespace

std::string Verdict(const Findings &f) {
  if (!f.service.transport.empty()) return ServiceVerdict(f);
  const std::string rest = f.AllWell() ? "" : " The report lists problems.";
  switch (f.result) {
  case kGood:
    return std::string(f.AllWell() ? "All is well. " : "") + (f.login.accepted ? "Mail can be sent, and the login works." : "Mail can be sent. No login was tried.") + rest;
  case kBadCertificate: return "The server's certificate is not accepted: " + f.Problem() + ". No way to send mail was found.";
  case kLoginRefused: return "Mail can be sent, but not with this login.";
  case kClearOnly: return "Mail can be sent, but only unencrypted: the server does not offer TLS.";
  default: return "No way to send mail was found.";
  }
}

std::string ReportText(const Findings &f) {
  std::string text = f.host + "\n";
  for (const Port &p : f.ports) text += PortText(p);
  text += f.service.transport.empty() ? LoginText(f) : ServiceText(f);
  text += "\n" + Verdict(f) + "\n";
  for (const std::string &note : f.notes) text += "- " + note + "\n";
  if (!f.code.empty()) {
    text += "\nThe settings in C++:\n\n";
    for (const std::string &line : f.code) text += "  " + line + "\n";
  }
  return text;
}

std::string ReportTranscripts(const Findings &f) {
  std::string text;
  for (const Port &p : f.ports) {
    for (const Attempt *a : p.Attempts()) {
      const char *how = a == &p.ipv4 ? "IPv4" : a == &p.ipv6 ? "IPv6" : "STARTTLS";
      text += "== port " + std::to_string(p.usual) + ", " + how + "\n";
      for (const std::string &line : a->transcript) text += line + "\n";
    }
  }
  for (const std::string &line : f.service.attempt.transcript) text += line + "\n";
  if (f.login.tried) text += "== login\n";
  for (const std::string &line : f.login.transcript) text += line + "\n";
  return text;
}

} // namespace doctor
