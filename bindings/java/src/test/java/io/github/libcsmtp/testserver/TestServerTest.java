// SPDX-License-Identifier: MIT
package io.github.libcsmtp.testserver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.libcsmtp.CSmtpException;
import io.github.libcsmtp.Mailer;
import io.github.libcsmtp.Outcome;
import io.github.libcsmtp.Security;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An example: the tests of a program that sends invoices. */
class TestServerTest {
    private static TestServer server;

    @BeforeAll static void start() { server = new TestServer(); }

    @AfterAll static void stop() { server.close(); }

    @BeforeEach void clear() {
        server.endScript();
        server.clear();
    }

    /** The program under test. */
    private static void sendInvoice(String password) {
        try (Mailer mail = new Mailer()) {
            mail.setSMTPServer("localhost", server.port());
            mail.setSecurityType(Security.USE_TLS);
            mail.setCAFile(server.ca());
            mail.setLogin(TestServer.USER);
            mail.setPassword(password);
            mail.setSenderMail("alice@test.example");
            mail.addRecipient("bob@test.example");
            mail.setSubject("Your invoice: 9 €");
            mail.send();
        }
    }

    @Test void success() {
        sendInvoice(TestServer.PASSWORD);
        ReceivedMail mail = server.awaitMail();
        assertEquals(1, mail.number());
        assertEquals("Your invoice: 9 €", mail.subject());
        assertEquals("alice@test.example", mail.sender());
        assertEquals(List.of("bob@test.example"), mail.recipients());
        assertEquals(TestServer.USER, mail.login());
        assertTrue(mail.tls().endsWith("1.3"), mail.tls());
        assertTrue(mail.text().contains("To: bob@test.example"), mail.text());
        assertTrue(mail.dialogue().stream().anyMatch(line -> line.equals("C: QUIT")), mail.dialogue().toString());
    }

    @Test void aWrongPassword() {
        CSmtpException e = assertThrows(CSmtpException.class, () -> sendInvoice("wrong"));
        assertTrue(e.isLoginError());
        assertEquals(List.of(), server.mails());
        assertThrows(ServerException.class, () -> server.awaitMails(1, Duration.ofMillis(10)));
    }

    @Test void aLostConnection() {
        server.play("dropped-after-last-octet");
        CSmtpException e = assertThrows(CSmtpException.class, () -> sendInvoice(TestServer.PASSWORD));
        assertEquals(Outcome.IN_DOUBT, e.outcome());
        assertFalse(e.isSafeToRetry());
        server.awaitPlayed(Duration.ofSeconds(30));
    }

    @Test void aScriptThatIsNotFollowed() {
        server.play("dropped-after-last-octet");
        assertThrows(ServerException.class, () -> server.awaitPlayed(Duration.ofMillis(10)));
        server.endScript();
        AssertionError none = assertThrows(AssertionError.class, () -> server.awaitPlayed(Duration.ofMillis(10)));
        assertEquals("no script is set", none.getMessage());
        assertThrows(ServerException.class, () -> server.play("no-such-script"));
    }

    @Test void wrongOptions() {
        ServerException e = assertThrows(ServerException.class, () -> new TestServer("--no-such-option"));
        assertTrue(e.getMessage().contains("--no-such-option"), e.getMessage());
    }

    @Test void json() {
        assertEquals(Map.of("a", List.of(1.0, true, "ü\n\"\\/🙂"), "b", Map.of()),
            Json.parse(" {\"a\": [1, true, \"\\u00fc\\n\\\"\\\\\\/\\ud83d\\ude42\"], \"b\": {}} "));
        assertEquals("ü\"\\\n", Json.parse(Json.quoted("ü\"\\\n")));
        for (String wrong : new String[] {"", "{", "[1,]", "\"a", "{\"a\" 1}", "tru", "1 2", "\"\\u00"}) {
            assertThrows(RuntimeException.class, () -> Json.parse(wrong), wrong);
        }
    }
}
