// SPDX-License-Identifier: MIT
#include "csmtp_c.h"
#include "report.h"

namespace doctor {
namespace {

// Returns the length of the UTF-8 character at s[i]. Returns 0 if the octets are not valid
// UTF-8 (RFC 3629, section 4).
size_t CharacterAt(const std::string &s, size_t i) {
  const unsigned char c = static_cast<unsigned char>(s[i]);
  if (c < 0x80) return 1;
  const size_t size = c >= 0xC2 && c <= 0xDF ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
  if (size == 0 || i + size > s.size()) return 0;
  for (size_t k = 1; k < size; k++) {
    if ((s[i + k] & 0xC0) != 0x80) return 0;
  }
  const unsigned char second = static_cast<unsigned char>(s[i + 1]);
  const bool overlong = (c == 0xE0 && second < 0xA0) || (c == 0xF0 && second < 0x90);
  const bool no_character = (c == 0xED && second > 0x9F) || (c == 0xF4 && second > 0x8F);
  return overlong || no_character ? 0 : size;
}

std::string Quoted(const std::string &s) {
  static const char hex[] = "0123456789abcdef";
  std::string all = "\"";
  for (size_t i = 0; i < s.size();) {
    const unsigned char c = static_cast<unsigned char>(s[i]);
    const size_t size = CharacterAt(s, i);
    if (size == 0) all += "\\ufffd";
    else if (c == '"' || c == '\\') all += std::string("\\") + s[i];
    else if (c < 0x20 || c == 0x7F) all += std::string("\\u00") + hex[c >> 4] + hex[c & 15];
    else all += s.substr(i, size);
    i += size == 0 ? 1 : size;
  }
  return all + "\"";
}

std::string Bool(bool b) { return b ? "true" : "false"; }

// Returns the JSON text of an answer: true, false, or null if the answer is not known.
std::string Maybe(Answer a) { return a == kUnknown ? "null" : Bool(a == kYes); }

std::string Strings(const std::vector<std::string> &list) {
  std::string all;
  for (const std::string &s : list) all += (all.empty() ? "" : ", ") + Quoted(s);
  return "[" + all + "]";
}

// Object writes the members of a JSON object.
class Object {
 public:
  Object &Raw(const char *key, const std::string &value) {
    m_text += (m_text.empty() ? "" : ", ") + Quoted(key) + ": " + value;
    return *this;
  }
  Object &Text(const char *key, const std::string &value) { return Raw(key, Quoted(value)); }
  Object &Number(const char *key, int64_t value) { return Raw(key, std::to_string(value)); }
  std::string Done() const { return "{" + m_text + "}"; }

 private:
  std::string m_text;
};

// Returns the name of a constant CSMTP_PHASE_... in the JSON report. All versions use the same
// names, because scripts depend on them.
std::string PhaseName(int phase) {
  static const char *const names[] = {"", "resolve", "connect", "TLS", "greeting", "EHLO", "STARTTLS", "AUTH"};
  return phase > 0 && phase < static_cast<int>(sizeof names / sizeof *names) ? names[phase] : "";
}

std::string AttemptJSON(const Attempt &a) {
  if (!a.tried) return "null";
  return Object().Raw("works", Bool(a.ok)).Text("address", a.address).Number("milliseconds", a.milliseconds)
      .Number("error", a.error).Text("phase", PhaseName(a.phase)).Text("text", a.text).Done();
}

std::string ExtensionsJSON(const Extensions &extensions) {
  Object all;
  for (const auto &e : extensions) all.Text(e.first.c_str(), e.second);
  return all.Done();
}

std::string CertificateJSON(const Certificate &c) {
  if (!c.shown) return "null";
  return Object().Raw("accepted", Bool(c.accepted)).Text("problem", c.problem).Raw("names", Strings(c.names))
      .Text("subject", c.subject).Text("issuer", c.issuer).Text("not_before", c.not_before)
      .Text("not_after", c.not_after).Number("days_left", c.days_left).Text("key", c.key).Text("pin", c.pin)
      .Raw("chain", Strings(c.chain)).Done();
}

std::string PortJSON(const Port &p) {
  static const char *const securities[] = {"none", "starttls", "ssl"};
  const Object versions = Object().Raw("1.3", Maybe(p.tls13)).Raw("1.2", Maybe(p.tls12)).Raw("older", Maybe(p.older));
  return Object().Number("port", p.usual).Number("dialled", p.dialled).Text("security", securities[p.security])
      .Raw("works", Bool(p.Secure() || p.ClearOnly())).Raw("secure", Bool(p.Secure()))
      .Raw("ipv4", AttemptJSON(p.ipv4)).Raw("ipv6", AttemptJSON(p.ipv6)).Raw("starttls", AttemptJSON(p.starttls))
      .Text("tls", p.tls).Raw("tls_versions", versions.Done()).Raw("certificate", CertificateJSON(p.certificate))
      .Raw("extensions", ExtensionsJSON(p.Offered())).Raw("extensions_in_clear", ExtensionsJSON(p.in_clear))
      .Raw("mechanisms", Strings(p.Mechanisms())).Number("size", p.MaxSize()).Done();
}

std::string TokenJSON(const Login &l) {
  if (l.oauth2.empty()) return "null";
  return Object().Raw("obtained", Bool(l.token_obtained)).Text("info", l.token_info).Done();
}

std::string LoginJSON(const Login &l) {
  if (!l.asked) return "null";
  return Object().Text("user", l.user).Raw("tried", Bool(l.tried)).Raw("accepted", Bool(l.accepted))
      .Text("mechanism", l.mechanism).Number("port", l.port).Number("error", l.error)
      .Text("phase", PhaseName(l.phase)).Text("text", l.text)
      .Raw("token", TokenJSON(l)).Done();
}

std::string ServiceJSON(const Service &s) {
  if (s.transport.empty()) return "null";
  return Object().Text("transport", s.transport).Text("endpoint", s.endpoint).Text("tls", s.tls).Raw("attempt", AttemptJSON(s.attempt)).Done();
}

std::string TokenOf(const Findings &f) {
  if (f.service.transport.empty()) return LoginJSON(f.login);
  return Object().Text("user", f.login.user).Number("error", f.login.error).Text("text", f.login.text)
      .Raw("token", Object().Raw("obtained", Bool(f.login.token_obtained)).Text("info", f.login.token_info).Done()).Done();
}

} // namespace

std::string ReportJSON(const Findings &f, int status) {
  static const char *const results[] = {"good", "none", "login-refused", "clear-only", "none"};
  std::string ports;
  for (const Port &p : f.ports) ports += (ports.empty() ? "\n    " : ",\n    ") + PortJSON(p);
  std::string text = "{\n";
  text += "  \"version\": " + Quoted(CSmtp_GetVersion()) + ",\n";
  text += "  \"host\": " + Quoted(f.host) + ",\n";
  text += "  \"result\": " + Quoted(results[f.result]) + ",\n";
  text += "  \"verdict\": " + Quoted(Verdict(f)) + ",\n";
  text += "  \"status\": " + std::to_string(status) + ",\n";
  text += "  \"best_port\": " + (f.Best() == nullptr ? "null" : std::to_string(f.Best()->usual)) + ",\n";
  text += "  \"ports\": [" + ports + "\n  ],\n";
  text += "  \"service\": " + ServiceJSON(f.service) + ",\n";
  text += "  \"login\": " + TokenOf(f) + ",\n";
  text += "  \"notes\": " + Strings(f.notes) + ",\n";
  text += "  \"code\": " + Strings(f.code) + "\n}\n";
  return text;
}

} // namespace doctor
