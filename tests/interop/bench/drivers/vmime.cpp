// SPDX-License-Identifier: MIT
//
// Uses VMime, which cannot set TCP_NODELAY. Without this option, each mail would wait
// for a delayed acknowledgement. So this driver replaces the C library's connect with a
// function that sets the option.
#include "options.h"

#include <iostream>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vmime/platforms/posix/posixHandler.hpp>
#include <vmime/security/cert/defaultCertificateVerifier.hpp>
#include <vmime/vmime.hpp>

static options o;

// Replaces connect of the C library, to set TCP_NODELAY.
extern "C" int connect(int fd, const sockaddr *address, socklen_t size) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return static_cast<int>(syscall(SYS_connect, fd, address, size));
}

static vmime::shared_ptr<vmime::message> compose() {
  char room[64];
  std::string body;
  for (int i = 0; i < BENCH_LINES; i++) body += BENCH_LINE "\r\n";
  vmime::messageBuilder builder;
  builder.setExpeditor(vmime::mailbox(BENCH_FROM));
  builder.setSubject(vmime::text(BENCH_SUBJECT));
  for (int i = 0; i < o.recipients; i++)
    builder.getRecipients().appendAddress(vmime::make_shared<vmime::mailbox>(recipient(i, room, sizeof room)));
  builder.getTextPart()->setText(vmime::make_shared<vmime::stringContentHandler>(body));
  if (o.file != nullptr)
    builder.appendAttachment(vmime::make_shared<vmime::fileAttachment>(o.file, vmime::mediaType("application/octet-stream")));
  return builder.construct();
}

static vmime::shared_ptr<vmime::net::transport> open_transport(vmime::shared_ptr<vmime::net::session> session,
                                                               vmime::shared_ptr<vmime::security::cert::certificateVerifier> verifier) {
  auto transport = session->getTransport(vmime::utility::url("smtp://127.0.0.1:" + std::to_string(o.port)));
  transport->setProperty("connection.tls", o.starttls != 0);
  transport->setProperty("connection.tls.required", o.starttls != 0);
  if (verifier) transport->setCertificateVerifier(verifier);
  transport->setProperty("options.need-authentication", o.login != 0);
  if (o.login) {
    transport->setProperty("auth.username", BENCH_USER);
    transport->setProperty("auth.password", BENCH_SECRET);
  }
  transport->connect();
  return transport;
}

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  try {
    vmime::platform::setHandler<vmime::platforms::posix::posixHandler>();
    auto session = vmime::net::session::create();
    vmime::shared_ptr<vmime::security::cert::defaultCertificateVerifier> verifier;
    if (o.starttls) {
      size_t size;
      std::string pem(whole_file(o.ca, &size));
      auto authority = vmime::security::cert::X509Certificate::import(reinterpret_cast<const vmime::byte_t *>(pem.data()), pem.size());
      verifier = vmime::make_shared<vmime::security::cert::defaultCertificateVerifier>();
      verifier->setX509RootCAs({authority});
    }
    auto mail = compose();
    vmime::shared_ptr<vmime::net::transport> transport;
    for (long i = 0; i < o.mails; i++) {
      if (!transport) transport = open_transport(session, verifier);
      transport->send(mail);
      if (o.fresh) {
        transport->disconnect();
        transport = nullptr;
      }
    }
    if (transport) transport->disconnect();
  } catch (const std::exception &e) {
    std::cerr << "vmime: " << e.what() << "\n";
    return 1;
  }
  std::cout << "mails=" << o.mails << "\n";
}
