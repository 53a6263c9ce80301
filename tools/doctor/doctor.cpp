// SPDX-License-Identifier: MIT
//
// csmtp-doctor HOST [USER]: finds out how mail can be sent by a server, and why
// not. csmtp-doctor.1 is its manual.
#include <cstdio>
#include <cstdlib>

#include "../commandline.h"
#include "../terminal.h"
#include "../words.h"
#include "advice.h"
#include "examine.h"
#include "report.h"

#include "csmtp_c.h"

namespace {

using doctor::Findings;
using tools::CommandLine;
using tools::UsageError;

enum Status { kStatusGood = 0, kStatusNone = 1, kStatusUsage = 2, kStatusLogin = 3, kStatusClear = 4 };

const std::vector<tools::Option> kOptions = {
    {"port", 'p', "N", "look at this port alone"},
    {"ports", 0, "LIST", "look at these, e.g. 465,587; 587=2587 looks at 2587 as if\nit were 587"},
    {"ipv4", '4', nullptr, "IPv4 only"},
    {"ipv6", '6', nullptr, "IPv6 only"},
    {"timeout", 0, "SECONDS", "of one connection [10]"},
    {"ca-file", 0, "FILE", "PEM file of the authorities to trust, instead of the\nsystem's"},
    tools::kPasswordFile,
    tools::kTokenFile,
    {"json", 0, nullptr, "print JSON"},
    {"verbose", 'v', nullptr, "print the dialogues too, secrets masked"},
    {"help", 'h', nullptr, "print this"},
    {"version", 0, nullptr, "print the version"},
};

void PrintHelp() {
  printf("usage: csmtp-doctor [options] HOST [USER]\n\n"
         "Tries the ports 465, 587 and 25 of a mail server, and with USER a login, and\n"
         "says what works, what does not, and which lines of code fit. Sends no mail.\n\n%s\n"
         "Status: 0 all is well; 1 no way found; 2 wrong use; 3 the login was refused;\n"
         "4 mail can be sent, but only without TLS.\n", tools::Help(kOptions).c_str());
}

// "465", "587=2587", with commas between.
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
  if (ports.size() > 8) throw UsageError("--ports: want at most eight ports");
  return ports;
}

std::string UsualPorts() {
  std::string list;
  for (int port : doctor::kUsualPorts) list += (list.empty() ? "" : ",") + std::to_string(port);
  return list;
}

// What an administrator put into CSMTP_CONFIG would hide what the server does.
void IgnoreConfiguration(Findings *findings) {
  if (tools::Environment("CSMTP_CONFIG").empty()) return;
#if defined(_WIN32)
  _putenv("CSMTP_CONFIG=");
#else
  unsetenv("CSMTP_CONFIG");
#endif
  findings->notes.push_back("CSMTP_CONFIG is set, and was left aside here; programs obey it.");
}

void CheckAuthorities(const std::string &file) {
  if (file.empty()) return;
  const CSmtpHandle mail = CSmtp_New();
  const int error = CSmtp_SetCAFile(mail, file.c_str());
  const std::string text = error != 0 ? tools::Reword(CSmtp_GetLastErrorText(mail), tools::kDoctor, "") : "";
  CSmtp_Free(mail);
  if (error != 0) throw UsageError(text);
}

int Run(const CommandLine &given) {
  const std::vector<std::string> &operands = given.Operands();
  if (operands.empty() || operands.size() > 2) throw UsageError("want HOST, and USER where a login is to be tried");
  if (given.Has("port") && given.Has("ports")) throw UsageError("want --port or --ports, not both");
  doctor::Settings settings;
  settings.host = operands[0];
  settings.ca_file = given.Get("ca-file");
  settings.ipv4 = given.Has("ipv4") || !given.Has("ipv6");
  settings.ipv6 = given.Has("ipv6") || !given.Has("ipv4");
  settings.timeout = static_cast<unsigned int>(given.Number("timeout", 10, 1, 600) * 1000);
  if (settings.host.empty() || settings.host.find_first_of(" ,/@") != std::string::npos) {
    throw UsageError("HOST is one host name or address, such as smtp.example.com");
  }

  Findings findings;
  findings.host = settings.host;
  findings.ca_file = settings.ca_file;
  findings.ports = ReadPorts(given.Has("port") ? std::to_string(given.Number("port", 0, 1, 65535)) : given.Get("ports", UsualPorts()));
  IgnoreConfiguration(&findings);
  CheckAuthorities(settings.ca_file);
  tools::Secret secret = {"", false};
  if (operands.size() == 2) {
    findings.login.asked = true;
    findings.login.user = operands[1];
    secret = tools::FindSecret(given, operands[1], settings.host);
  }
  if (tools::IsTerminal(stderr) && !given.Has("json")) fprintf(stderr, "Looking at %s ...\n", settings.host.c_str());
  doctor::ExamineAll(settings, &findings.ports);
  doctor::Choose(&findings);
  if (findings.login.asked && findings.Best() != nullptr && findings.Best()->Secure()) {
    doctor::TryLogin(settings, *findings.Best(), secret, &findings.login);
  }
  doctor::Conclude(&findings);

  static const int statuses[] = {kStatusGood, kStatusNone, kStatusLogin, kStatusClear}; // by Result
  const int status = statuses[findings.result];
  if (given.Has("verbose")) fprintf(stderr, "%s", doctor::ReportTranscripts(findings).c_str());
  const std::string report = given.Has("json") ? doctor::ReportJSON(findings, status) : doctor::ReportText(findings);
  fwrite(report.data(), 1, report.size(), stdout);
  return status;
}

} // namespace

int main(int argc, char *argv[]) {
  tools::PrepareOutput();
  try {
    const CommandLine given(argc, argv, kOptions);
    if (given.Has("help")) {
      PrintHelp();
      return kStatusGood;
    }
    if (given.Has("version")) {
      printf("csmtp-doctor %s\n", CSmtp_GetVersion());
      return kStatusGood;
    }
    return Run(given);
  } catch (const UsageError &e) {
    fprintf(stderr, "csmtp-doctor: %s\n", e.what());
    return kStatusUsage;
  } catch (const std::exception &e) {
    fprintf(stderr, "csmtp-doctor: %s\n", e.what());
    return kStatusNone;
  }
}
