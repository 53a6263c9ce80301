// SPDX-License-Identifier: MIT
// huge HOST PORT FILE: sends a mail with the attachment FILE, and prints how much the
// peak resident memory has grown, in KiB.
#include "CSmtp.h"

static long peak() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.compare(0, 6, "VmHWM:") == 0) return atol(line.c_str() + 6);
  return -1;
}

int main(int argc, char *argv[]) {
  if (argc != 4) return 2;
  try {
    CSmtp mail;
    const long before = peak(); // an idle process
    mail.SetSMTPServer(argv[1], static_cast<unsigned short>(atoi(argv[2])), false);
    mail.SetSenderMail("alice@test.example");
    mail.AddRecipient("bob@test.example");
    mail.AddMsgLine("See the file.");
    mail.AddAttachment(argv[3]);
    mail.Send();
    std::cout << peak() - before << "\n";
  } catch (const ECSmtp &e) {
    std::cerr << e.GetErrorText() << "\n";
    return 1;
  }
  return 0;
}
