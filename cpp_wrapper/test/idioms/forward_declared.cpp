// `class CSmtp;` before the header, and a pointer member | sends
class CSmtp;
class Service {
 public:
  Service();
  ~Service();
  CSmtp *m_pSmtp;
};

#include "CSmtp.h"
#include "prepare.h"

Service::Service() : m_pSmtp(new CSmtp) {}
Service::~Service() { delete m_pSmtp; }

int main(int, char **argv) {
  Service service;
  Prepare(*service.m_pSmtp, argv, "forward_declared");
  service.m_pSmtp->Send();
}
