// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.libcsmtp.testserver.ReceivedMail;
import io.github.libcsmtp.testserver.TestServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailerTest {
    private static TestServer server;

    @BeforeAll static void start() { server = new TestServer(); }

    @AfterAll static void stop() { server.close(); }

    @BeforeEach void clear() {
        server.endScript();
        server.clear();
    }

    @Test void sendsUnicode() {
        try (Mailer mail = Mails.to(server)) {
            mail.send();
            assertEquals(Outcome.ACCEPTED, mail.getOutcome());
            assertEquals("Größe 🙂", mail.getSubject());
            assertEquals("Grüße", mail.getMsgLineText(0));
            assertThrows(IndexOutOfBoundsException.class, () -> mail.getMsgLineText(1));
            assertEquals(List.of("bob@test.example"), recipients(mail));
        }
        ReceivedMail mail = server.awaitMail();
        assertEquals("Größe 🙂", mail.subject());
        assertEquals(TestServer.USER, mail.sender());
        assertEquals(List.of("bob@test.example"), mail.recipients());
        assertEquals(TestServer.USER, mail.login());
        assertTrue(mail.dialogue().stream().anyMatch(line -> line.startsWith("S: 235")), mail.dialogue().toString());
    }

    private static List<String> recipients(Mailer mail) {
        List<String> addresses = new ArrayList<>();
        for (Recipient r : mail.getResults()) {
            assertTrue(r.isAccepted());
            assertEquals(250, r.code());
            addresses.add(r.address());
        }
        return addresses;
    }

    @Test void errorsSayWhatHappened() throws IOException {
        try (TestServer refusing = new TestServer("--fault", "RCPT: 550 5.1.1 No such user"); Mailer mail = Mails.to(refusing)) {
            CSmtpException e = assertThrows(CSmtpException.class, mail::send);
            assertEquals(Errors.COMMAND_RCPT_TO, e.number());
            assertEquals(Phase.RCPT, e.phase());
            assertEquals(Kind.REFUSED, e.kind());
            assertEquals(Outcome.REJECTED_PERMANENT, e.outcome());
            assertEquals("550 5.1.1 No such user", e.reply());
            assertEquals(550, e.replyCode());
            assertEquals("5.1.1", e.enhancedCode());
            assertFalse(e.isSafeToRetry());
            assertFalse(e.isLoginError());
            assertEquals(Duration.ZERO, e.retryAfter());
            assertTrue(e.getMessage().startsWith(Mailer.errorText(309)), e.getMessage());
            new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(e);
        }
        try (Mailer mail = Mails.to(server)) {
            mail.setPassword("wrong but secret");
            CSmtpException e = assertThrows(CSmtpException.class, mail::send);
            assertEquals(Errors.BAD_LOGIN_PASS, e.number());
            assertTrue(e.isLoginError());
            assertFalse(e.toString().contains("wrong but secret"));
        }
    }

    @Test void refusesWhatCWouldChange() {
        try (Mailer mail = Mails.to(server)) {
            for (String password : new String[] {"hidden\0word", "hidden\ud800word"}) {
                IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> mail.setPassword(password));
                assertTrue(e.getMessage().startsWith("password "), e.getMessage());
                assertFalse(e.toString().contains("hidden"), e.toString());
            }
            for (int port : new int[] {-1, 65536, 65561}) {
                assertThrows(IllegalArgumentException.class, () -> mail.setSMTPServer("localhost", port));
            }
            assertThrows(IllegalArgumentException.class, () -> mail.setTimeout(Timeout.COMMAND, -1));
            assertThrows(IllegalArgumentException.class, () -> mail.setTimeout(Timeout.COMMAND, Duration.ZERO));
            assertThrows(IllegalArgumentException.class, () -> mail.setTimeout(Timeout.COMMAND, Duration.ofSeconds(-1)));
            assertThrows(IllegalArgumentException.class, () -> mail.setCharSet("ISO-8859-1"));
            mail.setSMTPServer("localhost", server.port(), true);
            mail.setTimeout(Timeout.COMMAND, Duration.ofNanos(1));
            mail.setTimeout(Timeout.COMMAND, (Duration) null);
            assertEquals(Errors.UNDEF_RECIPIENT_MAIL, assertThrows(CSmtpException.class, () -> mail.addRecipient(null)).number());
            mail.send();
        }
    }

    @Test void highPortsArriveInC() {
        try (Mailer mail = new Mailer()) {
            mail.setSMTPServer("127.0.0.1", 65535, false);
            mail.setSenderMail("alice@test.example");
            mail.addRecipient("bob@test.example");
            CSmtpException e = assertThrows(CSmtpException.class, mail::send);
            assertTrue(e.getMessage().contains("127.0.0.1:65535"), e.getMessage());
        }
    }

    @Test void attachments(@TempDir Path folder) throws IOException {
        byte[] random = new byte[300_000];
        new Random(1).nextBytes(random);
        Path file = folder.resolve("file.bin");
        Files.write(file, random);
        AtomicInteger closed = new AtomicInteger();
        try (Mailer mail = Mails.to(server)) {
            mail.addAttachment(file);
            mail.addAttachmentAs(file, "Grüße.bin", "application/x-test");
            mail.addAttachmentData("data.bin", random);
            mail.addAttachmentStream("stream.bin", new ByteArrayInputStream(random));
            mail.addAttachmentReader("read.bin", null, random.length, () -> new ByteArrayInputStream(random) {
                @Override public void close() { closed.incrementAndGet(); }
            });
            mail.addAttachmentData("empty.bin", new byte[0]);
            mail.addInlineImageData("logo", "logo.png", null, random);
            mail.send();
            mail.send(); // the stream is opened again
        }
        String message = server.awaitMails(2, Duration.ofSeconds(10)).get(1).text().replace("\r\n", "");
        String expected = Base64.getEncoder().encodeToString(random);
        int found = 0;
        for (int at = 0; (at = message.indexOf(expected, at)) >= 0; at++) found++;
        assertEquals(6, found);
        assertTrue(closed.get() >= 2, "the streams were not closed");
    }

    @Test void aStreamThatFailsIsTheCause() {
        try (Mailer mail = Mails.to(server)) {
            IOException bad = new IOException("the disk is on fire");
            mail.addAttachmentReader("a.txt", () -> { throw bad; });
            CSmtpException e = assertThrows(CSmtpException.class, mail::send);
            assertEquals(Errors.MSG_BODY_ERROR, e.number());
            assertSame(bad, e.getCause());
            mail.delAttachments();
            mail.addAttachmentReader("b.txt", () -> new InputStream() {
                @Override public int read() { throw new IllegalStateException("closed"); }

                @Override public int read(byte[] into, int from, int most) { return most + 1; }
            });
            assertTrue(assertThrows(CSmtpException.class, mail::send).getCause().getMessage().contains("at most"));
            mail.delAttachments();
            mail.send();
            assertEquals(Outcome.ACCEPTED, mail.getOutcome());
        }
    }

    @Test void copiesShareNoReader() {
        try (Mailer mail = Mails.to(server)) {
            mail.addAttachmentReader("a.txt", () -> new ByteArrayInputStream("once".getBytes(StandardCharsets.UTF_8)));
            assertThrows(IllegalStateException.class, mail::copy);
            mail.clearMessage();
            mail.addRecipient("carol@test.example");
            mail.setLogCallback((direction, line) -> { throw new IllegalStateException("a copy has no callbacks"); });
            try (Mailer copy = mail.copy()) {
                copy.send();
                assertEquals(List.of("carol@test.example"), recipients(copy));
            }
        }
    }

    @Test void callbacks() {
        List<String> lines = new ArrayList<>();
        List<EventKind> events = new ArrayList<>();
        List<Long> octets = new ArrayList<>();
        try (Mailer mail = Mails.to(server)) {
            mail.setLogCallback((direction, line) -> lines.add(direction + " " + line));
            mail.setEventCallback(event -> {
                events.add(event.kind());
                if (event.kind() == EventKind.SENT) {
                    assertEquals("localhost:" + server.port(), event.server());
                    assertEquals(Outcome.ACCEPTED, event.outcome());
                    assertEquals(250, event.replyCode());
                    assertEquals(1, event.accepted());
                    assertTrue(event.octets() > 100 && event.total().compareTo(Duration.ZERO) > 0);
                }
            });
            mail.setProgressCallback((sent, total) -> {
                octets.add(sent);
                return false;
            });
            mail.send();
            mail.setLogCallback(null);
            int before = lines.size();
            mail.send();
            assertEquals(before, lines.size());
        }
        assertTrue(lines.contains("CLIENT QUIT"), lines.toString());
        assertFalse(String.join("", lines).contains(TestServer.PASSWORD));
        assertEquals(2, Collections.frequency(events, EventKind.SENT));
        assertEquals(Collections.frequency(events, EventKind.CONNECTED), Collections.frequency(events, EventKind.DISCONNECTED));
        assertFalse(octets.isEmpty());
    }

    @Test void exceptionsOfCallbacksAreThrown() {
        IllegalStateException bad = new IllegalStateException("the program is wrong");
        try (Mailer mail = Mails.to(server)) {
            mail.setLogCallback((direction, line) -> { throw bad; });
            assertSame(bad, assertThrows(IllegalStateException.class, mail::send));
            CSmtpException canceled = (CSmtpException) bad.getSuppressed()[0];
            assertEquals(Outcome.NOT_SENT, canceled.outcome());
            assertEquals("a callback has thrown an exception, and the call has failed: " + mail.getLastErrorText(), canceled.getMessage());
            mail.setLogCallback(null);

            IllegalStateException late = new IllegalStateException("after the mail was accepted");
            mail.setLogCallback((direction, line) -> {
                if (line.startsWith("221")) throw late;
            });
            assertSame(late, assertThrows(IllegalStateException.class, mail::send));
            CSmtpException accepted = (CSmtpException) late.getSuppressed()[0];
            assertEquals(Outcome.ACCEPTED, accepted.outcome());
            assertEquals(Outcome.ACCEPTED, mail.getOutcome());
            assertTrue(accepted.getMessage().startsWith("a callback has thrown an exception, " + (accepted.number() == 0 ? "but the call has succeeded" : "and the call has failed: ")), accepted.getMessage());
            mail.setLogCallback(null);

            mail.setProgressCallback((sent, total) -> { throw new ArithmeticException("progress"); });
            assertThrows(ArithmeticException.class, mail::send);
            mail.setProgressCallback((sent, total) -> true);
            assertEquals(Errors.CANCELED, assertThrows(CSmtpException.class, mail::send).number());
            mail.setProgressCallback(null);
            mail.send();
        }
    }

    @Test void closeInACallbackIsRefused() {
        Mailer mail = Mails.to(server);
        mail.setLogCallback((direction, line) -> mail.close());
        assertThrows(IllegalStateException.class, mail::send);
        mail.setLogCallback(null);
        mail.send();
        mail.close();
        mail.close();
        assertThrows(IllegalStateException.class, mail::getSubject);
        assertThrows(IllegalStateException.class, mail::send);
    }

    @Test void tokens() {
        try (Mailer mail = Mails.to(server)) {
            List<Boolean> refused = new ArrayList<>();
            mail.setTokenCallback(again -> {
                refused.add(again);
                return again ? TestServer.TOKEN : "an-old-token";
            });
            mail.send();
            assertEquals(List.of(false, true), refused);
            mail.setTokenCallback(again -> { throw new ArithmeticException("no token"); });
            assertThrows(ArithmeticException.class, mail::send);
            mail.setTokenCallback(again -> null);
            assertEquals(Errors.NO_TOKEN, assertThrows(CSmtpException.class, mail::send).number());
        }
    }

    @Test void logsToALogger() {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        System.Logger logger = new System.Logger() {
            @Override public String getName() { return "test"; }

            @Override public boolean isLoggable(Level level) { return level == Level.DEBUG; }

            @Override public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) { lines.add(text); }

            @Override public void log(Level level, ResourceBundle bundle, String format, Object... values) { lines.add(format); }
        };
        try (Mailer mail = Mails.to(server)) {
            mail.setLogger(logger);
            mail.send();
        }
        assertTrue(lines.contains("C: QUIT"), lines.toString());
        assertTrue(lines.stream().anyMatch(line -> line.startsWith("S: 250")));
    }

    @Test void batches() {
        try (Mailer mail = Mails.to(server); Mailer first = mail.copy(); Mailer second = mail.copy(); Mailer third = mail.copy()) {
            IOException bad = new IOException("unreadable");
            second.addAttachmentReader("a.txt", () -> { throw bad; });
            List<Optional<CSmtpException>> results = mail.sendBatch(List.of(first, second, third));
            assertEquals(Optional.empty(), results.get(0));
            assertEquals(Errors.MSG_BODY_ERROR, results.get(1).orElseThrow().number());
            assertSame(bad, results.get(1).orElseThrow().getCause());
            assertFalse(results.get(1).orElseThrow().getMessage().contains("a callback has thrown"), results.get(1).orElseThrow().getMessage());
            assertEquals(Optional.empty(), results.get(2));
            assertEquals(List.of(), mail.sendBatch(List.of()));

            ArithmeticException thrown = new ArithmeticException("log");
            mail.setLogCallback((direction, line) -> { throw thrown; });
            CSmtpException canceled = mail.sendBatch(List.of(first)).get(0).orElseThrow();
            assertSame(thrown, canceled.getCause());
            assertTrue(canceled.getMessage().startsWith("a callback has thrown an exception, and the call has failed: "), canceled.getMessage());
        }
        assertEquals(2, server.awaitMails(2, Duration.ofSeconds(10)).size());
    }

    @Test void completeMessages(@TempDir Path folder) throws IOException {
        try (Mailer mail = Mails.to(server)) {
            mail.setMessageID("<1@test.example>");
            mail.setDate(Instant.ofEpochSecond(1_700_000_000));
            byte[] message = mail.renderMessage();
            Path file = folder.resolve("mail.eml");
            mail.saveMessage(file);
            assertTrue(new String(message, StandardCharsets.UTF_8).contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"));
            mail.sendRaw(message);
            mail.sendRawFile(file);
            mail.sendRaw(message, "<>", "dave@test.example");
            List<ReceivedMail> mails = server.awaitMails(3, Duration.ofSeconds(10));
            assertEquals(List.of("bob@test.example"), mails.get(1).recipients());
            assertEquals(List.of("dave@test.example"), mails.get(2).recipients());
            assertArrayEquals(mails.get(0).raw(), mails.get(1).raw());
        }
    }

    @Test void sessions() {
        try (Mailer mail = Mails.to(server)) {
            assertEquals(Optional.empty(), mail.getExtension("SIZE"));
            mail.connectRemoteServer("localhost", server.port(), Security.USE_TLS);
            assertTrue(mail.getExtension("SIZE").orElseThrow().matches("[0-9]+"));
            assertTrue(mail.getTLSInfo().startsWith("TLS 1.3"), mail.getTLSInfo());
            assertTrue(mail.getPeerCertificate(0, CertificateField.PEM).startsWith("-----BEGIN CERTIFICATE-----"));
            mail.setTLSMinVersion(TLSVersion.TLS_1_3);
            mail.setTLSMinVersion(null);
            mail.send();
            mail.disconnectRemoteServer();
            assertEquals(Security.USE_TLS, mail.getSecurityType());
            mail.setXPriority(Priority.HIGH);
            assertEquals(Priority.HIGH, mail.getXPriority());
        }
    }
}
