// `system` and `popen` between the setters and `Send` | sends
//! posix
#include "CSmtp.h"
#include "prepare.h"
#include <unistd.h>

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "system_between");
  if (system("true") != 0) return 1;
  FILE *uptime = popen("echo up 3 days", "r");
  char line[100];
  while (uptime != NULL && fgets(line, sizeof line, uptime) != NULL) mail.AddMsgLine(line);
  pclose(uptime);
  mail.Send();
  return system("true");
}
