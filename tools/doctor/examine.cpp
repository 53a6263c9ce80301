// SPDX-License-Identifier: MIT
#include "examine.h"

#include <chrono>
#include <cstdio>
#include <sstream>
#include <thread>

#include "../words.h"

#define CSMTP_STRICT
#include "CSmtp.h"

namespace doctor {
namespace {

// The settings of one connection.
struct Way {
  int port;
  Security security;
  const char *local; // as LocalAddress returns it
  bool verify;
  int oldest, newest; // TLS versions; 0 is the library's default
  std::string name;   // the name that the certificate must contain; "" is the host name
};

// Returns the local address that restricts a connection to one address family. Returns
// "" if 'ipv4' and 'ipv6' are both true or both false.
const char *LocalAddress(bool ipv4, bool ipv6) { return ipv4 == ipv6 ? "" : ipv4 ? "0.0.0.0" : "::"; }

void Prepare(const Settings &settings, const Way &way, CSmtp *mail, Attempt *attempt) {
  attempt->tried = true;
  mail->SetLocalAddress(way.local);
  mail->SetVerifyPeer(way.verify);
  if (!settings.ca_file.empty()) mail->SetCAFile(settings.ca_file.c_str());
  if (!way.name.empty()) mail->SetTLSServerName(way.name.c_str());
  mail->SetTLSMinVersion(way.oldest);
  mail->SetTLSMaxVersion(way.newest);
  mail->SetTimeout(CSMTP_TIMEOUT_TOTAL, settings.timeout);
  mail->SetTimeout(CSMTP_TIMEOUT_QUIT, 2000);
  mail->SetLogCallback([attempt](int direction, const char *line) {
    static const char *const marks[] = {"C: ", "S: ", "* "};
    attempt->transcript.push_back(std::string(marks[direction]) + line);
  });
}

SMTP_SECURITY_TYPE TypeOf(Security s) {
  return s == kImplicitTLS ? USE_SSL : s == kStartTLS ? USE_TLS : NO_SECURITY;
}

// Returns the text of e without the fixed text for its error number. If nothing else is
// left, returns the whole text.
std::string Detail(const ECSmtp &e) {
  const std::string text = e.what(), sentence = std::string(CSmtp_GetErrorText(e.GetErrorNum())) + " ";
  return text.compare(0, sentence.size(), sentence) == 0 ? text.substr(sentence.size()) : text;
}

// Calls the function 'connect', which connects 'mail' to a server or gets a token. Records the
// result in 'attempt', and returns whether the function succeeded.
template <typename Connect>
bool Timed(Attempt *attempt, const CSmtp &mail, Connect connect) {
  const auto begin = std::chrono::steady_clock::now();
  try {
    connect();
    attempt->ok = true;
    attempt->mechanism = mail.GetAuthMechanismUsed();
  } catch (const ECSmtp &e) {
    attempt->error = e.GetErrorNum();
    attempt->phase = mail.GetPhase();
    attempt->text = tools::Reword(Detail(e), tools::kDoctor, e.GetReply());
  }
  attempt->address = mail.GetPeerAddress();
  attempt->milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin).count();
  return attempt->ok;
}

bool Connect(const Settings &settings, const Way &way, CSmtp *mail, Attempt *attempt) {
  return Timed(attempt, *mail, [&] {
    Prepare(settings, way, mail, attempt);
    mail->ConnectRemoteServer(settings.host.c_str(), static_cast<unsigned short>(way.port), TypeOf(way.security), false);
  });
}

Extensions ReadExtensions(const CSmtp &mail) {
  Extensions all;
  std::istringstream lines(mail.GetExtensions());
  for (std::string line; std::getline(lines, line);) {
    const size_t space = line.find(' ');
    all.emplace_back(line.substr(0, space), space == std::string::npos ? "" : line.substr(space + 1));
  }
  return all;
}

// Returns the number of days, rounded down, from now to a time such as
// "2026-01-31T12:00:00Z".
int64_t DaysUntil(const std::string &time) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (sscanf(time.c_str(), "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second) != 6) return 0;
  // Computes the days since 1970. Here, a year begins in March, so that a leap day is its
  // last day.
  const int64_t y = month <= 2 ? year - 1 : year;
  const int64_t since_march = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t days = y * 365 + y / 4 - y / 100 + y / 400 + since_march - 719468;
  const int64_t then = days * 86400 + hour * 3600 + minute * 60 + second;
  const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
  const int64_t left = then - now;
  return left >= 0 ? left / 86400 : -((-left + 86399) / 86400);
}

// Reads the service extensions and the certificate of the server in a session with TLS.
void ReadTLS(const CSmtp &mail, Port *port) {
  port->tls = mail.GetTLSInfo();
  port->under_tls = ReadExtensions(mail);
  Certificate &c = port->certificate;
  c.shown = true;
  c.subject = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_SUBJECT);
  c.issuer = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_ISSUER);
  c.not_before = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_NOT_BEFORE);
  c.not_after = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_NOT_AFTER);
  c.key = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_KEY);
  c.pin = mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_PIN);
  c.days_left = DaysUntil(c.not_after);
  std::istringstream names(mail.GetPeerCertificate(0, CSMTP_CERTIFICATE_NAMES));
  for (std::string name; names >> name;) c.names.push_back(name);
  for (unsigned int i = 0; *mail.GetPeerCertificate(i, CSMTP_CERTIFICATE_PEM) != 0; i++) {
    c.chain.push_back(mail.GetPeerCertificate(i, CSMTP_CERTIFICATE_SUBJECT));
  }
}

// Connects with TLS. If TLS fails, connects again without verification, so that the report
// can contain the certificate. Then finds out whether the first name in the certificate would
// be accepted. Returns whether a connection with TLS was made.
bool ConnectByTLS(const Settings &settings, Way way, Port *port, Attempt *attempt) {
  {
    CSmtp mail;
    if (Connect(settings, way, &mail, attempt)) {
      ReadTLS(mail, port);
      port->certificate.accepted = true;
      return true;
    }
  }
  if (!attempt->TLSFailed()) return false;
  way.verify = false;
  Attempt again;
  CSmtp mail;
  if (!Connect(settings, way, &mail, &again)) return false;
  ReadTLS(mail, port);
  Certificate &c = port->certificate;
  c.problem = attempt->text.compare(0, 5, "TLS: ") == 0 ? attempt->text.substr(5) : attempt->text;
  c.waived = settings.insecure;
  attempt->only_certificate = true;
  if (c.names.empty() || c.names[0].find('*') != std::string::npos) return true;
  way.verify = true;
  way.name = c.names[0];
  Attempt other;
  CSmtp named;
  if (Connect(settings, way, &named, &other)) c.other_name = way.name;
  return true;
}

// Reports whether the server supports a version of TLS from 'oldest' to 'newest'. Every
// certificate is accepted.
Answer Speaks(const Settings &settings, Way way, int oldest, int newest) {
  way.verify = false;
  way.oldest = oldest;
  way.newest = newest;
  Attempt attempt; // must outlive 'mail', whose destructor logs QUIT to 'attempt'
  CSmtp mail;
  if (Connect(settings, way, &mail, &attempt)) return kYes;
  return attempt.TLSFailed() ? kNo : kUnknown;
}

// Examines a port over one address family. 'port' points to a copy, because another thread
// examines the port over the other family.
void ExamineFamily(const Settings &settings, const char *local, Port *port, Attempt *attempt) {
  const Way way = {port->dialled, port->security, local, true, 0, 0, settings.tls_name};
  if (port->security == kImplicitTLS) {
    ConnectByTLS(settings, way, port, attempt);
    return;
  }
  CSmtp mail;
  if (!Connect(settings, way, &mail, attempt)) return;
  port->in_clear = ReadExtensions(mail);
}

void ExamineFamilies(const Settings &settings, Port *port) {
  Port four = *port, six = *port;
  std::thread other;
  if (settings.ipv6) other = std::thread([&] { ExamineFamily(settings, LocalAddress(false, true), &six, &six.ipv6); });
  if (settings.ipv4) ExamineFamily(settings, LocalAddress(true, false), &four, &four.ipv4);
  if (other.joinable()) other.join();
  const Attempt ipv4 = four.ipv4, ipv6 = six.ipv6;
  const bool prefer_six = !ipv4.ok && (ipv6.ok || (four.tls.empty() && !six.tls.empty()));
  *port = prefer_six ? six : four;
  port->ipv4 = ipv4;
  port->ipv6 = ipv6;
}

// Returns the local address for the address family over which the server replied.
const char *Answered(const Port &port) { return LocalAddress(!port.ipv4.address.empty(), !port.ipv6.address.empty()); }

void ExamineVersions(const Settings &settings, Port *port) {
  const Way way = {port->dialled, port->security, Answered(*port), false, 0, 0, settings.tls_name};
  port->tls13 = Speaks(settings, way, CSMTP_TLS_1_3, CSMTP_TLS_1_3);
  port->tls12 = Speaks(settings, way, CSMTP_TLS_1_2, CSMTP_TLS_1_2);
  port->older = Speaks(settings, way, CSMTP_TLS_1_0, CSMTP_TLS_1_1);
}

// Tries STARTTLS and the versions of TLS. Call it after both address families were
// examined.
void ExamineFurther(const Settings &settings, Port *port) {
  if (port->security == kImplicitTLS) {
    if (port->Reached() || port->TLSFailed()) ExamineVersions(settings, port);
    return;
  }
  if (!port->OffersSTARTTLS()) return;
  port->security = kStartTLS;
  const Way way = {port->dialled, kStartTLS, Answered(*port), true, 0, 0, settings.tls_name};
  ConnectByTLS(settings, way, port, &port->starttls);
  if (port->starttls.ok || port->starttls.TLSFailed()) ExamineVersions(settings, port);
}

// On a port that is not one of kUsualPorts, implicit TLS is tried first. If the server does
// not expect TLS, it sends its greeting, and the attempt fails at once. In the opposite
// order, a server that expects TLS would send no greeting, and the attempt would last until
// the time limit.
void ExaminePort(const Settings &settings, Port *port) {
  const bool known = port->Usual();
  const Port before = *port;
  port->security = !known || port->usual == 465 ? kImplicitTLS : kClear;
  ExamineFamilies(settings, port);
  if (!known && !port->Reached() && port->tls.empty() && port->Answered()) {
    const Port as_tls = *port;
    *port = before;
    ExamineFamilies(settings, port);
    if (!port->Reached()) *port = as_tls;
  }
  ExamineFurther(settings, port);
}

} // namespace

void ExamineAll(const Settings &settings, std::vector<Port> *ports) {
  std::vector<std::thread> threads;
  for (Port &port : *ports) {
    threads.emplace_back([&settings, &port] { ExaminePort(settings, &port); });
  }
  for (std::thread &t : threads) t.join();
}

void TryToken(const Settings &settings, const Credentials &give, Login *login) {
  Attempt attempt;
  CSmtp mail;
  login->token_obtained = Timed(&attempt, mail, [&] {
    if (!settings.ca_file.empty()) mail.SetCAFile(settings.ca_file.c_str());
    mail.SetTimeout(CSMTP_TIMEOUT_TOTAL, settings.timeout);
    mail.SetLogin(login->user.c_str());
    give(&mail);
    mail.CheckToken();
  });
  login->token_info = mail.GetTokenInfo();
  login->error = attempt.error;
  login->phase = attempt.phase;
  login->text = attempt.text;
}

void TryService(const Settings &settings, const Credentials &give, Findings *findings) {
  Service &s = findings->service;
  const Credentials with_transport = [&](CSmtp *mail) {
    mail->SetTransport(s.transport.c_str());
    mail->SetTransportEndpoint(s.endpoint.c_str());
    give(mail);
  };
  TryToken(settings, with_transport, &findings->login);
  if (!findings->login.token_obtained) return;
  const Way way = {0, kImplicitTLS, LocalAddress(settings.ipv4, settings.ipv6), !settings.insecure, 0, 0, settings.tls_name};
  CSmtp mail;
  Timed(&s.attempt, mail, [&] {
    Prepare(settings, way, &mail, &s.attempt);
    mail.SetLogin(findings->login.user.c_str());
    with_transport(&mail);
    mail.ConnectRemoteServer("", 0, DO_NOT_SET, true);
  });
  s.tls = mail.GetTLSInfo();
}

void TryLogin(const Settings &settings, const Port &port, const Credentials &give, Login *login) {
  const Way way = {port.dialled, port.security, LocalAddress(settings.ipv4, settings.ipv6), !settings.insecure, 0, 0, settings.tls_name};
  Attempt attempt;
  login->tried = true;
  login->port = port.usual;
  CSmtp mail;
  const bool connected = Timed(&attempt, mail, [&] {
    Prepare(settings, way, &mail, &attempt);
    mail.SetClearLogin(false);
    mail.SetLogin(login->user.c_str());
    give(&mail);
    mail.ConnectRemoteServer(settings.host.c_str(), static_cast<unsigned short>(way.port), TypeOf(way.security), true);
  });
  login->mechanism = attempt.mechanism;
  login->transcript = attempt.transcript;
  login->accepted = connected && !login->mechanism.empty();
  login->error = attempt.error;
  login->phase = attempt.phase;
  login->text = !connected ? attempt.text : login->accepted ? "" : "The server offers no login here.";
}

} // namespace doctor
