// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.libcsmtp.testserver.TestServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PoolTest {
    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach void collect() { Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown)); }

    @AfterEach void stop() { Thread.setDefaultUncaughtExceptionHandler(null); }

    private static Pool pool(TestServer server) {
        Pool pool = new Pool();
        try (Mailer relay = Mails.to(server)) {
            pool.addRelay(relay, "first");
        }
        return pool;
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception { return future.get(60, TimeUnit.SECONDS); }

    private static Throwable failure(CompletableFuture<?> future) { return assertThrows(ExecutionException.class, () -> get(future)).getCause(); }

    @Test void submits() throws Exception {
        Set<String> begun = ConcurrentHashMap.newKeySet(), ended = ConcurrentHashMap.newKeySet();
        AtomicInteger sent = new AtomicInteger();
        try (TestServer server = new TestServer(); Pool pool = pool(server); Mailer mail = Mails.to(server)) {
            pool.setJournal(new Journal() {
                @Override public boolean begin(String id, int relay, String messageId) { return begun.add(id) && messageId.startsWith("<"); }

                @Override public boolean end(String id, int relay, Outcome outcome, String queueId, String reply) {
                    return outcome == Outcome.ACCEPTED && reply.startsWith("250") && ended.add(id);
                }
            });
            pool.setEventCallback(event -> {
                if (event.kind() == EventKind.SENT && event.name().equals("first")) sent.incrementAndGet();
            });
            List<CompletableFuture<PoolMail>> mails = new ArrayList<>();
            for (int i = 0; i < 100; i++) mails.add(pool.submit(mail, "mail-" + i, null));
            assertTrue(pool.drain(Duration.ofSeconds(60)));
            for (CompletableFuture<PoolMail> m : mails) {
                assertEquals(Outcome.ACCEPTED, get(m).outcome());
                assertTrue(get(m).messageId().startsWith("<"));
            }
            assertEquals(Errors.CANCELED, assertThrows(CSmtpException.class, () -> pool.submit(mail)).number());
            assertEquals(100, pool.getCount(0, RelayCount.SENT));
            assertEquals("first", pool.getRelayName(0));
            assertEquals(100, server.mails().size());
        }
        assertEquals(100, begun.size());
        assertEquals(begun, ended);
        assertEquals(100, sent.get());
        assertEquals(List.of(), uncaught);
    }

    @Test void anUnreadableStreamFailsOnlyItsMail() throws Exception {
        try (TestServer server = new TestServer(); Pool pool = pool(server); Mailer good = Mails.to(server); Mailer bad = Mails.to(server)) {
            IOException unreadable = new IOException("unreadable");
            bad.addAttachmentReader("a.txt", () -> { throw unreadable; });
            good.addAttachmentReader("b.txt", () -> new ByteArrayInputStream(new byte[100_000]));
            List<CompletableFuture<PoolMail>> mails = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                mails.add(pool.submit(good));
                assertSame(unreadable, assertThrows(CSmtpException.class, () -> pool.submit(bad)).getCause());
                assertSame(unreadable, assertThrows(CSmtpException.class, () -> pool.send(bad)).getCause());
            }
            for (CompletableFuture<PoolMail> m : mails) assertEquals(Outcome.ACCEPTED, get(m).outcome());
            bad.setSubject("no exception is left over");
            good.close();
        }
        assertEquals(List.of(), uncaught);
    }

    @Test void exceptionsOfCallbacksHideNoOutcome() throws Exception {
        for (boolean inWait : new boolean[] {false, true}) {
            uncaught.clear();
            try (TestServer server = new TestServer(); Pool pool = pool(server); Mailer mail = Mails.to(server)) {
                ArithmeticException wrong = new ArithmeticException("begin");
                pool.setCallbacksInWait(inWait);
                pool.setEventCallback(event -> { throw wrong; });
                pool.setJournal(new Journal() {
                    @Override public boolean begin(String id, int relay, String messageId) {
                        if (id.equals("wrong")) throw wrong;
                        return true;
                    }
                });
                CompletableFuture<PoolMail> refused = pool.submit(mail, "wrong", null), sent = pool.submit(mail, "right", null);
                pool.send(mail);
                assertEquals(Outcome.ACCEPTED, mail.getOutcome());
                assertTrue(pool.await(Duration.ofSeconds(60)));
                CSmtpException error = (CSmtpException) failure(refused);
                assertEquals(Errors.CANCELED, error.number());
                assertEquals(Outcome.NOT_SENT, error.outcome());
                assertEquals(Outcome.ACCEPTED, get(sent).outcome());
                assertEquals(2, server.mails().size());
            }
            assertFalse(uncaught.isEmpty());
        }
    }

    @Test void callbacksOfRelaysOutliveTheMailers() throws Exception {
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        try (TestServer server = new TestServer(); Pool pool = new Pool(); Mailer mail = Mails.to(server)) {
            Mailer relay = Mails.to(server);
            relay.setLogCallback((direction, line) -> lines.add(line));
            relay.setTokenCallback(refused -> TestServer.TOKEN);
            pool.addRelay(relay);
            relay.setLogCallback((direction, line) -> { throw new IllegalStateException("the pool has the old callback"); });
            relay.setTokenCallback(null);
            relay.close();
            for (int i = 0; i < 5; i++) System.gc();
            get(pool.submit(mail));
        }
        assertTrue(String.join("\n", lines).contains("AUTH"), lines.toString());
        assertEquals(List.of(), uncaught);
    }

    @Test void manyTokensAtOnce() throws Exception {
        try (TestServer server = new TestServer(); Pool pool = new Pool(); Mailer mail = Mails.to(server)) {
            AtomicInteger asked = new AtomicInteger();
            for (int i = 0; i < 10; i++) {
                try (Mailer relay = Mails.to(server)) {
                    relay.setTokenCallback(refused -> {
                        asked.incrementAndGet();
                        System.gc();
                        return TestServer.TOKEN;
                    });
                    pool.addRelay(relay);
                }
            }
            List<CompletableFuture<PoolMail>> mails = new ArrayList<>();
            for (int i = 0; i < 100; i++) mails.add(pool.submit(mail));
            for (CompletableFuture<PoolMail> m : mails) get(m);
            assertTrue(asked.get() >= 10);
        }
    }

    @Test void reconcilesAndRefusesToClose() throws Exception {
        try (TestServer server = new TestServer("--fault", "end of data#1: close"); Pool pool = pool(server); Mailer mail = Mails.to(server)) {
            List<String> asked = Collections.synchronizedList(new ArrayList<>());
            pool.setReconcile((id, relay, messageId) -> {
                asked.add(id);
                assertThrows(IllegalStateException.class, pool::close);
                return Delivery.DELIVERED;
            });
            assertEquals(Outcome.ACCEPTED, get(pool.submit(mail, "doubtful", null)).outcome());
            assertEquals(List.of("doubtful"), asked);
        }
        assertEquals(List.of(), uncaught);
    }

    @Test void cancelsOneMail() throws Exception {
        try (TestServer server = new TestServer(); Pool pool = new Pool(); Mailer mail = Mails.to(server)) {
            pool.addRelay(mail);
            pool.setRate(0, 1, 3600);
            get(pool.submit(mail));
            CompletableFuture<PoolMail> waits = pool.submit(mail, "waits", null), other = pool.submit(mail, "other", null);
            assertFalse(pool.await(Duration.ofMillis(10)));
            assertTrue(waits.cancel(true));
            CSmtpException canceled = (CSmtpException) failure(waits);
            assertEquals(Errors.CANCELED, canceled.number());
            assertEquals(Outcome.NOT_SENT, canceled.outcome());
            assertFalse(waits.cancel(true));
            CompletableFuture<PoolMail> late = pool.submit(mail, "late", null).orTimeout(1, TimeUnit.MILLISECONDS);
            assertTrue(failure(late) instanceof TimeoutException);
            pool.cancel();
            assertEquals(Errors.CANCELED, ((CSmtpException) failure(other)).number());
            assertTrue(pool.await(Duration.ofSeconds(60)));
            assertThrows(IllegalArgumentException.class, () -> pool.await(Duration.ofSeconds(-1)));
            assertThrows(IllegalArgumentException.class, () -> pool.setSessions(0, -1));
            pool.setQueue(1);
            pool.submit(mail);
            assertEquals(Errors.BUSY, assertThrows(CSmtpException.class, () -> pool.submit(mail, null, Duration.ofMillis(5))).number());
        }
    }

    @Test void aCanceledMailReportsThatItIsInDoubt() throws Exception {
        try (TestServer server = new TestServer("--fault", "end of data: stall"); Pool pool = new Pool(); Mailer mail = Mails.to(server)) {
            CountDownLatch content = new CountDownLatch(1);
            mail.setLogCallback((direction, line) -> {
                if (line.startsWith("354")) content.countDown();
            });
            pool.addRelay(mail);
            CompletableFuture<PoolMail> future = pool.submit(mail);
            assertTrue(content.await(60, TimeUnit.SECONDS));
            Thread.sleep(200);
            assertTrue(future.cancel(true));
            assertEquals(Outcome.IN_DOUBT, ((CSmtpException) failure(future)).outcome());
        }
    }

    @Test void addRelayReturnsTheNumberOfItsRelay() throws Exception {
        try (Pool pool = new Pool()) {
            List<Thread> threads = new ArrayList<>();
            List<String> wrong = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 8; i++) {
                String name = "relay" + i;
                threads.add(new Thread(() -> {
                    try (Mailer relay = new Mailer()) {
                        relay.setSMTPServer("localhost", 1);
                        int number = pool.addRelay(relay, name);
                        if (!pool.getRelayName(number).equals(name)) wrong.add(name);
                    }
                }));
            }
            for (Thread thread : threads) thread.start();
            for (Thread thread : threads) thread.join();
            assertEquals(List.of(), wrong);
        }
    }

    @Test void anExceptionInAPoolDoesNotCancelTheMailersOwnSend() throws Exception {
        try (TestServer server = new TestServer("--fault", "MAIL#1: stall"); Pool pool = new Pool(); Mailer relay = Mails.to(server); Mailer mail = Mails.to(server)) {
            ArithmeticException wrong = new ArithmeticException("log");
            CountDownLatch stalled = new CountDownLatch(1);
            mail.setSenderMail("pool@test.example");
            relay.setLogCallback((direction, line) -> {
                if (line.contains("pool@test.example")) throw wrong;
                if (line.startsWith("MAIL")) stalled.countDown();
            });
            pool.addRelay(relay);
            CompletableFuture<Void> sending = relay.sendAsync();
            assertTrue(stalled.await(60, TimeUnit.SECONDS));
            assertEquals(Outcome.ACCEPTED, get(pool.submit(mail)).outcome());
            assertTrue(uncaught.contains(wrong));
            relay.cancel();
            CSmtpException error = (CSmtpException) failure(sending);
            assertEquals(Errors.CANCELED, error.number());
        }
    }

    @Test void tokensDoNotStayInMemory() throws Exception {
        try (TestServer server = new TestServer(); Mailer mail = Mails.to(server)) {
            AtomicInteger asked = new AtomicInteger();
            mail.setTokenCallback(refused -> {
                asked.incrementAndGet();
                return TestServer.TOKEN;
            });
            mail.send();
            assertTrue(asked.get() > 0);
            Holder holder = mail.callbacks.get("token");
            assertEquals(0, holder.tokens());
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 100; i++) threads.add(new Thread(() -> holder.keep(new byte[10])));
            for (Thread thread : threads) thread.start();
            for (Thread thread : threads) thread.join();
            assertTrue(holder.tokens() <= 16, holder.tokens() + " tokens");
        }
    }
}
