// a `vector` of objects that grows | crashes
//! mails=3
#include "CSmtp.h"
#include "prepare.h"

int main(int, char **argv) {
  vector<CSmtp> mails;
  for (int i = 0; i < 3; i++) {
    CSmtp mail;
    Prepare(mail, argv, "vector_objects");
    mails.push_back(mail);
  }
  for (size_t i = 0; i < mails.size(); i++) mails[i].Send();
}
