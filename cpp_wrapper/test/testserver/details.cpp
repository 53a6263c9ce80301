// SPDX-License-Identifier: MIT
// Tests the parts of csmtp_testserver.hpp that read what a server sends, with a server
// that sends an incomplete response.
#include <csmtp_testserver.hpp>

#include <iostream>

static int failures = 0;

static void Expect(const std::string &want, const std::string &got) {
  if (want == got) return;
  std::cout << "want " << want << ", got " << got << '\n';
  failures++;
}

int main() {
  typedef csmtp::detail::Json Json;
  const std::string whole = "{\"a\": {\"b\": [\"x\\ud83d\\ude00\", \"\\ud83d\\u0041\", \"\\ud83d\"]}, \"c\": 1}";
  const Json value = Json::Parse(whole);
  Expect("x\xF0\x9F\x98\x80", value["a"]["b"].items.at(0).text);
  Expect("\xEF\xBF\xBD", value["a"]["b"].items.at(1).text);
  Expect("\xEF\xBF\xBD", value["a"]["b"].items.at(2).text);
  Expect("1", value["c"].text);
  Expect("", value["d"].text);
  for (std::size_t size = 0; size < whole.size(); size++) Json::Parse(whole.substr(0, size));  // must not throw
  for (std::size_t size = 0; size < 14; size++) Json::Parse(std::string("\"\\ud83d\\ude00\"").substr(0, size));

  csmtp::TestMail mail;
  mail.raw = "X`Y: wrong\r\nx-\r: wrong\r\nX@Y: right\r\n\r\nbody";
  Expect("right", mail.Field("x@y"));
  Expect("body", mail.Body());
  mail.raw = "\r\nfirst\r\n\r\nsecond";
  Expect("first\r\n\r\nsecond", mail.Body());

  csmtp::TestServer server;
  try {
    server.Mails();
    Expect("an exception", "none");
  } catch (const csmtp::TestServerError &e) {
    Expect("the response of csmtp-testserver is incomplete", e.what());
  }
  return failures;
}
