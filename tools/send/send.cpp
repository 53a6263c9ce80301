// SPDX-License-Identifier: MIT
//
// csmtp-send sends a mail from the command line. csmtp-send.1 is its manual.
#include <cstdio>

#include "../terminal.h"
#include "../words.h"
#include "options.h"
#include "progress.h"
#include "viewer.h"

namespace {

using tools::CommandLine;
using tools::UsageError;

// The exit statuses of csmtp-send that tools::Status does not contain.
enum { kLoginRefused = 3, kTryLater = 4, kInDoubt = 5 };

const char kUsageText[] =
    "usage: csmtp-send [options] -f FROM -t TO -s SUBJECT HOST <TEXT\n\n"
    "Sends a mail through the server HOST. The text is read from standard input.\n";
const char kStatusText[] =
    "Exit status: 0 sent; 1 not sent; 2 wrong arguments; 3 the server refused the login;\n"
    "4 not sent, but a later attempt may succeed; 5 in doubt: the mail may have been\n"
    "delivered.\n";

// Reports whether an error means that the arguments, or a file that they name, are wrong.
bool WrongUse(int error) {
  return error == CSMTP_BAD_ARGUMENT || error == CSMTP_BAD_INPUT || error == CSMTP_BAD_CONFIG ||
         error == CSMTP_FILE_NOT_EXIST || (error >= CSMTP_UNDEF_MSG_HEADER && error <= CSMTP_UNDEF_RECIPIENT_MAIL && error != CSMTP_BAD_DIGEST_RESPONSE);
}

// Prints the error and returns the exit status.
int Explain(const ECSmtp &e, const CSmtp &mail) {
  fprintf(stderr, "csmtp-send: error %d: %s\n", static_cast<int>(e.GetErrorNum()),
          tools::Reword(e.what(), tools::kSend, e.GetReply()).c_str());
  if (e.GetOutcome() == CSMTP_IN_DOUBT) {
    const char *id = mail.GetMessageID();
    fprintf(stderr, "It is not known whether the mail was delivered. Ask the recipient before you send it\n"
            "again, and then use --message-id '%s'.\n", id);
    return kInDoubt;
  }
  if (WrongUse(e.GetErrorNum())) return tools::kUsage;
  fprintf(stderr, "Nothing was delivered%s.\n", e.IsSafeToRetry() ? "; a later attempt may succeed" : "");
  return e.IsLoginError() ? kLoginRefused : e.IsSafeToRetry() ? kTryLater : static_cast<int>(tools::kFailure);
}

int Preview(const std::string &how, CSmtp *mail) {
  const std::string message = mail->RenderMessage();
  if (how == "browser") return send::ShowInBrowser(message);
  const bool whole = fwrite(message.data(), 1, message.size(), stdout) == message.size() && fflush(stdout) == 0;
  if (!whole) fprintf(stderr, "csmtp-send: cannot write to standard output\n");
  return whole ? tools::kSuccess : tools::kFailure;
}

int Run(const CommandLine &given) {
  if (given.Operands().size() > 1) throw UsageError("expected one HOST: use --to for recipients");
  const std::string preview = given.Get("preview");
  if (!preview.empty() && preview != "browser") throw UsageError("--preview takes no value except browser");
  const bool verbose = given.Has("verbose");
  send::Progress progress(!given.Has("quiet") && tools::IsTerminal(stderr));
  CSmtp mail;
  try {
    send::PutHeader(given, &mail);
    if (!given.Has("preview")) send::PutServer(given, &mail);
    send::PutBody(given, &mail);
    if (given.Has("preview")) return Preview(preview, &mail);
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
    if (verbose || (!given.Has("quiet") && tools::IsTerminal(stderr))) fprintf(stderr, "Sent: %s\n", mail.GetLastReply());
    return tools::kSuccess;
  } catch (const ECSmtp &e) {
    progress.Clear();
    return Explain(e, mail);
  }
}

} // namespace

int main(int argc, char *argv[]) {
  return tools::Main(argc, argv, {"csmtp-send", send::kOptions, kUsageText, kStatusText, Run});
}
