// the object and a security type in the member initializer list of a constructor | sends
#include "CSmtp.h"
#include "prepare.h"

class Sender {
 public:
  Sender() : m_port(0), m_type(NO_SECURITY), m_mail(), m_error(ECSmtp::CSMTP_NO_ERROR) {}
  bool Run(char **argv) {
    m_type = (SMTP_SECURITY_TYPE)(m_port == 465 ? USE_SSL : NO_SECURITY);
    Prepare(m_mail, argv, "initializer_list");
    m_mail.SetSecurityType(m_type);
    try {
      m_mail.Send();
    } catch (const ECSmtp &e) {
      m_error = e;
    }
    return m_error.GetErrorNum() == ECSmtp::CSMTP_NO_ERROR;
  }

 private:
  unsigned short m_port;
  SMTP_SECURITY_TYPE m_type;
  CSmtp m_mail;
  ECSmtp m_error;
};

int main(int, char **argv) {
  Sender sender;
  return !sender.Run(argv);
}
