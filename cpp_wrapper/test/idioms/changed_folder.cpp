// `chdir` between `AddAttachment` with a relative path and `Send` | sends
//! posix has=relative\.txt
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "changed_folder");
  mail.AddAttachment("relative.txt");
  char folder[] = "/tmp/folder-XXXXXX";
  if (!mkdtemp(folder) || chdir(folder) != 0) return 1;
  ofstream("relative.txt") << "octets" << endl;
  mail.Send();
  unlink("relative.txt");
  rmdir(folder);
  return 0;
}
