// a `map` of objects by name | sends 2 mails
//! mails=2
#include "CSmtp.h"
#include "prepare.h"
#include <map>

int main(int, char **argv) {
  map<string, CSmtp> mails;
  Prepare(mails["alarm"], argv, "map_objects alarm");
  Prepare(mails["report"], argv, "map_objects report");
  for (map<string, CSmtp>::iterator it = mails.begin(); it != mails.end(); ++it) it->second.Send();
}
