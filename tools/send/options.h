// SPDX-License-Identifier: MIT
//
// Checks the command line of csmtp-send and sets the mail accordingly.
#ifndef CSMTP_TOOLS_SEND_OPTIONS_H
#define CSMTP_TOOLS_SEND_OPTIONS_H

#include <string>
#include <vector>

#include "../commandline.h"

#define CSMTP_STRICT
#include "CSmtp.h"

namespace send {

extern const std::vector<tools::Option> kOptions;

// A name and an address. They are parsed from an address alone, or from a text such as "Bob
// <bob@example.org>", in which the name can be in quotes.
struct Mailbox {
  std::string name, address;
};
Mailbox ReadMailbox(const std::string &text);

// Sets the sender, the recipients, the header fields and the attachments. Call it before
// PutBody, so that wrong arguments are reported before standard input is read.
void PutHeader(const tools::CommandLine &given, CSmtp *mail);
// Reads the text of the mail from standard input, and its HTML from the file of --html. Sets
// both.
void PutBody(const tools::CommandLine &given, CSmtp *mail);

// Sets how the mail is sent: the transport, the server, TLS, the login, the time limit and the
// file for the transcript.
void PutServer(const tools::CommandLine &given, CSmtp *mail);

} // namespace send

#endif
