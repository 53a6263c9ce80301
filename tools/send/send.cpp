// SPDX-License-Identifier: MIT
//
// csmtp-send: a mail from the command line, its text from standard input.
// csmtp-send.1 is its manual.
#include <cstdio>

#include "../terminal.h"
#include "../words.h"
#include "options.h"
#include "progress.h"

namespace {

using tools::CommandLine;
using tools::UsageError;

enum Status { kSent = 0, kNotSent = 1, kUsage = 2, kLoginRefused = 3, kTryLater = 4, kInDoubt = 5 };

void PrintHelp() {
  printf("usage: csmtp-send [options] -f FROM -t TO -s SUBJECT HOST <TEXT\n\n"
         "Sends a mail by the server HOST; its text comes from standard input.\n\n%s\n"
         "Status: 0 sent; 1 not sent; 2 wrong use; 3 the login was refused; 4 not sent,\n"
         "but a later attempt may succeed; 5 in doubt: the mail may have been delivered.\n",
         tools::Help(send::kOptions).c_str());
}

// Numbers that say that something is wrong with what was asked for.
bool WrongUse(int error) {
  return error == CSMTP_BAD_ARGUMENT || error == CSMTP_BAD_INPUT || error == CSMTP_BAD_CONFIG ||
         error == CSMTP_FILE_NOT_EXIST || (error >= CSMTP_UNDEF_MSG_HEADER && error <= CSMTP_UNDEF_RECIPIENT_MAIL && error != CSMTP_BAD_DIGEST_RESPONSE);
}

bool LoginRefused(const ECSmtp &e) {
  switch (static_cast<int>(e.GetErrorNum())) {
  case CSMTP_COMMAND_AUTH_PLAIN:
  case CSMTP_COMMAND_AUTH_LOGIN:
  case CSMTP_COMMAND_AUTH_CRAMMD5:
  case CSMTP_COMMAND_AUTH_DIGESTMD5:
  case CSMTP_COMMAND_DIGESTMD5:
  case CSMTP_BAD_LOGIN_PASS:
  case CSMTP_BAD_DIGEST_RESPONSE:
  case CSMTP_LOGIN_NOT_SUPPORTED:
  case CSMTP_NO_TOKEN: return e.GetReplyCode() / 100 != 4;
  default: return false;
  }
}

// What may pass by itself: a reply of 4yz, or no reply.
bool MayPass(const ECSmtp &e) {
  if (e.GetReplyCode() != 0) return e.GetReplyCode() / 100 == 4;
  switch (static_cast<int>(e.GetErrorNum())) {
  case CSMTP_WSA_SEND:
  case CSMTP_WSA_RECV:
  case CSMTP_WSA_CONNECT:
  case CSMTP_WSA_GETHOSTBY_NAME_ADDR:
  case CSMTP_CONNECTION_CLOSED:
  case CSMTP_SERVER_NOT_READY:
  case CSMTP_SERVER_NOT_RESPONDING:
  case CSMTP_SELECT_TIMEOUT: return true;
  default: return false;
  }
}

int Explain(const ECSmtp &e, const CSmtp &mail) {
  fprintf(stderr, "csmtp-send: error %d: %s\n", static_cast<int>(e.GetErrorNum()),
          tools::Reword(e.what(), tools::kSend, e.GetReply()).c_str());
  if (e.GetOutcome() == CSMTP_IN_DOUBT) {
    const char *id = mail.GetMessageID();
    fprintf(stderr, "It is not known whether the mail was delivered. Before you send it again, ask the\n"
            "recipient whether it came; send it then with --message-id '%s'.\n", id);
    return kInDoubt;
  }
  if (WrongUse(e.GetErrorNum())) return kUsage;
  fprintf(stderr, "Nothing was delivered%s.\n", MayPass(e) ? "; a later attempt may succeed" : "");
  return LoginRefused(e) ? kLoginRefused : MayPass(e) ? kTryLater : kNotSent;
}

int Preview(CSmtp *mail) {
  const std::string message = mail->RenderMessage();
  const bool whole = fwrite(message.data(), 1, message.size(), stdout) == message.size() && fflush(stdout) == 0;
  if (!whole) fprintf(stderr, "csmtp-send: standard output cannot be written\n");
  return whole ? kSent : kNotSent;
}

int Run(const CommandLine &given) {
  if (given.Operands().size() > 1) throw UsageError("want one HOST; recipients stand behind --to");
  const bool verbose = given.Has("verbose");
  send::Progress progress(!given.Has("quiet") && tools::IsTerminal(stderr));
  CSmtp mail;
  try {
    send::PutHeader(given, &mail);
    if (!given.Has("preview")) send::PutServer(given, &mail);
    send::PutBody(given, &mail);
    if (given.Has("preview")) return Preview(&mail);
    if (verbose) {
      mail.SetLogCallback([&progress](int direction, const char *line) {
        static const char *const marks[] = {"C: ", "S: ", "*  "};
        progress.Clear();
        fprintf(stderr, "%s%s\n", marks[direction], line);
      });
    }
    mail.SetProgressCallback([&progress](int64_t sent, int64_t total) {
      progress.Update(sent, total);
      return 0;
    });
    mail.Send();
    progress.Clear();
    if (verbose) fprintf(stderr, "Sent: %s\n", mail.GetLastReply());
    return kSent;
  } catch (const ECSmtp &e) {
    progress.Clear();
    return Explain(e, mail);
  }
}

} // namespace

int main(int argc, char *argv[]) {
  tools::PrepareOutput();
  try {
    const CommandLine given(argc, argv, send::kOptions);
    if (given.Has("help")) {
      PrintHelp();
      return kSent;
    }
    if (given.Has("version")) {
      printf("csmtp-send %s\n", CSmtp_GetVersion());
      return kSent;
    }
    return Run(given);
  } catch (const UsageError &e) {
    fprintf(stderr, "csmtp-send: %s\n", e.what());
    return kUsage;
  } catch (const std::exception &e) {
    fprintf(stderr, "csmtp-send: %s\n", e.what());
    return kNotSent;
  }
}
