// SPDX-License-Identifier: MIT
// An example of tests with GoogleTest.
#include "invoice.h"

#include <gtest/gtest.h>

// The tests of this suite share a server. Before each test, the script and the mails of
// earlier tests are removed.
class Invoice : public testing::Test {
 protected:
  static void SetUpTestSuite() { server = new csmtp::TestServer; }
  static void TearDownTestSuite() { delete server; }
  void SetUp() override {
    server->EndScript();
    server->Clear();
  }
  static csmtp::TestServer *server;
};
csmtp::TestServer *Invoice::server;

TEST_F(Invoice, Success) {
  SendInvoice(*server, server->Password());
  const csmtp::TestMail mail = server->Wait(1).at(0);
  EXPECT_EQ(server->User(), mail.from);
  EXPECT_EQ(std::vector<std::string>{"bob@test.example"}, mail.recipients);
  EXPECT_EQ("TLS 1.3", mail.tls);
  EXPECT_EQ(server->User(), mail.login);
  EXPECT_EQ("Your invoice for \xc3\xa9t\xc3\xa9", mail.subject);
  EXPECT_EQ("Your invoice for =?UTF-8?B?w6l0w6k=?=", mail.Field("subject"));
  EXPECT_EQ("Please pay.\r\n", mail.Body());
  const std::vector<std::string> lines = server->Dialogue(mail.session);
  EXPECT_NE(lines.end(), std::find(lines.begin(), lines.end(), "C: RCPT TO:<bob@test.example>"));
}

TEST_F(Invoice, WrongPassword) {
  try {
    SendInvoice(*server, "wrong");
    FAIL() << "the login was accepted";
  } catch (const ECSmtp &error) {
    EXPECT_EQ(ECSmtp::BAD_LOGIN_PASS, error.GetErrorNum());
  }
  EXPECT_TRUE(server->Mails().empty());
}

TEST_F(Invoice, LostConnection) {
  server->Play("dropped-after-last-octet");
  EXPECT_THROW(SendInvoice(*server, server->Password()), ECSmtp);
  server->Played();
}

TEST_F(Invoice, ExpiredCertificate) {
  csmtp::TestServer expired({"--certificate", "expired"});
  EXPECT_THROW(SendInvoice(expired, expired.Password()), ECSmtp);
}

TEST_F(Invoice, Errors) {
  server->Play("description: \"quoted\", \t and \\\n\n* serve until VRFY\n* close\n");
  SendInvoice(*server, server->Password());
  EXPECT_THROW(server->Played(), csmtp::TestScriptError);
  server->EndScript();
  try {
    server->Played();
    ADD_FAILURE() << "no script is set, but Played returned";
  } catch (const csmtp::TestScriptError &error) {
    EXPECT_STREQ("no script is set", error.what());
  }
  EXPECT_THROW(server->Wait(5, 0), csmtp::TestServerError);
  EXPECT_THROW(server->Play("no-such-script"), csmtp::TestServerError);
  EXPECT_THROW(csmtp::TestServer({"--port", "many"}), csmtp::TestServerError);
}
