// SPDX-License-Identifier: MIT
// An example of tests with Catch2, version 2 or 3.
#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#endif

#include "invoice.h"

TEST_CASE("an invoice") {
  static csmtp::TestServer server;
  server.EndScript();
  server.Clear();

  SECTION("success") {
    SendInvoice(server, server.Password());
    const csmtp::TestMail mail = server.Wait(1).at(0);
    CHECK(mail.recipients == std::vector<std::string>{"bob@test.example"});
    CHECK(mail.subject == "Your invoice for \xc3\xa9t\xc3\xa9");
  }
  SECTION("wrong password") {
    CHECK_THROWS_AS(SendInvoice(server, "wrong"), ECSmtp);
    CHECK(server.Mails().empty());
  }
  SECTION("lost connection") {
    server.Play("dropped-after-last-octet");
    CHECK_THROWS_AS(SendInvoice(server, server.Password()), ECSmtp);
    server.Played();
  }
}
