// a file that the program has just written, as an attachment | sends
//! has=filename="?report\.log
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  FILE *log = fopen("report.log", "w");
  if (!log) return 1;
  fprintf(log, "%s\n", "all is well");
  fclose(log);
  CSmtp mail;
  Prepare(mail, argv, "attached_log");
  mail.AddAttachment("report.log");
  mail.Send();
  return remove("report.log");
}
