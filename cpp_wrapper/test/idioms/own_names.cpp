// the program's own `struct Mail`, `class Mailer`, `enum Error` and `namespace smtp` | sends
//! std=c++17
#include "CSmtp.h"
#include "prepare.h"

enum Error { None, Timeout, Refused };
struct Mail {
  string subject;
};
class Mailer {
 public:
  CSmtp m_smtp;
};
namespace smtp {
typedef ::Mailer Client;
}

int main(int, char **argv) {
  Mail mail = {"own_names"};
  smtp::Client client;
  Prepare(client.m_smtp, argv, mail.subject.c_str());
  client.m_smtp.Send();
  return None;
}
