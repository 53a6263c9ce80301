// SPDX-License-Identifier: MIT
#include "oauth2.h"

#include "terminal.h"
#include "words.h"

#define CSMTP_STRICT
#include "CSmtp.h"

namespace tools {
namespace {

std::vector<std::string> Names() {
  std::vector<std::string> all;
  for (const Option *o : {&kTokenURL, &kClientID, &kClientSecretFile, &kRefreshTokenFile, &kCertificate, &kCertificateKey,
                          &kPassphraseFile, &kAlgorithm, &kAssertionFile, &kServiceAccount, &kIdentity, &kScope, &kOAuth2TokenFile}) {
    all.push_back(o->name);
  }
  return all;
}

// Returns the option that determines which function of the library is called.
const Option &Grant(const CommandLine &given) {
  const Option *found = nullptr;
  for (const Option *o : {&kServiceAccount, &kIdentity, &kCertificate, &kAssertionFile, &kRefreshTokenFile, &kClientSecretFile}) {
    if (!given.Has(o->name)) continue;
    if (found == &kRefreshTokenFile && o == &kClientSecretFile) continue; // both can belong to one grant
    if (found != nullptr) throw UsageError(std::string("--") + found->name + " and --" + o->name + " cannot be used together");
    found = o;
  }
  if (found == nullptr && given.Has(kOAuth2TokenFile.name)) return kOAuth2TokenFile;
  if (found == nullptr) {
    throw UsageError(std::string("the options for OAuth 2.0 lack one of --") + kClientSecretFile.name + ", --" + kRefreshTokenFile.name +
                     ", --" + kCertificate.name + ", --" + kAssertionFile.name + ", --" + kServiceAccount.name + ", --" + kIdentity.name + " and --" + kOAuth2TokenFile.name);
  }
  if (found != &kServiceAccount && found != &kIdentity && !given.Has(kTokenURL.name)) {
    throw UsageError(std::string("--") + found->name + " needs --" + kTokenURL.name);
  }
  return *found;
}

} // namespace

const Option kTokenURL = {"oauth2-token-url", 0, "URL", "token endpoint: an https URL, microsoft:TENANT or google"};
const Option kClientID = {"oauth2-client-id", 0, "ID", "client id of the application"};
const Option kClientSecretFile = {"oauth2-client-secret-file", 0, "FILE", "the first line of FILE is the client secret"};
const Option kRefreshTokenFile = {"oauth2-refresh-token-file", 0, "FILE", "the first line of FILE is a refresh token"};
const Option kCertificate = {"oauth2-certificate", 0, "FILE", "certificate of the application, instead of a secret"};
const Option kCertificateKey = {"oauth2-key", 0, "FILE", "private key, if the certificate's file does not contain it"};
const Option kPassphraseFile = {"oauth2-passphrase-file", 0, "FILE", "the first line of FILE is the key's pass phrase"};
const Option kAlgorithm = {"oauth2-algorithm", 0, "NAME", "PS256 or RS256 [PS256]"};
const Option kAssertionFile = {"oauth2-assertion-file", 0, "FILE", "FILE contains a token of another identity provider,\ninstead of a secret"};
const Option kServiceAccount = {"oauth2-service-account", 0, "FILE", "key file of a Google service account, which acts for\nthe login"};
const Option kIdentity = {"oauth2-identity", 0, "CLOUD", "use this machine's identity: azure or google"};
const Option kOAuth2TokenFile = {"oauth2-token-file", 0, "FILE", "token file, which csmtp-login writes; with another option\nfor OAuth 2.0, FILE need not exist"};
const Option kScope = {"oauth2-scope", 0, "TEXT", "scope [the provider's scope for mail]"};

bool WantsOAuth2(const CommandLine &given) {
  for (const std::string &name : Names()) {
    if (given.Has(name)) return true;
  }
  return false;
}

OAuth2 ReadOAuth2(const CommandLine &given) {
  const Option &grant = Grant(given);
  const auto secret = [&](const Option &o) { return given.Has(o.name) ? FirstLine(given.Get(o.name)) : std::string(); };
  OAuth2 o = {&grant, given.Get(grant.name), given.Get(kTokenURL.name), given.Get(kClientID.name), given.Get(kCertificateKey.name),
              given.Get(kAlgorithm.name), given.Get(kScope.name), secret(kClientSecretFile), secret(kRefreshTokenFile), secret(kPassphraseFile),
              given.Get(kOAuth2TokenFile.name)};
  return o;
}

void PutOAuth2(const OAuth2 &o, CSmtp *mail) {
  if (o.grant == &kServiceAccount) {
    mail->SetOAuth2ServiceAccount(o.file.c_str(), nullptr, o.scope.c_str());
  } else if (o.grant == &kIdentity) {
    mail->SetOAuth2ManagedIdentity(o.file.c_str(), o.id.c_str(), o.scope.c_str());
  } else if (o.grant == &kCertificate) {
    mail->SetKeyPassphrase(o.passphrase.c_str());
    mail->SetOAuth2Certificate(o.url.c_str(), o.id.c_str(), o.file.c_str(), o.key.c_str(), o.algorithm.c_str(), o.scope.c_str());
    mail->SetKeyPassphrase("");
  } else if (o.grant == &kAssertionFile) {
    mail->SetOAuth2AssertionFile(o.url.c_str(), o.id.c_str(), o.file.c_str(), o.scope.c_str());
  } else if (o.grant == &kRefreshTokenFile) {
    mail->SetOAuth2RefreshToken(o.url.c_str(), o.id.c_str(), o.secret.c_str(), o.refresh.c_str(), o.scope.c_str());
  } else if (o.grant == &kClientSecretFile) {
    mail->SetOAuth2ClientCredentials(o.url.c_str(), o.id.c_str(), o.secret.c_str(), o.scope.c_str());
  }
  if (!o.token_file.empty()) mail->SetOAuth2TokenFile(o.token_file.c_str());
}

namespace {

// Returns C++ code that calls the function for the grant.
std::string GrantCode(const OAuth2 &o) {
  const std::string client = Literal(o.url) + ", " + Literal(o.id), file = Literal(o.file), scope = Literal(o.scope);
  const std::string secret = o.secret.empty() ? "\"\"" : "\"client secret\"";
  if (o.grant == &kServiceAccount) return "mail.SetOAuth2ServiceAccount(" + file + ");";
  if (o.grant == &kIdentity) return "mail.SetOAuth2ManagedIdentity(" + file + ", " + Literal(o.id) + ", " + scope + ");";
  if (o.grant == &kCertificate) {
    return "mail.SetOAuth2Certificate(" + client + ", " + file + ", " + Literal(o.key) + ", " + Literal(o.algorithm) + ", " + scope + ");";
  }
  if (o.grant == &kAssertionFile) return "mail.SetOAuth2AssertionFile(" + client + ", " + file + ", " + scope + ");";
  if (o.grant == &kRefreshTokenFile) return "mail.SetOAuth2RefreshToken(" + client + ", " + secret + ", \"refresh token\", " + scope + ");";
  return "mail.SetOAuth2ClientCredentials(" + client + ", " + secret + ", " + scope + ");";
}

} // namespace

std::vector<std::string> OAuth2Code(const OAuth2 &o) {
  std::vector<std::string> lines;
  if (o.grant != &kOAuth2TokenFile) lines.push_back(GrantCode(o));
  if (!o.token_file.empty()) lines.push_back("mail.SetOAuth2TokenFile(" + Literal(o.token_file) + ");");
  return lines;
}

} // namespace tools
