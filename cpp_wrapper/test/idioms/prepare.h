// SPDX-License-Identifier: MIT
//
// prepare.h: the settings and the message that the programs of this folder share.
#include <stdlib.h>

template <typename Mail>
void Prepare(Mail &mail, char **argv, const char *subject) {
  mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])), false);
  mail.SetSenderMail("alice@test.example");
  mail.SetSenderName("Alice");
  mail.AddRecipient("bob@test.example", "Bob");
  mail.SetSubject(subject);
  mail.AddMsgLine("Hello.");
}
