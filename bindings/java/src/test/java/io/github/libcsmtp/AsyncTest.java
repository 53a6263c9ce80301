// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.libcsmtp.testserver.TestServer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AsyncTest {
    private static Throwable failure(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS)).getCause();
    }

    @Test void sendsAgainAfterTheFuture() throws Exception {
        try (TestServer server = new TestServer(); Mailer mail = Mails.to(server)) {
            for (int i = 0; i < 20; i++) mail.sendAsync().get(60, TimeUnit.SECONDS);
            mail.sendAsync().thenCompose(nothing -> mail.sendAsync()).get(60, TimeUnit.SECONDS);
            assertEquals(22, server.awaitMails(22, Duration.ofSeconds(10)).size());
        }
    }

    @Test void manyAtOnce() throws Exception {
        try (TestServer server = new TestServer()) {
            List<Mailer> mails = new ArrayList<>();
            List<CompletableFuture<Void>> sent = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                Mailer mail = Mails.to(server);
                mail.setLogCallback((direction, line) -> {
                    synchronized (lines) {
                        lines.add(line);
                    }
                });
                mails.add(mail);
                sent.add(mail.sendAsync());
            }
            CompletableFuture.allOf(sent.toArray(new CompletableFuture<?>[0])).get(120, TimeUnit.SECONDS);
            mails.forEach(Mailer::close);
            assertEquals(300, server.mails().size());
            assertTrue(lines.size() > 300);
        }
    }

    @Test void errorsAndExceptions() throws Exception {
        try (TestServer server = new TestServer(); Mailer mail = Mails.to(server)) {
            mail.setPassword("wrong");
            CSmtpException refused = (CSmtpException) failure(mail.sendAsync());
            assertEquals(Errors.BAD_LOGIN_PASS, refused.number());
            assertTrue(refused.isLoginError());
            mail.setPassword(TestServer.PASSWORD);

            ArithmeticException bad = new ArithmeticException("log");
            mail.setLogCallback((direction, line) -> { throw bad; });
            assertSame(bad, failure(mail.sendAsync()));
            assertEquals(Outcome.NOT_SENT, ((CSmtpException) bad.getSuppressed()[0]).outcome());
            assertTrue(bad.getSuppressed()[0].getMessage().startsWith("a callback has thrown an exception, and the call has failed: "), bad.getSuppressed()[0].getMessage());
            mail.setLogCallback(null);

            IOException unreadable = new IOException("unreadable");
            mail.addAttachmentReader("a.txt", () -> { throw unreadable; });
            CSmtpException error = (CSmtpException) failure(mail.sendAsync());
            assertEquals(Errors.MSG_BODY_ERROR, error.number());
            assertSame(unreadable, error.getCause());
            mail.delAttachments();
            mail.sendAsync().get(60, TimeUnit.SECONDS);
        }
    }

    @Test void cancelAndClose() throws Exception {
        try (TestServer server = new TestServer("--fault", "MAIL: stall")) {
            Mailer mail = Mails.to(server);
            CountDownLatch waits = new CountDownLatch(2);
            mail.setLogCallback((direction, line) -> {
                if (line.startsWith("MAIL")) waits.countDown();
            });
            CompletableFuture<Void> sending = mail.sendAsync();
            assertEquals(Errors.BUSY, assertThrows(CSmtpException.class, mail::sendAsync).number());
            assertTrue(sending.cancel(true));
            assertThrows(CancellationException.class, sending::join);
            assertEquals(Outcome.NOT_SENT, mail.getOutcome());
            for (int i = 0; i < 100; i++) { // the send must not complete the future before cancel does
                CompletableFuture<Void> again = mail.sendAsync();
                assertTrue(again.cancel(true));
                assertThrows(CancellationException.class, again::join);
                assertEquals(Outcome.NOT_SENT, mail.getOutcome());
            }

            AtomicReference<Throwable> ended = new AtomicReference<>();
            CompletableFuture<Void> next = mail.sendAsync().whenComplete((nothing, error) -> ended.set(error));
            mail.close();
            CSmtpException error = (CSmtpException) failure(next);
            assertEquals(Errors.CANCELED, error.number());
            assertEquals(Outcome.NOT_SENT, error.outcome());
            assertSame(error, ended.get());
        }
    }

    @Test void aMailIsSentThoughNobodyKeepsItsMailer() throws Exception {
        try (TestServer server = new TestServer()) {
            CompletableFuture<Void> sent = Mails.to(server).sendAsync();
            System.gc();
            sent.get(60, TimeUnit.SECONDS);
        }
    }

    @Test void mailersWithCallbacksAreCollected() throws Exception {
        List<Reference<Mailer>> unused = new ArrayList<>();
        long[] handles = new long[10];
        for (int i = 0; i < handles.length; i++) {
            Mailer mail = new Mailer();
            mail.setLogCallback((direction, line) -> mail.cancel());
            mail.addAttachmentReader("a.txt", () -> { throw new IOException(mail.getSubject()); });
            handles[i] = mail.handle();
            unused.add(new WeakReference<>(mail));
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int i = 0; i < handles.length; i++) {
            while (unused.get(i).get() != null || Handle.C.SetSubject(handles[i], "still there") != Errors.BAD_HANDLE) {
                assertTrue(System.nanoTime() < deadline, "a mailer was not freed");
                System.gc();
                Thread.sleep(10);
            }
        }
    }

    @Test void aTimeoutCancelsTheSend() throws Exception {
        try (TestServer server = new TestServer("--fault", "MAIL: stall"); Mailer mail = Mails.to(server)) {
            assertTrue(failure(mail.sendAsync().orTimeout(50, TimeUnit.MILLISECONDS)) instanceof TimeoutException);
            assertEquals(Outcome.NOT_SENT, mail.getOutcome());
            assertSame(null, mail.sendAsync().completeOnTimeout(null, 50, TimeUnit.MILLISECONDS).get(60, TimeUnit.SECONDS));
            assertEquals(Outcome.NOT_SENT, mail.getOutcome());
        }
    }

    /** Starts a virtual thread, or a platform thread before Java 21. */
    private static Thread startVirtual(Runnable run) throws Exception {
        try {
            return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, run);
        } catch (NoSuchMethodException e) {
            Thread thread = new Thread(run);
            thread.start();
            return thread;
        }
    }

    @Test void sendsInVirtualThreadsDoNotStopOthers() throws Exception {
        try (TestServer server = new TestServer("--fault", "MAIL: stall")) {
            List<Mailer> mails = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            List<Throwable> ends = Collections.synchronizedList(new ArrayList<>());
            int count = 4 * Runtime.getRuntime().availableProcessors();
            CountDownLatch stalled = new CountDownLatch(count);
            for (int i = 0; i < count; i++) {
                Mailer mail = Mails.to(server);
                mail.setLogCallback((direction, line) -> {
                    if (line.startsWith("MAIL")) stalled.countDown();
                });
                mails.add(mail);
                threads.add(startVirtual(() -> {
                    try {
                        mail.send();
                    } catch (CSmtpException e) {
                        ends.add(e);
                    }
                    assertEquals(Outcome.NOT_SENT, mail.getOutcome());
                }));
            }
            assertTrue(stalled.await(60, TimeUnit.SECONDS), "sends wait for each other");
            CountDownLatch other = new CountDownLatch(1);
            startVirtual(other::countDown);
            assertTrue(other.await(60, TimeUnit.SECONDS), "another virtual thread does not run");
            for (Mailer mail : mails) mail.cancel();
            for (Thread thread : threads) thread.join(60000);
            assertEquals(count, ends.size());
            for (Throwable end : ends) assertEquals(Errors.CANCELED, ((CSmtpException) end).number());
            mails.forEach(Mailer::close);
        }
    }

    private static long forgottenSession(TestServer server) {
        Mailer mail = Mails.to(server);
        mail.setTimeout(Timeout.QUIT, Duration.ofHours(1));
        mail.connectRemoteServer("localhost", server.port(), Security.USE_TLS);
        return mail.handle();
    }

    @Test void aServerThatDoesNotAnswerDoesNotDelayTheCleaner() throws Exception {
        try (TestServer server = new TestServer("--fault", "QUIT: stall")) {
            long[] handles = new long[3];
            for (int i = 0; i < handles.length; i++) handles[i] = forgottenSession(server);
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            for (long handle : handles) {
                while (Handle.C.SetSubject(handle, "still there") != Errors.BAD_HANDLE) {
                    assertTrue(System.nanoTime() < deadline, "a mailer was not freed");
                    System.gc();
                    Thread.sleep(10);
                }
            }
        }
    }
}
