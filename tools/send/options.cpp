// SPDX-License-Identifier: MIT
#include "options.h"

#include "../oauth2.h"
#include "../terminal.h"

namespace send {
namespace {

using tools::CommandLine;
using tools::UsageError;

const size_t kMostText = 64u << 20; // octets; a larger text must be an attachment

std::string Trimmed(const std::string &text) {
  const size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// Returns a text without its byte order mark and its last line end. (The library adds a
// line end itself.) Throws a UsageError if the text contains a NUL, because the library
// would ignore the rest of the text. The error contains 'name'.
std::string Text(std::string text, const std::string &name) {
  if (text.find('\0') != std::string::npos) throw UsageError(name + " is not text, because it contains a NUL: use --attach");
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3); // byte order mark
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

// Reports whether a name contains an address that is not in quotes. The name is the text
// before <address>.
bool HoldsAddress(const std::string &name) {
  bool quoted = false, at = false, separator = false;
  for (size_t i = 0; i < name.size(); i++) {
    const char c = name[i];
    if (quoted && c == '\\') i++;
    else if (c == '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c == '<' || c == '>') return true;
    else if (c == '@') at = true;
    else if (c == ',' || c == ';' || c == ':') separator = true;
  }
  return at && separator;
}

} // namespace

const std::vector<tools::Option> kOptions = {
    {"from", 'f', "ADDRESS", "sender: alice@example.com or \"Alice <alice@example.com>\""},
    {"to", 't', "ADDRESS", "recipient; may be repeated, like --cc and --bcc"},
    {"cc", 0, "ADDRESS", "recipient of a copy"},
    {"bcc", 0, "ADDRESS", "recipient of a copy, hidden from the others"},
    {"reply-to", 0, "ADDRESS", "address for replies"},
    {"subject", 's', "TEXT", "subject"},
    {"html", 0, "FILE", "HTML version of the text"},
    {"attach", 'a', "FILE", "file to attach; may be repeated"},
    {"header", 0, "'NAME: VALUE'", "additional header field; may be repeated"},
    {"message-id", 0, "<ID>", "to send a mail again: the Message-ID of its first attempt"},
    {"charset", 0, "NAME", "charset of standard input and the HTML file [UTF-8]"},
    {"port", 'p', "N", "port [465 with --security ssl, 587 with --user, else 25]"},
    {"security", 0, "KIND", "ssl: TLS from the start; starttls: STARTTLS, required;\n"
     "none: no TLS; auto: ssl on port 465, else STARTTLS, which\n"
     "is optional without --user [auto]"},
    tools::kCAFile,
    tools::kTLSName,
    tools::kInsecure,
    {"transport", 0, "NAME", "smtp; microsoft-graph and gmail-api send over HTTPS, and\n"
     "need a token but no HOST [smtp]"},
    {"transport-endpoint", 0, "URL", "https URL of that service, for national clouds"},
    {"user", 'u', "LOGIN", "log in"},
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
    {"login-required", 0, nullptr, "send nothing if the server does not offer a login"},
    {"timeout", 0, "SECONDS", "time limit for the whole mail [none; each step has its own]"},
    {"record", 0, "FILE", "write the session to FILE as a transcript, without secrets,\naddresses or the message"},
    {"preview", 0, "[=browser]", "print the message, or show it in a browser, and send nothing"},
    {"quiet", 'q', nullptr, "show no progress bar and no confirmation"},
    {"verbose", 'v', nullptr, "print the SMTP dialogue, with secrets masked"},
    tools::kHelp,
    tools::kVersion,
};

Mailbox ReadMailbox(const std::string &text) {
  const size_t open = text.rfind('<');
  const std::string trimmed = Trimmed(text);
  if (open == std::string::npos || trimmed.back() != '>') return Mailbox{"", trimmed};
  const size_t close = text.rfind('>');
  std::string name = Trimmed(text.substr(0, open));
  if (HoldsAddress(name)) throw UsageError(trimmed + ": one address per option; repeat the option for another address");
  if (name.size() >= 2 && name[0] == '"' && name.back() == '"') {
    std::string plain;
    for (size_t i = 1; i + 1 < name.size(); i++) {
      if (name[i] == '\\' && i + 2 < name.size()) i++;
      plain += name[i];
    }
    name = plain;
  }
  return Mailbox{name, Trimmed(text.substr(open + 1, close - open - 1))};
}

void PutHeader(const CommandLine &given, CSmtp *mail) {
  if (!given.Has("from")) throw UsageError("--from is missing: set the sender");
  mail->SetCharSet("UTF-8"); // for the arguments
  const Mailbox from = ReadMailbox(given.Get("from"));
  mail->SetSenderMail(from.address.c_str());
  if (!from.name.empty()) mail->SetSenderName(from.name.c_str());
  size_t recipients = 0;
  for (const char *kind : {"to", "cc", "bcc"}) {
    for (const std::string &text : given.All(kind)) {
      const Mailbox to = ReadMailbox(text);
      recipients++;
      if (*kind == 't') mail->AddRecipient(to.address.c_str(), to.name.c_str());
      else if (*kind == 'c') mail->AddCCRecipient(to.address.c_str(), to.name.c_str());
      else mail->AddBCCRecipient(to.address.c_str(), to.name.c_str());
    }
  }
  if (recipients == 0) throw UsageError("--to is missing: set a recipient");
  if (given.Has("reply-to")) mail->SetReplyTo(ReadMailbox(given.Get("reply-to")).address.c_str());
  mail->SetSubject(given.Get("subject").c_str());
  if (given.Has("message-id")) mail->SetMessageID(given.Get("message-id").c_str());
  for (const std::string &field : given.All("header")) {
    const size_t colon = field.find(':');
    if (colon == std::string::npos) throw UsageError("--header: the value must be 'Name: value'");
    mail->AddHeader(field.substr(0, colon).c_str(), Trimmed(field.substr(colon + 1)).c_str());
  }
  for (const std::string &path : given.All("attach")) mail->AddAttachment(path.c_str());
}

void PutBody(const CommandLine &given, CSmtp *mail) {
  const std::string html = given.Has("html") ? Text(tools::ReadFile(given.Get("html"), kMostText), given.Get("html")) : "";
  if (tools::IsTerminal(stdin)) fprintf(stderr, "Type the text, then press Ctrl-D (on Windows, Ctrl-Z and Enter).\n");
  const std::string text = Text(tools::ReadStandardInput(kMostText), "standard input");
  if (given.Has("charset")) mail->SetCharSet(given.Get("charset").c_str());
  if (!html.empty() && text.empty()) {
    mail->m_bHTML = true;
    mail->SetTextBody(html.c_str());
    return;
  }
  mail->SetTextBody(text.c_str());
  if (!html.empty()) mail->SetHTMLBody(html.c_str());
}

namespace {

// Sets how the mail is sent. Returns true if it is sent over HTTPS.
bool PutTransport(const CommandLine &given, CSmtp *mail) {
  const std::string name = given.Get("transport", "smtp");
  if (name != "smtp" && name != "microsoft-graph" && name != "gmail-api") {
    throw UsageError("--transport: the value must be smtp, microsoft-graph or gmail-api");
  }
  if (given.Has("transport")) mail->SetTransport(name.c_str());
  if (given.Has("transport-endpoint")) mail->SetTransportEndpoint(given.Get("transport-endpoint").c_str());
  return name != "smtp";
}

// Sets the mailbox and the access token for a service. If CSMTP_CONFIG is set, no token is
// required, because the file that it names can contain one.
void PutToken(const CommandLine &given, const std::string &host, CSmtp *mail) {
  const std::string user = given.Get("user");
  mail->SetLogin(user.c_str());
  const bool asked = given.Has(tools::kTokenFile.name) || given.Has(tools::kPasswordFile.name) ||
                     !tools::Environment("CSMTP_TOKEN").empty() || !tools::Environment("CSMTP_PASSWORD").empty();
  if (!asked && !tools::Environment("CSMTP_CONFIG").empty()) return;
  const tools::Secret secret = asked ? tools::FindSecret(given, user, host) : tools::Secret{"", false};
  if (!secret.token) throw UsageError("--transport requires an access token: use --token-file");
  mail->SetAccessToken(secret.text.c_str());
}

} // namespace

void PutServer(const CommandLine &given, CSmtp *mail) {
  const std::string kind = given.Get("security", "auto"), user = given.Get("user");
  const long port = given.Number("port", kind == "ssl" ? 465 : user.empty() ? 25 : 587, 1, 65535);
  const std::string host = given.Operands().empty() ? "" : given.Operands()[0];
  if (kind != "auto" && kind != "none" && kind != "starttls" && kind != "ssl") {
    throw UsageError("--security: the value must be auto, none, starttls or ssl");
  }
  const bool https = PutTransport(given, mail);
  if (host.empty() && !https && tools::Environment("CSMTP_CONFIG").empty()) throw UsageError("HOST is missing: set the server");
  mail->SetSMTPServer(host.c_str(), static_cast<unsigned short>(port), !user.empty() || host.empty());
  if (kind == "ssl" || (kind == "auto" && port == 465)) mail->SetSecurityType(USE_SSL);
  else if (kind == "none") mail->SetSecurityType(NO_SECURITY);
  else if (kind == "starttls" || !user.empty()) mail->SetSecurityType(USE_TLS);
  else mail->SetSecurityType(static_cast<SMTP_SECURITY_TYPE>(CSMTP_USE_TLS_IF_OFFERED));
  if (given.Has(tools::kCAFile.name)) mail->SetCAFile(given.Get(tools::kCAFile.name).c_str());
  if (given.Has(tools::kTLSName.name)) mail->SetTLSServerName(given.Get(tools::kTLSName.name).c_str());
  if (given.Has(tools::kInsecure.name)) {
    mail->SetVerifyPeer(false);
    fprintf(stderr, "csmtp-send: warning: because of --insecure, the server's certificate is not checked\n");
  }
  if (given.Has("timeout")) mail->SetTimeout(CSMTP_TIMEOUT_TOTAL, static_cast<unsigned int>(given.Number("timeout", 0, 1, 1000000) * 1000));
  if (given.Has("record")) mail->SetRecordFile(given.Get("record").c_str());
  if (given.Has("login-required")) {
    if (user.empty() && !host.empty()) throw UsageError("--login-required needs --user");
    mail->SetLoginRequired();
  }
  if (tools::WantsOAuth2(given)) {
    if (user.empty()) throw UsageError("the options for OAuth 2.0 need --user, the mailbox to log in to");
    if (kind == "none") throw UsageError("--security none cannot be used with an access token, which needs TLS");
    mail->SetLogin(user.c_str());
    tools::PutOAuth2(tools::ReadOAuth2(given), mail);
    return;
  }
  if (https) {
    PutToken(given, host, mail);
    return;
  }
  if (user.empty()) return;
  const tools::Secret secret = tools::FindSecret(given, user, host);
  if (secret.token && kind == "none") throw UsageError("--security none cannot be used with an access token, which needs TLS");
  mail->SetLogin(user.c_str());
  if (secret.token) mail->SetAccessToken(secret.text.c_str());
  else mail->SetPassword(secret.text.c_str());
}

} // namespace send
