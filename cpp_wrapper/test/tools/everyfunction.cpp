// SPDX-License-Identifier: MIT
//
// Instantiates the templates of the headers. The option -fkeep-inline-functions makes
// the compiler emit the other functions.
#include "CSmtp.h"
#include "base64.h"
#include "md5.h"

template class csmtp_detail::Shared<csmtp_detail::Reader>;
template class csmtp_detail::Shared<csmtp_detail::Hooks>;
template class csmtp_detail::List<csmtp_detail::Shared<csmtp_detail::Reader> >;
template class csmtp_detail::Function<void(int)>;
template class csmtp_detail::Function<void(int, const char *)>;
template class csmtp_detail::Function<int(int64_t, int64_t)>;
template class csmtp_detail::Function<int64_t(void *, size_t)>;
template class csmtp_detail::Way<CSmtp, 1>;
template class csmtp_detail::Way<CSmtp, 2>;
template class csmtp_detail::Way<CSmtp, 3>;
template struct csmtp_detail::TokenSource<std::string>;

class Derived : public CSmtp {
 public:
  Derived() { m_bHTML = true; }
};

static void Logs(int, const char *) {}

int main() {
  Derived mail;
  mail.SetLogCallback(Logs);
  mail.SetTokenCallback([](bool) { return std::string(); });
  mail.SendBatch({&mail});
  mail.SendAsync(nullptr);
  CSmtp copy(mail);
  return copy.GetMsgLines() == 0 ? 0 : 1;
}
