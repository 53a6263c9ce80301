// 150 recipients, half of them in Bcc, split from a comma-separated text | sends
#include "CSmtp.h"
#include <sstream>
#include "prepare.h"

int main(int, char **argv) {
  CSmtp mail;
  Prepare(mail, argv, "many_recipients");
  stringstream all;
  for (int i = 0; i < 150; i++) all << "user" << i << "@test.example,";
  string one;
  for (int i = 0; getline(all, one, ','); i++)
    if (i % 2)
      mail.AddBCCRecipient(one.c_str());
    else
      mail.AddRecipient(one.c_str(), one.substr(0, one.find('@')).c_str());
  if (mail.GetRecipientCount() != 76 || mail.GetBCCRecipientCount() != 75) return 1;
  mail.Send();
  return 0;
}
