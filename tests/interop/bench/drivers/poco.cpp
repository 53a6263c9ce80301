// SPDX-License-Identifier: MIT
//
// Uses POCO Net. The driver sets TCP_NODELAY, because POCO's sockets do not set it.
#include "options.h"

#include <Poco/Net/Context.h>
#include <Poco/Net/FilePartSource.h>
#include <Poco/Net/MailMessage.h>
#include <Poco/Net/MailRecipient.h>
#include <Poco/Net/SSLManager.h>
#include <Poco/Net/SecureSMTPClientSession.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/StringPartSource.h>
#include <iostream>
#include <memory>
#include <string>

using namespace Poco::Net;

static options o;

static std::unique_ptr<SecureSMTPClientSession> open_session(Context::Ptr context) {
  StreamSocket socket(SocketAddress("127.0.0.1", static_cast<Poco::UInt16>(o.port)));
  socket.setNoDelay(true);
  std::unique_ptr<SecureSMTPClientSession> session(new SecureSMTPClientSession(socket));
  session->login("client.bench.example");
  if (o.starttls && !session->startTLS(context)) throw Poco::Exception("STARTTLS was refused");
  if (o.login)
    session->login("client.bench.example", SMTPClientSession::AUTH_PLAIN, BENCH_USER, BENCH_SECRET);
  else if (o.starttls)
    session->login("client.bench.example"); // RFC 3207, 4.2: EHLO again
  return session;
}

static void compose(MailMessage &mail) {
  char room[64];
  std::string body;
  for (int i = 0; i < BENCH_LINES; i++) body += BENCH_LINE "\r\n";
  mail.setSender(BENCH_FROM);
  mail.setSubject(BENCH_SUBJECT);
  for (int i = 0; i < o.recipients; i++)
    mail.addRecipient(MailRecipient(MailRecipient::PRIMARY_RECIPIENT, recipient(i, room, sizeof room)));
  if (o.file == nullptr) {
    mail.setContentType("text/plain; charset=us-ascii");
    mail.setContent(body, MailMessage::ENCODING_7BIT);
    return;
  }
  mail.addContent(new StringPartSource(body));
  mail.addAttachment("file.bin", new FilePartSource(o.file, "application/octet-stream"));
}

int main(int argc, char **argv) {
  o = read_options(argc, argv);
  try {
    Context::Ptr context;
    if (o.starttls) {
      initializeSSL();
      context = new Context(Context::CLIENT_USE, "", "", o.ca, Context::VERIFY_RELAXED, 9, false);
      context->enableSessionCache(true);
    }
    std::unique_ptr<SecureSMTPClientSession> session;
    MailMessage ready;
    if (o.file == nullptr) compose(ready);
    for (long i = 0; i < o.mails; i++) {
      if (!session) session = open_session(context);
      if (o.file == nullptr) {
        session->sendMessage(ready);
      } else { // a new message for each mail, because the stream of a part can be read only once
        MailMessage mail;
        compose(mail);
        session->sendMessage(mail);
      }
      if (o.fresh) {
        session->close();
        session.reset();
      }
    }
    if (session) session->close();
  } catch (const Poco::Exception &e) {
    std::cerr << "poco: " << e.displayText() << "\n";
    return 1;
  }
  std::cout << "mails=" << o.mails << "\n";
}
