// SPDX-License-Identifier: MIT
#include "units.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#define JOINED(a, b) a##_##b
#define NAMED(a, b) JOINED(a, b)
#define OURS(a) NAMED(a, UNIT)
#define QUOTED(a) #a
#define TEXT(a) QUOTED(a)

static void Prepare(CSmtp &mail, const Server &server) {
  mail.SetSMTPServer(server.host, server.port, false);
  mail.SetSecurityType(USE_SSL);
  mail.SetSenderMail("alice@test.example");
  mail.AddRecipient("bob@test.example");
  mail.AddMsgLine("mixed");
}

template <typename Call>
static void Try(const char *way, Call call) {
  int number = 0;
  try { call(); } catch (const ECSmtp &e) { number = e.GetErrorNum(); }
  printf("%s %s %d\n", TEXT(UNIT), way, number);
}

static void Sent(const char *way, CSmtp &mail, const Server &server) {
  Prepare(mail, server);
  Try(way, [&] { mail.Send(); });
}

static CSmtp g_mail;

void OURS(Sends)(const Server &server) {
  const char raw[] = "Subject: raw\r\n\r\nraw\r\n";
  { CSmtp mail; Sent("local", mail, server); }
  { CSmtp mail(g_mail); Sent("global", mail, server); }
  { std::unique_ptr<CSmtp> mail(new CSmtp); Sent("new", *mail, server); }
  { std::shared_ptr<CSmtp> mail = std::make_shared<CSmtp>(); Sent("make_shared", *mail, server); }
  { std::vector<CSmtp> mails(2); Sent("vector", mails[1], server); }
  { std::map<int, CSmtp> mails; Sent("map", mails[1], server); }
  { Service service; Sent("member", service.mail, server); }
  { Derived derived; Sent("derived", derived, server); }
  { CSmtp mail; CSmtp copy(mail); mail = copy; Sent("copied", mail, server); }
  { CSmtp mail; Prepare(mail, server); CSmtp moved(std::move(mail)); Try("moved", [&] { moved.Send(); }); }
  { CSmtp mail; Try("ConnectRemoteServer", [&] { mail.ConnectRemoteServer(server.host, server.port, USE_SSL, false); }); }
  { CSmtp mail; Prepare(mail, server); Try("SendRaw", [&] { mail.SendRaw(raw, strlen(raw), "a@test.example", "b@test.example"); }); }
  { CSmtp mail; Prepare(mail, server); Try("SendRawFile", [&] { mail.SendRawFile("raw.eml", "a@test.example", "b@test.example"); }); }
  { CSmtp mail; Prepare(mail, server); Try("SendAsync", [&] { mail.SendAsync(); while (!mail.Wait(1000)) {} }); }
  {
    CSmtp carrier, mail;
    Prepare(carrier, server);
    Prepare(mail, server);
    Try("SendBatch", [&] { carrier.SendBatch({&mail}); });
  }
  { CSmtp mail; Prepare(mail, server); Try("bind", [&] { std::bind(&CSmtp::Send, &mail)(); }); }
  { CSmtp mail; Prepare(mail, server); Try("mem_fn", [&] { std::mem_fn(&CSmtp::Send)(mail); }); }
  { CSmtp mail; Prepare(mail, server); void (CSmtp::*send)() = &CSmtp::Send; Try("pointer", [&] { (mail.*send)(); }); }
  { CSmtp mail; Prepare(mail, server); std::function<void(CSmtp *)> send = &CSmtp::Send; Try("function", [&] { send(&mail); }); }
  // A call to SetVerifyPeer overrides the macros with which this file was compiled.
  { CSmtp mail; mail.SetVerifyPeer(true); Sent("verified", mail, server); }
  { CSmtp mail; mail.SetVerifyPeer(false); Sent("unverified", mail, server); }
  { CSmtp mail; mail.SetVerifyPeer(false); CSmtp copy(mail); Sent("unverified copy", copy, server); }
  // The subject of these messages is not valid UTF-8, so its charset is unknown.
  { CSmtp mail; Prepare(mail, server); mail.SetSubject("\xfc"); Try("doubtful: RenderMessage", [&] { mail.RenderMessage(); }); }
  { CSmtp mail; Prepare(mail, server); mail.SetSubject("\xfc"); Try("doubtful: SaveMessage", [&] { mail.SaveMessage("saved"); }); }
  { CSmtp mail; Prepare(mail, server); mail.SetSubject("\xfc"); mail.SetVerifyPeer(false); Try("doubtful: Send", [&] { mail.Send(); }); }
  { CSmtp mail; Prepare(mail, server); mail.SetSubject("\xfc"); mail.SetStrict(); Try("refused", [&] { mail.RenderMessage(); }); }
  { CSmtp mail; Prepare(mail, server); mail.SetSubject("\xfc"); mail.SetStrict(false); Try("allowed", [&] { mail.RenderMessage(); }); }
}

CSmtp *OURS(Made)(const Server &server) {
  CSmtp *mail = new CSmtp;
  Prepare(*mail, server);
  const std::string octets(30000, 'x');
  size_t at = 0;
  for (int i = 0; i < 6; i++)
    mail->AddAttachmentReader("data", "application/octet-stream", -1, [octets, at](void *buffer, size_t capacity) mutable -> int64_t {
      if (capacity == 0) { at = 0; return 0; }
      const size_t n = std::min(capacity, octets.size() - at);
      memcpy(buffer, octets.data() + at, n);
      at += n;
      return static_cast<int64_t>(n);
    });
  mail->SetTokenCallback([](bool) { return std::string("a token too long for the small-string buffer of any library"); });
  mail->SetLogCallback([](int, const char *) {});
  mail->SetProgressCallback([](int64_t, int64_t) { return 0; });
  return mail;
}

void OURS(Uses)(CSmtp *mail, const char *of) {
  const std::string way = std::string("uses ") + of;
  CSmtp copy(*mail);
  delete mail;
  int lines = 0;
  copy.SetLogCallback([&](int, const char *) { lines++; });
  std::string text;
  Try((way + ", render").c_str(), [&] { text = copy.RenderMessage(); });
  Try((way + ", send").c_str(), [&] { copy.Send(); });
  printf("%s %s: %s, %s\n", TEXT(UNIT), way.c_str(), text.size() > 240000 ? "all parts" : "parts are missing", lines > 0 ? "logged" : "no log");
}

void OURS(Throws)(const Server &server) {
  CSmtp mail;
  Prepare(mail, server);
  mail.SetSecurityType(static_cast<SMTP_SECURITY_TYPE>(99));
}

void OURS(Catches)(void (*f)(const Server &), const Server &server) {
  try {
    f(server);
  } catch (const ECSmtp &e) {
    const ECSmtp copy(e);
    printf("%s caught %d %d %s\n", TEXT(UNIT), copy.GetErrorNum(), static_cast<int>(copy.GetErrorText() == copy.what()), copy.what());
    return;
  } catch (...) {
    printf("%s caught something else\n", TEXT(UNIT));
    return;
  }
  printf("%s caught nothing\n", TEXT(UNIT));
}
