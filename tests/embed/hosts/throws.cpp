// SPDX-License-Identifier: MIT
//
// throws.cpp: an exception that leaves a callback of the C functions calls
// std::terminate. The exception is not ignored, and does not unwind the stack frames of
// the library.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <unistd.h>

#include "csmtp_c.h"

static volatile bool thrown;

static void CSMTP_CALL throws(void *, int, const char *)
{
  thrown = true;
  throw std::runtime_error("from a callback");
}

int main(int argc, char **argv)
{
  std::set_terminate([] { _exit(thrown ? 0 : 2); });
  const CSmtpHandle h = CSmtp_New();
  if (argc < 2 || CSmtp_SetSMTPServer(h, "127.0.0.1", static_cast<unsigned short>(atoi(argv[1])), 0) != 0
    || CSmtp_SetSenderMail(h, "a@test.example") != 0 || CSmtp_AddRecipient(h, "b@test.example", nullptr) != 0
    || CSmtp_SetLogCallback(h, throws, nullptr) != 0)
    return 3;
  try {
    CSmtp_Send(h);
    std::puts("Send returned");
  } catch (const std::exception &e) {
    std::printf("unwound through the library: %s\n", e.what());
  }
  return 1;
}
