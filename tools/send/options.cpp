// SPDX-License-Identifier: MIT
#include "options.h"

#include "../terminal.h"

namespace send {
namespace {

using tools::CommandLine;
using tools::UsageError;

const size_t kMostText = 64u << 20; // octets: what is larger is an attachment

std::string Trimmed(const std::string &text) {
  const size_t first = text.find_first_not_of(" \t"), last = text.find_last_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

// A text as the library takes it: a NUL would end it there, and the end of the
// last line is added when the mail is made.
std::string Text(std::string text, const std::string &name) {
  if (text.find('\0') != std::string::npos) throw UsageError(name + " is no text, it holds a NUL: use --attach");
  if (text.compare(0, 3, "\xEF\xBB\xBF") == 0) text.erase(0, 3); // the mark that Windows editors set
  if (!text.empty() && text.back() == '\n') text.pop_back();
  if (!text.empty() && text.back() == '\r') text.pop_back();
  return text;
}

// Whether what stands before <address> holds an address of its own, outside quotes.
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
    {"to", 't', "ADDRESS", "recipient; may be given again, as --cc and --bcc"},
    {"cc", 0, "ADDRESS", "recipient of a copy"},
    {"bcc", 0, "ADDRESS", "recipient of a copy that no other recipient sees"},
    {"reply-to", 0, "ADDRESS", "where answers go"},
    {"subject", 's', "TEXT", "what it is about"},
    {"html", 0, "FILE", "HTML form of the text"},
    {"attach", 'a', "FILE", "attach it; may be given again"},
    {"header", 0, "'NAME: VALUE'", "one more header field; may be given again"},
    {"message-id", 0, "<ID>", "instead of a new one: for a mail sent once more"},
    {"charset", 0, "NAME", "of standard input and the HTML [UTF-8]"},
    {"port", 'p', "N", "[465 with --security ssl, 587 with --user, else 25]"},
    {"security", 0, "KIND", "ssl: TLS from the start; starttls; none;\n"
     "auto: ssl at port 465, elsewhere STARTTLS, which only a\n"
     "mail without --user may do without [auto]"},
    {"ca-file", 0, "FILE", "PEM file of the authorities to trust, instead of the\nsystem's"},
    {"user", 'u', "LOGIN", "log in"},
    tools::kPasswordFile,
    tools::kTokenFile,
    {"timeout", 0, "SECONDS", "for all of it [none]"},
    {"preview", 0, nullptr, "print the message that would be sent; send nothing"},
    {"quiet", 'q', nullptr, "no progress bar"},
    {"verbose", 'v', nullptr, "print the dialogue, secrets masked"},
    {"help", 'h', nullptr, "print this"},
    {"version", 0, nullptr, "print the version"},
};

Mailbox ReadMailbox(const std::string &text) {
  const size_t open = text.rfind('<');
  const std::string trimmed = Trimmed(text);
  if (open == std::string::npos || trimmed.back() != '>') return Mailbox{"", trimmed};
  const size_t close = text.rfind('>');
  std::string name = Trimmed(text.substr(0, open));
  if (HoldsAddress(name)) throw UsageError(trimmed + ": one address per option; give the option again for another");
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
  if (!given.Has("from")) throw UsageError("--from is missing: who sends the mail?");
  mail->SetCharSet("UTF-8"); // of the command line
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
  if (recipients == 0) throw UsageError("--to is missing: who gets the mail?");
  if (given.Has("reply-to")) mail->SetReplyTo(ReadMailbox(given.Get("reply-to")).address.c_str());
  mail->SetSubject(given.Get("subject").c_str());
  if (given.Has("message-id")) mail->SetMessageID(given.Get("message-id").c_str());
  for (const std::string &field : given.All("header")) {
    const size_t colon = field.find(':');
    if (colon == std::string::npos) throw UsageError("--header: want 'Name: value'");
    mail->AddHeader(field.substr(0, colon).c_str(), Trimmed(field.substr(colon + 1)).c_str());
  }
  for (const std::string &path : given.All("attach")) mail->AddAttachment(path.c_str());
}

void PutBody(const CommandLine &given, CSmtp *mail) {
  const std::string html = given.Has("html") ? Text(tools::ReadFile(given.Get("html"), kMostText), given.Get("html")) : "";
  if (tools::IsTerminal(stdin)) fprintf(stderr, "Type the text; Ctrl-D (on Windows Ctrl-Z, Enter) ends it.\n");
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

void PutServer(const CommandLine &given, CSmtp *mail) {
  const std::string kind = given.Get("security", "auto"), user = given.Get("user");
  const long port = given.Number("port", kind == "ssl" ? 465 : user.empty() ? 25 : 587, 1, 65535);
  const std::string host = given.Operands().empty() ? "" : given.Operands()[0];
  if (kind != "auto" && kind != "none" && kind != "starttls" && kind != "ssl") {
    throw UsageError("--security: want auto, none, starttls or ssl");
  }
  if (host.empty() && tools::Environment("CSMTP_CONFIG").empty()) throw UsageError("HOST is missing: which server sends the mail?");
  mail->SetSMTPServer(host.c_str(), static_cast<unsigned short>(port), !user.empty() || host.empty());
  if (kind == "ssl" || (kind == "auto" && port == 465)) mail->SetSecurityType(USE_SSL);
  else if (kind == "none") mail->SetSecurityType(NO_SECURITY);
  else if (kind == "starttls" || !user.empty()) mail->SetSecurityType(USE_TLS);
  else mail->SetSecurityType(static_cast<SMTP_SECURITY_TYPE>(CSMTP_USE_TLS_IF_OFFERED));
  if (given.Has("ca-file")) mail->SetCAFile(given.Get("ca-file").c_str());
  if (given.Has("timeout")) mail->SetTimeout(CSMTP_TIMEOUT_TOTAL, static_cast<unsigned int>(given.Number("timeout", 0, 1, 1000000) * 1000));
  if (user.empty()) return;
  const tools::Secret secret = tools::FindSecret(given, user, host);
  if (secret.token && kind == "none") throw UsageError("--security none: an access token needs TLS");
  mail->SetLogin(user.c_str());
  if (secret.token) mail->SetAccessToken(secret.text.c_str());
  else mail->SetPassword(secret.text.c_str());
}

} // namespace send
