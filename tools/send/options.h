// SPDX-License-Identifier: MIT
//
// The command line of csmtp-send, checked and put into a mail.
#ifndef CSMTP_TOOLS_SEND_OPTIONS_H
#define CSMTP_TOOLS_SEND_OPTIONS_H

#include <string>
#include <vector>

#include "../commandline.h"

#define CSMTP_STRICT
#include "CSmtp.h"

namespace send {

extern const std::vector<tools::Option> kOptions;

// "Bob <bob@example.org>", with or without quotes, or the address alone.
struct Mailbox {
  std::string name, address;
};
Mailbox ReadMailbox(const std::string &text);

// Sender, recipients, header fields and attachments. Standard input is not
// read before all of them are known to be good.
void PutHeader(const tools::CommandLine &given, CSmtp *mail);
void PutBody(const tools::CommandLine &given, CSmtp *mail);

// Server, security and login.
void PutServer(const tools::CommandLine &given, CSmtp *mail);

} // namespace send

#endif
