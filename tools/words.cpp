// SPDX-License-Identifier: MIT
#include "words.h"

namespace tools {
namespace {

// An entry of the table: a name that occurs in texts of the library, or a phrase that
// contains such a name. For each program, the entry contains the option that corresponds to the
// name, or nullptr if the program has no such option.
struct Word {
  const char *library, *send, *doctor;
};

// If a phrase begins with a name, the phrase must come before the name.
const Word kWords[] = {
    {"AddAttachment", "--attach", nullptr},
    {"AddAttachmentReader", nullptr, nullptr},
    {"AddBCCRecipient", "--bcc", nullptr},
    {"AddCCRecipient", "--cc", nullptr},
    {"AddDKIMKey", nullptr, nullptr},
    {"AddDKIMKeyFile", nullptr, nullptr},
    {"AddHeader", "--header", nullptr},
    {"AddInlineImage", nullptr, nullptr},
    {"AddMsgLine", "standard input", nullptr},
    {"AddRecipient", "--to", nullptr},
    {"CSMTP_BDAT", nullptr, nullptr},
    {"CSMTP_BINARY", nullptr, nullptr},
    {"CSMTP_DATA", nullptr, nullptr},
    {"CSMTP_POOL_RATE", nullptr, nullptr},
    {"CSMTP_POOL_SENT", nullptr, nullptr},
    {"CSMTP_TIMEOUT_CONNECT", nullptr, nullptr},
    {"CSMTP_TIMEOUT_TOTAL", "--timeout", "--timeout"},
    {"CSMTP_TLS_1_1", nullptr, nullptr},
    {"CSMTP_TLS_1_2", nullptr, nullptr},
    {"CSMTP_TLS_1_3", nullptr, nullptr},
    {"CheckToken", nullptr, nullptr},
    {"ConnectRemoteServer", nullptr, nullptr},
    {"DelMsgLine", nullptr, nullptr},
    {"GetMsgLineText", nullptr, nullptr},
    {"ModMsgLine", nullptr, nullptr},
    {"NO_SECURITY", "--security none", "no TLS"},
    {"PoolAddRelay", nullptr, nullptr},
    {"PoolDrain", nullptr, nullptr},
    {"PoolGetCount", nullptr, nullptr},
    {"PoolGetRelayError", nullptr, nullptr},
    {"PoolGetRelayName", nullptr, nullptr},
    {"PoolNew", nullptr, nullptr},
    {"PoolSend", nullptr, nullptr},
    {"PoolSetCallbacksInWait", nullptr, nullptr},
    {"PoolSetIdle", nullptr, nullptr},
    {"PoolSetJournal", nullptr, nullptr},
    {"PoolSetPause", nullptr, nullptr},
    {"PoolSetRate", nullptr, nullptr},
    {"PoolSetReconcile", nullptr, nullptr},
    {"PoolSetSessionMails", nullptr, nullptr},
    {"PoolSetSessions", nullptr, nullptr},
    {"PoolSetWeight", nullptr, nullptr},
    {"PoolSubmit", nullptr, nullptr},
    {"RenderMessage", "--preview", nullptr},
    {"SaveMessage", nullptr, nullptr},
    {"SendAsync", nullptr, nullptr},
    {"SendBatch", nullptr, nullptr},
    {"SendRaw", nullptr, nullptr},
    {"SetAccessToken", "--token-file", "--token-file"},
    {"SetAuthMechanism", "auth-mechanism in the file named by CSMTP_CONFIG", nullptr},
    {"SetAuthorizationID", nullptr, nullptr},
    {"SetAutoSubmitted", nullptr, nullptr},
    {"SetCADirectory", "ca-directory in the file named by CSMTP_CONFIG", nullptr},
    {"SetCAFile", "--ca-file", "--ca-file"},
    {"SetCalendar", nullptr, nullptr},
    {"SetCharSet", "--charset", nullptr},
    {"SetChunking", nullptr, nullptr},
    {"SetClearLogin", nullptr, nullptr},
    {"SetClientCertificate", "client-certificate in the file named by CSMTP_CONFIG", nullptr},
    {"SetDSN", nullptr, nullptr},
    {"SetDate", nullptr, nullptr},
    {"SetDeliverBy", nullptr, nullptr},
    {"SetExtensionOff", "extensions-off in the file named by CSMTP_CONFIG", nullptr},
    {"SetHTML (m_bHTML)", "--html", nullptr},
    {"SetHTML", "--html", nullptr},
    {"SetHTMLBody", "--html", nullptr},
    {"SetHoldUntil", nullptr, nullptr},
    {"SetInReplyTo", nullptr, nullptr},
    {"SetKeyPassphrase", "--oauth2-passphrase-file or key-passphrase in the file named by CSMTP_CONFIG", "--oauth2-passphrase-file"},
    {"SetListUnsubscribe", nullptr, nullptr},
    {"SetLocalHostName", "local-host-name in the file named by CSMTP_CONFIG", nullptr},
    {"SetLogCallback", "--verbose", "--verbose"},
    {"SetLogFile", "log-file in the file named by CSMTP_CONFIG", nullptr},
    {"SetLMTP", nullptr, nullptr},
    {"SetLogin", "--user", "USER"},
    {"SetLoginRequired", "--login-required", nullptr},
    {"SetMTPriority", nullptr, nullptr},
    {"SetMessageID", "--message-id", nullptr},
    {"SetOAuth2AssertionFile", "--oauth2-assertion-file", "--oauth2-assertion-file"},
    {"SetOAuth2Certificate", "--oauth2-certificate", "--oauth2-certificate"},
    {"SetOAuth2ClientCredentials", "--oauth2-client-secret-file", "--oauth2-client-secret-file"},
    {"SetOAuth2ManagedIdentity", "--oauth2-identity", "--oauth2-identity"},
    {"SetOAuth2RefreshToken", "--oauth2-refresh-token-file", "--oauth2-refresh-token-file"},
    {"SetOAuth2ServiceAccount", "--oauth2-service-account", "--oauth2-service-account"},
    {"SetOAuth2TokenFile", "--oauth2-token-file", "--oauth2-token-file"},
    {"SetPassword", "--password-file", "--password-file"},
    {"SetPinnedPublicKey", "pinned-public-key in the file named by CSMTP_CONFIG", nullptr},
    {"SetProxy", "proxy in the file named by CSMTP_CONFIG", nullptr},
    {"SetReadReceipt", nullptr, nullptr},
    {"SetRecipientDSN", nullptr, nullptr},
    {"SetRecordFile", "--record", "record-file in the file named by CSMTP_CONFIG"},
    {"SetReferences", nullptr, nullptr},
    {"SetReplyTo", "--reply-to", nullptr},
    {"SetSMIMEKey", nullptr, nullptr},
    {"SetSMIMEKeyFile", nullptr, nullptr},
    {"SetSMTPServer", "HOST", "HOST"},
    {"SetSecurityType with USE_TLS or USE_SSL", "--security starttls or ssl", nullptr},
    {"SetSecurityType", "--security", nullptr},
    {"SetSender", nullptr, nullptr},
    {"SetSenderMail", "--from", nullptr},
    {"SetSenderName", "--from", nullptr},
    {"SetServerDomain", nullptr, nullptr},
    {"SetSubject", "--subject", nullptr},
    {"SetTLSMaxVersion", nullptr, nullptr},
    {"SetTLSMinVersion", "tls-min-version in the file named by CSMTP_CONFIG", nullptr},
    {"SetTLSServerName", "--tls-name", "--tls-name"},
    {"SetTimeout", "--timeout", "--timeout"},
    {"SetTokenCallback", nullptr, nullptr},
    {"SetTransport", "--transport", "--transport"},
    {"SetTransportEndpoint", "--transport-endpoint", "--transport-endpoint"},
    {"SetVerifyPeer", "--insecure", "--insecure"},
    {"SetXMailer", nullptr, nullptr},
    {"SetXPriority", nullptr, nullptr},
    {"USE_SSL (implicit TLS)", "--security ssl", "implicit TLS"},
    {"USE_SSL", "--security ssl", "implicit TLS"},
    {"USE_TLS (STARTTLS)", "--security starttls", "STARTTLS"},
    {"USE_TLS", "--security starttls", "STARTTLS"},
    {"the second argument", "the name", "the name"},
    {"turn authentication off in SetSMTPServer", "set authenticate to no in the file named by CSMTP_CONFIG", nullptr},
};

bool IsOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Returns the word or phrase of the table that begins at text[at], or nullptr.
const Word *WordAt(const std::string &text, size_t at) {
  for (const Word &w : kWords) {
    const std::string name = w.library;
    const size_t end = at + name.size();
    const bool complete = end >= text.size() || !IsOfWord(name.back()) || !IsOfWord(text[end]);
    if (complete && text.compare(at, name.size(), name) == 0) return &w;
  }
  return nullptr;
}

// Returns the index after the quoted string that begins at text[at].
size_t EndOfQuoted(const std::string &text, size_t at) {
  for (at++; at < text.size() && text[at] != '"'; at++) {
    if (text[at] == '\\') at++;
  }
  return at < text.size() ? at + 1 : text.size();
}

// Returns the index after the word that begins at text[at]. If no word begins there,
// returns the index of the next character.
size_t EndOfWord(const std::string &text, size_t at) {
  const size_t begin = at;
  while (at < text.size() && IsOfWord(text[at])) at++;
  return at > begin ? at : begin + 1;
}

} // namespace

std::string Literal(const std::string &text) {
  std::string all = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + "\"";
}

bool EndsWith(const std::string &text, const std::string &end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

std::string Reword(const std::string &text, Speaker speaker, const std::string &reply) {
  std::string all;
  for (size_t at = 0; at < text.size();) {
    const bool replied = !reply.empty() && text.compare(at, reply.size(), reply) == 0;
    const Word *word = replied ? nullptr : WordAt(text, at);
    if (word == nullptr) {
      const size_t end = replied ? at + reply.size() : text[at] == '"' ? EndOfQuoted(text, at) : EndOfWord(text, at);
      all += text.substr(at, end - at);
      at = end;
      continue;
    }
    const char *const option = speaker == kSend ? word->send : word->doctor;
    const std::string call = "call ";
    if (option != nullptr && EndsWith(all, call)) all.replace(all.size() - call.size(), call.size(), "use ");
    all += option != nullptr ? std::string(option) : word->library + std::string(" of the library");
    at += std::string(word->library).size();
  }
  return all;
}

} // namespace tools
