// SPDX-License-Identifier: MIT
//
// Performs the actions in the header of a transcript with class CSmtp, and prints the
// results as "key: value" lines.
//
//	transcripts PORT AUTHORITY-FILE TRANSCRIPT
#include "CSmtp.h"

#include <map>
#include <vector>

namespace {

typedef std::map<std::string, std::vector<std::string>> Header;

Header ReadHeader(const char *path) {
  Header header;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const size_t colon = line.find(':');
    if (line[0] == '#' || colon == std::string::npos) continue;
    const size_t value = line.find_first_not_of(' ', colon + 1);
    header[line.substr(0, colon)].push_back(value == std::string::npos ? "" : line.substr(value));
  }
  return header;
}

bool Has(const Header &h, const std::string &key) { return h.count(key) != 0; }

std::string Get(const Header &h, const std::string &key, const char *otherwise = "") {
  const Header::const_iterator found = h.find(key);
  return found == h.end() ? otherwise : found->second[0];
}

const std::vector<std::string> &All(const Header &h, const std::string &key) {
  static const std::vector<std::string> none;
  const Header::const_iterator found = h.find(key);
  return found == h.end() ? none : found->second;
}

void Settings(CSmtp &mail, const Header &h, const char *authority) {
  const std::string security = Get(h, "security");
  mail.SetSecurityType(security == "starttls"              ? USE_TLS
                       : security == "tls"                 ? USE_SSL
                       : security == "starttls-if-offered" ? CSmtp::USE_TLS_IF_OFFERED
                                                           : NO_SECURITY);
  mail.SetCAFile(authority);
  if (Get(h, "verify") == "no") mail.SetVerifyPeer(false);
  if (Get(h, "lmtp") == "yes") mail.SetLMTP();
  if (Get(h, "partial") == "yes") mail.SetPartialDelivery();
  if (Has(h, "local-name")) mail.SetLocalHostName(Get(h, "local-name").c_str());
  if (Has(h, "mechanism")) mail.SetAuthMechanism(Get(h, "mechanism").c_str());
  if (Get(h, "clear-login") == "yes") mail.SetClearLogin(true);
  if (Get(h, "login-required") == "yes") mail.SetLoginRequired();
  if (Has(h, "token")) mail.SetAccessToken(Get(h, "token").c_str());
  if (Has(h, "timeout"))
    for (int step = CSMTP_TIMEOUT_CONNECT; step <= CSMTP_TIMEOUT_QUIT; step++)
      mail.SetTimeout(step, static_cast<unsigned int>(std::stoul(Get(h, "timeout"))));
}

void Message(CSmtp &mail, const Header &h) {
  mail.SetSenderMail(Get(h, "from", "sender@test.example").c_str());
  mail.SetSubject(Get(h, "subject", "A test").c_str());
  for (const std::string &a : All(h, "to")) mail.AddRecipient(a.c_str());
  for (const std::string &a : All(h, "cc")) mail.AddCCRecipient(a.c_str());
  for (const std::string &a : All(h, "bcc")) mail.AddBCCRecipient(a.c_str());
  if (!Has(h, "to") && !Has(h, "cc") && !Has(h, "bcc")) mail.AddRecipient("rcpt@test.example");
  for (const std::string &line : All(h, "line")) mail.AddMsgLine(line.c_str());
  if (!Has(h, "line")) mail.AddMsgLine("Hello.");
  if (Has(h, "attachment-size")) {
    const std::string data(std::stoul(Get(h, "attachment-size")), 'x');
    mail.AddAttachmentData("data.bin", nullptr, data.data(), data.size());
  }
}

std::string OneLine(std::string text) {
  for (char &c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

} // namespace

int main(int argc, char *argv[]) {
  if (argc != 4) return 2;
  const Header h = ReadHeader(argv[3]);
  const unsigned short port = static_cast<unsigned short>(std::stoul(argv[1]));
  const bool authenticate = Get(h, "authenticate") != "no" && (Has(h, "login") || Has(h, "token"));
  const std::string login = Get(h, "login"), password = Get(h, "password");
  int accepted = 0;
  CSmtp mail;
  try {
    Settings(mail, h, argv[2]);
    Message(mail, h);
    mail.ConnectRemoteServer("localhost", port, DO_NOT_SET, authenticate, login.c_str(), password.c_str());
    if (Get(h, "action") != "connect") {
      for (unsigned long left = std::stoul(Get(h, "mails", "1")); left > 0; left--) {
        mail.Send();
        accepted++;
      }
    }
    mail.DisconnectRemoteServer();
    std::cout << "expect: ok\n";
  } catch (const ECSmtp &e) {
    std::cout << "expect: " << e.GetErrorNum() << "\ntext: " << OneLine(e.GetErrorText()) << "\nreply-code: " << e.GetReplyCode()
              << "\nenhanced-code: " << e.GetEnhancedCode() << "\nreply: " << OneLine(e.GetReply()) << "\n";
    if (e.GetOutcome() != mail.GetOutcome() || e.IsSafeToRetry() != mail.IsSafeToRetry()) return 3;
    if (e.GetReply() != mail.GetLastReply() || e.GetErrorText() != e.what() || e.GetErrorText() != mail.GetLastErrorText()) return 4;
    if (e.GetPhase() != mail.GetPhase() || e.GetErrorKind() != mail.GetErrorKind() || e.IsLoginError() != mail.IsLoginError()) return 5;
  }
  const char *const outcomes[] = {"NOT_SENT", "ACCEPTED", "PARTIAL", "REJECTED_TEMPORARY", "REJECTED_PERMANENT", "IN_DOUBT"};
  const char *const phases[] = {"", "resolve", "connect", "TLS", "greeting", "EHLO", "STARTTLS", "AUTH",
                                "MAIL", "RCPT", "DATA", "body", "end of data", "RSET", "NOOP", "QUIT"};
  const char *const kinds[] = {"", "resolve", "dial", "timeout", "closed", "TLS",
                               "refused", "protocol", "unsupported", "local", "canceled", "token"};
  std::cout << "kind: " << kinds[mail.GetErrorKind()] << "\nlogin-error: " << (mail.IsLoginError() ? "yes" : "no") << "\n";
  std::cout << "phase: " << phases[mail.GetPhase()] << "\npeer: " << mail.GetPeerAddress() << "\n";
  std::cout << "outcome: " << outcomes[mail.GetOutcome()] << "\nsafe-to-retry: " << (mail.IsSafeToRetry() ? "yes" : "no")
            << "\naccepted: " << accepted << "\n";
  return 0;
}
