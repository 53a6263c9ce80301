// SPDX-License-Identifier: MIT
package io.github.libcsmtp.testserver;

import io.github.libcsmtp.Resources;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs csmtp-testserver, a mail server for tests that listens on a loopback address, and reads the mails that
 * the server has received. This class does not use the library, so it can also test programs that do not use
 * the library. docs/testing.md is an introduction.
 *
 * <p>The server ends when it is closed or when the program ends, and after one hour at the latest. Its
 * executable is the file that the environment variable CSMTP_TESTSERVER names, or else the one in a jar, or
 * else the one in PATH.
 */
public final class TestServer implements AutoCloseable {
    /** The login that the server accepts, unless the option --user is given. */
    public static final String USER = "alice@test.example";
    /** The password of this login. */
    public static final String PASSWORD = "s3cret pass";
    /** The access token that the server accepts. */
    public static final String TOKEN = "good-token";

    private static final String PROGRAM = "csmtp-testserver" + (System.getProperty("os.name").startsWith("Windows") ? ".exe" : "");

    private final Path folder;
    private final Path extracted;
    private final Process process;
    private final Map<String, String> ready = new HashMap<>();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();

    /**
     * Starts a server. {@code options} are command-line options of csmtp-testserver: new
     * TestServer("--certificate", "expired").
     */
    public TestServer(String... options) {
        Path copy = null;
        try {
            folder = Files.createTempDirectory("csmtp-testserver-");
        } catch (IOException e) {
            throw new ServerException("cannot create a temporary folder: " + e.getMessage(), e);
        }
        try {
            String program = System.getenv("CSMTP_TESTSERVER");
            if (program == null || program.isEmpty()) {
                copy = Resources.extract(PROGRAM);
                if (copy != null && !copy.toFile().setExecutable(true, true)) throw new IOException(copy + " cannot be made executable");
                program = copy == null ? PROGRAM : copy.toString();
            }
            List<String> command = new ArrayList<>(List.of(program, "--dir", folder.toString(), "--for", "1h", "--stdin"));
            command.addAll(List.of(options));
            process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(folder.resolve("output.txt").toFile()).start();
        } catch (IOException e) {
            if (copy != null) Resources.delete(copy);
            folder.toFile().delete();
            throw new ServerException("csmtp-testserver cannot be started: add the jar with the classifier testserver, or set CSMTP_TESTSERVER to its path (" + e.getMessage() + ")", e);
        }
        extracted = copy;
        Path file = folder.resolve("ready");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(file)) {
            if (!process.isAlive() || System.nanoTime() > deadline) throw new ServerException("csmtp-testserver did not start: " + end().trim());
            pause();
        }
        try {
            for (String line : Files.readAllLines(file)) ready.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
        } catch (IOException e) {
            throw new ServerException(end(), e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted", e);
        }
    }

    /** Returns the address that the server listens on. */
    public String host() { return ready.get("host"); }

    /** Returns the port for SMTP with STARTTLS. */
    public int port() { return Integer.parseInt(ready.get("port")); }

    /** Returns the port for implicit TLS. */
    public int tlsPort() { return Integer.parseInt(ready.get("tls_port")); }

    /** Returns the path of the certificate of the CA that issued the server's certificate. */
    public String ca() { return ready.get("ca"); }

    /** Returns the address of the page that shows the mails. */
    public String url() { return ready.get("http"); }

    /** Returns the mails received so far, oldest first. */
    public List<ReceivedMail> mails() { return mails(json("GET", "mails", null, 30)); }

    private List<ReceivedMail> mails(Object said) {
        return Json.list(Json.object(said).get("mails")).stream().map(mail -> new ReceivedMail(this, Json.object(mail))).collect(Collectors.toList());
    }

    /**
     * Waits at most ten seconds for the first mail since the start or the last clear, and returns that
     * mail.
     */
    public ReceivedMail awaitMail() { return awaitMails(1, Duration.ofSeconds(10)).get(0); }

    /**
     * Waits until {@code count} mails have been received since the start or the last clear, and returns all
     * mails received since then. Throws ServerException if there are fewer after the time limit.
     */
    public List<ReceivedMail> awaitMails(int count, Duration timeout) {
        return mails(json("GET", "mails?wait=" + count + "&timeout=" + seconds(timeout), null, timeout.getSeconds() + 30));
    }

    private static String seconds(Duration timeout) { return String.valueOf(timeout.toMillis() / 1000.0); }

    /** Deletes all mails and sessions from the server. */
    public void clear() { request("DELETE", "mails", null, 30); }

    /**
     * Makes the server answer the next clients as a script says. {@code script} is the name of a built-in
     * script, or the text of a script.
     */
    public void play(String script) {
        json("PUT", "script", "{\"" + (script.contains("\n") ? "text" : "name") + "\": " + Json.quoted(script) + "}", 30);
    }

    /** Ends the script: the server answers as usual again. */
    public void endScript() { request("DELETE", "script", null, 30); }

    /**
     * Waits until the script has been played to its end. Throws AssertionError if the client did not follow
     * the script or if no script is set, and ServerException if the script has not ended after the time limit.
     */
    public void awaitPlayed(Duration timeout) {
        Map<String, Object> said = Json.object(json("GET", "script?wait=" + seconds(timeout), null, timeout.getSeconds() + 30));
        if ("none".equals(said.get("state"))) {
            throw new AssertionError("no script is set");
        }
        if (!"played".equals(said.get("state"))) {
            throw new AssertionError(said.get("error") == null ? "the state of the script is " + said.get("state") : said.get("error").toString());
        }
    }

    /**
     * Waits until the server ends by itself, as with the option --once. Returns the output of the server.
     * Throws AssertionError if the server reports a failure, and ServerException if the server has not ended
     * after the time limit.
     */
    public String finish(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) throw new ServerException("csmtp-testserver has not ended");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted", e);
        }
        int status = process.exitValue();
        String output = end();
        if (status != 0) throw new AssertionError(output);
        return output;
    }

    /** Stops the server. */
    @Override public void close() { end(); }

    private synchronized String end() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        String output = "";
        if (extracted != null) Resources.delete(extracted);
        if (!Files.exists(folder)) return output;
        try (Stream<Path> files = Files.walk(folder)) {
            output = new String(Files.readAllBytes(folder.resolve("output.txt")), StandardCharsets.UTF_8);
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new ServerException("the folder of csmtp-testserver cannot be deleted", e);
        }
        return output;
    }

    Object json(String method, String path, String body, long seconds) {
        String text = new String(request(method, path, body, seconds), StandardCharsets.UTF_8);
        return text.isEmpty() ? null : Json.parse(text);
    }

    byte[] request(String method, String path, String body, long seconds) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "api/" + path)).timeout(Duration.ofSeconds(seconds));
        if (body != null) request.header("Content-Type", "application/json");
        request.method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try {
            HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() >= 400) throw new ServerException(error(response.body()));
            return response.body();
        } catch (IOException e) {
            throw new ServerException("csmtp-testserver does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerException("interrupted", e);
        }
    }

    private static String error(byte[] octets) {
        String text = new String(octets, StandardCharsets.UTF_8).trim();
        try {
            Map<String, Object> said = Json.object(Json.parse(text));
            return said.get("error") != null ? said.get("error").toString() : "the script " + said.get("name") + " is still " + said.get("state");
        } catch (RuntimeException e) {
            return text;
        }
    }
}
