// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.libcsmtp.testserver.TestServer;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * Plays every transcript in smtp/testdata and every built-in script of csmtp-testserver to a mailer, and
 * compares the results with those in the header of the transcript or script. The server sends each reply as a
 * whole, or in the delivery mode that the header names.
 */
class TranscriptsTest {
    private static final Path SMTP = Path.of(System.getProperty("csmtp.root", "../.."), "smtp");

    /** The header of a transcript: the lines "key: value" before the first blank line. */
    private static final class Header {
        private final Map<String, List<String>> lines = new HashMap<>();

        Header(Path path) throws IOException {
            for (String line : Files.readString(path).split("\n", -1)) {
                if (line.isEmpty()) break;
                int colon = line.indexOf(':');
                if (colon < 0 || line.startsWith("#")) continue;
                lines.computeIfAbsent(line.substring(0, colon), key -> new ArrayList<>()).add(line.substring(colon + 1).replaceAll("^ +| +$", ""));
            }
        }

        boolean has(String key) { return lines.containsKey(key); }

        String get(String key, String otherwise) { return has(key) ? lines.get(key).get(0) : otherwise; }

        String get(String key) { return get(key, ""); }

        List<String> all(String key) { return lines.getOrDefault(key, List.of()); }

        boolean yes(String key) { return get(key).equals("yes"); }
    }

    private static void settings(Mailer mail, Header h, String ca) {
        mail.setSecurityType(Map.of("starttls", Security.USE_TLS, "tls", Security.USE_SSL, "starttls-if-offered", Security.USE_TLS_IF_OFFERED)
            .getOrDefault(h.get("security"), Security.NO_SECURITY));
        mail.setCAFile(ca);
        mail.setVerifyPeer(!h.get("verify").equals("no"));
        mail.setLMTP(h.yes("lmtp"));
        mail.setPartialDelivery(h.yes("partial"));
        if (h.has("local-name")) mail.setLocalHostName(h.get("local-name"));
        if (h.has("mechanism")) mail.setAuthMechanism(h.get("mechanism"));
        if (h.yes("clear-login")) mail.setClearLogin(true);
        mail.setLoginRequired(h.yes("login-required"));
        if (h.has("token")) mail.setAccessToken(h.get("token"));
        if (h.has("timeout")) {
            for (Timeout step : Timeout.values()) {
                if (step != Timeout.TOTAL) mail.setTimeout(step, Integer.parseInt(h.get("timeout")));
            }
        }
    }

    private static void message(Mailer mail, Header h) {
        mail.setSenderMail(h.get("from", "sender@test.example"));
        mail.setSubject(h.get("subject", "A test"));
        h.all("to").forEach(mail::addRecipient);
        h.all("cc").forEach(mail::addCCRecipient);
        h.all("bcc").forEach(mail::addBCCRecipient);
        if (!h.has("to") && !h.has("cc") && !h.has("bcc")) mail.addRecipient("rcpt@test.example");
        (h.has("line") ? h.all("line") : List.of("Hello.")).forEach(mail::addMsgLine);
        if (h.has("attachment-size")) {
            byte[] data = new byte[Integer.parseInt(h.get("attachment-size"))];
            Arrays.fill(data, (byte) 'x');
            mail.addAttachmentData("data.bin", data);
        }
    }

    private static String kind(Kind kind) {
        switch (kind) {
        case NONE: return "";
        case CONNECT: return "dial";
        case TLS: return "TLS";
        default: return kind.name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Connects and sends as the header says, and returns the results. */
    private static Map<String, String> follow(Mailer mail, Header h, int port) {
        Map<String, String> said = new HashMap<>(Map.of("expect", "ok", "text", ""));
        int accepted = 0;
        boolean login = (h.has("login") || h.has("token")) && !h.get("authenticate").equals("no");
        try {
            mail.connectRemoteServer("localhost", port, Security.DO_NOT_SET, login, h.get("login"), h.get("password"));
            if (!h.get("action").equals("connect")) {
                for (int left = Integer.parseInt(h.get("mails", "1")); left > 0; left--) {
                    mail.send();
                    accepted++;
                }
            }
            mail.disconnectRemoteServer();
        } catch (CSmtpException e) {
            said.putAll(Map.of("expect", String.valueOf(e.number()), "text", e.getMessage(), "reply-code", String.valueOf(e.replyCode()),
                "enhanced-code", e.enhancedCode(), "kind", kind(e.kind())));
            if (!e.getMessage().equals(mail.getLastErrorText()) || !e.getMessage().startsWith(Mailer.errorText(e.number()))) {
                said.put("text", "not the library's text: " + e.getMessage());
            }
            if (e.phase() != mail.getPhase() || e.kind() != mail.getErrorKind() || e.isLoginError() != mail.isLoginError()
                || e.outcome() != mail.getOutcome() || e.isSafeToRetry() != mail.isSafeToRetry()) {
                said.put("kind", "not what the mailer says");
            }
        }
        said.put("accepted", String.valueOf(accepted));
        said.put("outcome", mail.getOutcome().name());
        said.put("safe-to-retry", mail.isSafeToRetry() ? "yes" : "no");
        return said;
    }

    /**
     * Plays a transcript or, if {@code ready} is true, a built-in script. Returns how the results differ from
     * those in the header of the transcript or script.
     */
    private static List<String> play(Path path, boolean ready) throws IOException {
        Header h = new Header(path);
        String[] options = ready ? new String[0]
            : new String[] {"--script", path.toString(), "--delivery", h.get("delivery", "whole"), "--once", "--for", "120s"};
        List<String> wrong = new ArrayList<>();
        Map<String, String> said;
        try (TestServer server = new TestServer(options); Mailer mail = new Mailer()) {
            if (ready) server.play(path.getFileName().toString().replace(".txt", ""));
            settings(mail, h, server.ca());
            message(mail, h);
            said = follow(mail, h, server.port());
            mail.close();
            try {
                if (ready) server.awaitPlayed(Duration.ofSeconds(60));
                else server.finish(Duration.ofSeconds(60));
            } catch (AssertionError e) {
                wrong.add(e.getMessage());
            }
        }
        for (String key : List.of("", "-outcome", "-safe-to-retry", "-accepted", "-reply-code", "-enhanced-code", "-kind")) {
            String expected = "expect" + key, found = said.get(key.isEmpty() ? "expect" : key.substring(1));
            if (h.has(expected) && !h.get(expected).equals(found)) wrong.add(expected + ": " + h.get(expected) + ", but got " + found);
        }
        String text = said.get("text");
        if (text.startsWith("not the library's text")) wrong.add(text);
        for (String key : List.of("expect-text", "expect-recipient")) {
            for (String part : h.all(key)) {
                if (!text.contains(part)) wrong.add(part + " is not in " + text);
            }
        }
        for (String key : List.of("password", "token")) {
            if (h.get(key).length() > 3 && said.toString().contains(h.get(key))) wrong.add("a secret is in " + said);
        }
        wrong.replaceAll(w -> path.getFileName() + ": " + w);
        return wrong;
    }

    private static TreeSet<Path> files(String folder) throws IOException {
        TreeSet<Path> paths = new TreeSet<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(SMTP.resolve(folder), "*.txt")) {
            found.forEach(paths::add);
        }
        return paths;
    }

    @Test void everyTranscript() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<List<String>>> played = new ArrayList<>();
        TreeSet<Path> transcripts = files("testdata"), scripts = files("smtptest/scripts");
        assertTrue(transcripts.size() > 100 && scripts.size() >= 10);
        transcripts.forEach(path -> played.add(threads.submit(() -> play(path, false))));
        scripts.forEach(path -> played.add(threads.submit(() -> play(path, true))));
        List<String> wrong = new ArrayList<>();
        for (Future<List<String>> p : played) wrong.addAll(p.get());
        threads.shutdown();
        assertEquals(List.of(), wrong, String.join("\n", wrong));
    }
}
