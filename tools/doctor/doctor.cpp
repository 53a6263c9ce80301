// SPDX-License-Identifier: MIT
//
// csmtp-doctor HOST [USER] checks how a server accepts mail. csmtp-doctor.1 is its
// manual.
#include <cstdio>
#include <cstdlib>

#include "../commandline.h"
#include "../oauth2.h"
#include "../terminal.h"
#include "../words.h"
#include "advice.h"
#include "examine.h"
#include "report.h"

#define CSMTP_STRICT
#include "CSmtp.h"

namespace {

using doctor::Findings;
using tools::CommandLine;
using tools::UsageError;

// The exit statuses of csmtp-doctor that tools::Status does not contain.
enum { kLoginStatus = 3, kClearStatus = 4 };

const std::vector<tools::Option> kOptions = {
    {"port", 'p', "N", "check only this port"},
    {"ports", 0, "LIST", "check these ports, e.g. 465,587; 587=2587 checks port 2587\nas if it were 587"},
    {"ipv4", '4', nullptr, "use only IPv4"},
    {"ipv6", '6', nullptr, "use only IPv6"},
    {"timeout", 0, "SECONDS", "time limit for each connection [10]"},
    tools::kCAFile,
    tools::kTLSName,
    tools::kInsecure,
    {"transport", 0, "NAME", "check microsoft-graph or gmail-api, which send over HTTPS\n"
     "and need a token but no HOST"},
    {"transport-endpoint", 0, "URL", "https URL of that service, for national clouds"},
    tools::kPasswordFile,
    tools::kTokenFile,
    tools::kTokenURL,
    tools::kClientID,
    tools::kClientSecretFile,
    tools::kRefreshTokenFile,
    tools::kCertificate,
    tools::kCertificateKey,
    tools::kPassphraseFile,
    tools::kAlgorithm,
    tools::kAssertionFile,
    tools::kServiceAccount,
    tools::kIdentity,
    tools::kScope,
    tools::kOAuth2TokenFile,
    {"json", 0, nullptr, "print JSON"},
    {"verbose", 'v', nullptr, "also print the SMTP dialogues, with secrets masked"},
    tools::kHelp,
    tools::kVersion,
};

const char kUsageText[] =
    "usage: csmtp-doctor [options] HOST [USER]\n"
    "       csmtp-doctor [options] --transport NAME [USER]\n\n"
    "Tries ports 465, 587 and 25 of a mail server and, with USER, a login. Prints what\n"
    "works, what fails and why, and the settings for a program. Sends no mail.\n";
const char kStatusText[] =
    "Exit status: 0 success; 1 no way to send mail was found; 2 wrong arguments; 3 the\n"
    "server refused the login; 4 mail can be sent, but only without TLS.\n";

// Parses a list such as "465,587=2587".
std::vector<doctor::Port> ReadPorts(const std::string &list) {
  std::vector<doctor::Port> ports;
  for (size_t at = 0; at <= list.size();) {
    const size_t comma = std::min(list.find(',', at), list.size());
    const std::string one = list.substr(at, comma - at);
    const size_t equals = one.find('=');
    doctor::Port port;
    port.usual = static_cast<int>(tools::ToNumber(one.substr(0, equals), "--ports", 1, 65535));
    port.dialled = equals == std::string::npos ? port.usual : static_cast<int>(tools::ToNumber(one.substr(equals + 1), "--ports", 1, 65535));
    ports.push_back(port);
    at = comma + 1;
  }
  if (ports.size() > 8) throw UsageError("--ports: at most eight ports are allowed");
  return ports;
}

std::string UsualPorts() {
  std::string list;
  for (int port : doctor::kUsualPorts) list += (list.empty() ? "" : ",") + std::to_string(port);
  return list;
}

// Unsets CSMTP_CONFIG, because the settings in the file that it names would change the results.
void IgnoreConfiguration(Findings *findings) {
  if (tools::Environment("CSMTP_CONFIG").empty()) return;
#if defined(_WIN32)
  _putenv("CSMTP_CONFIG=");
#else
  unsetenv("CSMTP_CONFIG");
#endif
  findings->notes.push_back("CSMTP_CONFIG is set. csmtp-doctor ignores it; other programs use its settings.");
}

void CheckAuthorities(const std::string &file) {
  if (file.empty()) return;
  const CSmtpHandle mail = CSmtp_New();
  const int error = CSmtp_SetCAFile(mail, file.c_str());
  const std::string text = error != 0 ? tools::Reword(CSmtp_GetLastErrorText(mail), tools::kDoctor, "") : "";
  CSmtp_Free(mail);
  if (error != 0) throw UsageError(text);
}

// Reads the login, and the options that say where the password or the access token comes
// from.
doctor::Credentials ReadCredentials(const CommandLine &given, const std::string &host, const std::string &user, doctor::Login *login) {
  const bool oauth2 = tools::WantsOAuth2(given);
  login->asked = true;
  login->user = user;
  if (oauth2) {
    const tools::OAuth2 options = tools::ReadOAuth2(given);
    login->oauth2 = tools::OAuth2Code(options);
    CSmtp trial; // so that wrong arguments are reported before a connection is made
    try {
      tools::PutOAuth2(options, &trial);
    } catch (const ECSmtp &e) {
      throw UsageError(tools::Reword(e.what(), tools::kDoctor, ""));
    }
    return [options](CSmtp *mail) { tools::PutOAuth2(options, mail); };
  }
  const tools::Secret secret = tools::FindSecret(given, login->user, host);
  return [secret](CSmtp *mail) {
    if (secret.token) mail->SetAccessToken(secret.text.c_str());
    else mail->SetPassword(secret.text.c_str());
  };
}

doctor::Settings ReadSettings(const CommandLine &given, const std::string &host) {
  doctor::Settings settings;
  settings.host = host;
  settings.ca_file = given.Get(tools::kCAFile.name);
  settings.tls_name = given.Get(tools::kTLSName.name);
  settings.insecure = given.Has(tools::kInsecure.name);
  settings.ipv4 = given.Has("ipv4") || !given.Has("ipv6");
  settings.ipv6 = given.Has("ipv6") || !given.Has("ipv4");
  settings.timeout = static_cast<unsigned int>(given.Number("timeout", 10, 1, 600) * 1000);
  return settings;
}

// Prints the report and returns the exit status.
int Report(const CommandLine &given, const Findings &findings) {
  static const int statuses[] = {tools::kSuccess, tools::kFailure, kLoginStatus, kClearStatus, tools::kFailure}; // indexed by Result
  const int status = statuses[findings.result];
  if (given.Has("verbose")) fprintf(stderr, "%s", doctor::ReportTranscripts(findings).c_str());
  std::string report = given.Has("json") ? doctor::ReportJSON(findings, status) : doctor::ReportText(findings);
  if (!given.Has("json") && tools::IsTerminal(stdout)) {
    report = doctor::Rendered(report, tools::TerminalWidth(stdout), tools::Colours(stdout));
  }
  fwrite(report.data(), 1, report.size(), stdout);
  return status;
}

// Examines a service that sends mail over HTTPS.
int RunService(const CommandLine &given) {
  Findings findings;
  findings.service.transport = given.Get("transport");
  findings.service.endpoint = given.Get("transport-endpoint");
  findings.host = findings.service.transport + " over HTTPS";
  const std::string &name = findings.service.transport;
  if (name != "microsoft-graph" && name != "gmail-api") throw UsageError("--transport: the value must be microsoft-graph or gmail-api");
  if (given.Operands().size() > 1) throw UsageError("expected only USER: with --transport, do not give a HOST");
  if (given.Has("port") || given.Has("ports")) throw UsageError("--port and --ports cannot be used with --transport: use --transport-endpoint to set another port");
  const doctor::Settings settings = ReadSettings(given, "");
  findings.ca_file = settings.ca_file;
  findings.tls_name = settings.tls_name;
  findings.insecure = settings.insecure;
  IgnoreConfiguration(&findings);
  CheckAuthorities(settings.ca_file);
  try {
    CSmtp trial; // so that wrong arguments are reported before a connection is made
    trial.SetTransportEndpoint(findings.service.endpoint.c_str());
  } catch (const ECSmtp &e) {
    throw UsageError(tools::Reword(e.what(), tools::kDoctor, ""));
  }
  const bool token = given.Has(tools::kTokenFile.name) || !tools::Environment("CSMTP_TOKEN").empty();
  if (!token && !tools::WantsOAuth2(given)) throw UsageError("--transport requires an access token: use --token-file");
  const std::string user = given.Operands().empty() ? "" : given.Operands()[0];
  const doctor::Credentials give = ReadCredentials(given, name, user, &findings.login);
  doctor::TryService(settings, give, &findings);
  doctor::ConcludeService(&findings);
  return Report(given, findings);
}

int Run(const CommandLine &given) {
  if (given.Has("transport")) return RunService(given);
  const std::vector<std::string> &operands = given.Operands();
  if (operands.empty() || operands.size() > 2) throw UsageError("expected HOST and, to try a login, USER");
  if (given.Has("port") && given.Has("ports")) throw UsageError("--port and --ports cannot be used together");
  if (given.Has("transport-endpoint")) throw UsageError("--transport-endpoint requires --transport");
  const doctor::Settings settings = ReadSettings(given, operands[0]);
  if (settings.host.empty() || settings.host.find_first_of(" ,/@") != std::string::npos) {
    throw UsageError("HOST must be one host name or address, such as smtp.example.com");
  }

  Findings findings;
  findings.host = settings.host;
  findings.ca_file = settings.ca_file;
  findings.tls_name = settings.tls_name;
  findings.insecure = settings.insecure;
  findings.ports = ReadPorts(given.Has("port") ? std::to_string(given.Number("port", 0, 1, 65535)) : given.Get("ports", UsualPorts()));
  IgnoreConfiguration(&findings);
  CheckAuthorities(settings.ca_file);
  doctor::Credentials give = [](CSmtp *) {};
  if (operands.size() == 2) give = ReadCredentials(given, settings.host, operands[1], &findings.login);
  else if (tools::WantsOAuth2(given)) throw UsageError("USER is missing: set the mailbox to log in to");
  if (tools::IsTerminal(stderr) && !given.Has("json")) fprintf(stderr, "Checking %s ...\n", settings.host.c_str());
  doctor::ExamineAll(settings, &findings.ports);
  doctor::Choose(&findings);
  if (!findings.login.oauth2.empty()) doctor::TryToken(settings, give, &findings.login);
  if (findings.login.asked && !findings.login.TokenFailed() && findings.Best() != nullptr && findings.Best()->Secure()) {
    doctor::TryLogin(settings, *findings.Best(), give, &findings.login);
  }
  doctor::Conclude(&findings);
  return Report(given, findings);
}

} // namespace

int main(int argc, char *argv[]) {
  return tools::Main(argc, argv, {"csmtp-doctor", kOptions, kUsageText, kStatusText, Run});
}
