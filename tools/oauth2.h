// SPDX-License-Identifier: MIT
//
// The options of csmtp-send and csmtp-doctor for access tokens that the library requests
// itself.
#ifndef CSMTP_TOOLS_OAUTH2_H
#define CSMTP_TOOLS_OAUTH2_H

#include <string>
#include <vector>

#include "commandline.h"

class CSmtp;

namespace tools {

extern const Option kTokenURL, kClientID, kClientSecretFile, kRefreshTokenFile, kCertificate, kCertificateKey,
    kPassphraseFile, kAlgorithm, kAssertionFile, kServiceAccount, kIdentity, kScope,
    kOAuth2TokenFile;

// Reports whether one of the options for OAuth 2.0 is given.
bool WantsOAuth2(const CommandLine &given);

// The call to a library function that corresponds to the options.
struct OAuth2 {
  const Option *grant; // the option that determines which function is called
  std::string file;    // the value of 'grant'
  std::string url, id, key, algorithm, scope;
  std::string secret, refresh, passphrase; // the first lines of the files
  std::string token_file;
};

// Reads the options, and the files with secrets that they name. Throws a UsageError if the
// options do not determine one call to the library.
OAuth2 ReadOAuth2(const CommandLine &given);

void PutOAuth2(const OAuth2 &o, CSmtp *mail);

// Returns lines of C++ with the call that the options in 'o' determine, and the call that
// sets the token file. The lines contain no secrets.
std::vector<std::string> OAuth2Code(const OAuth2 &o);

} // namespace tools

#endif
