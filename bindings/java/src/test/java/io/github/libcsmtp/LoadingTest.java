// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LoadingTest {
    /** A program that runs in another process, so that it loads the library anew. */
    public static final class Program {
        public static void main(String[] args) {
            if (args.length > 0) {
                Mailer mail = new Mailer();
                mail.setSMTPServer(args[0], Integer.parseInt(args[1]), false);
                mail.setSenderMail("alice@test.example");
                mail.addRecipient("bob@test.example");
                mail.setLogCallback((direction, line) -> { });
                mail.sendAsync(); // the program ends while the mail is being sent
            }
            System.out.println(Mailer.version());
        }
    }

    private static String run(List<String> options, String library, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(options);
        command.add(Program.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("CSMTP_LIBRARY", library);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + said.trim();
    }

    @Test void theChosenWayCallsC() {
        assertEquals(System.getProperty("csmtp.backend", "JnaFunctions"), Handle.C.getClass().getSimpleName());
        assertEquals(Version.VERSION, Mailer.version());
    }

    @Test void aMissingLibraryIsNamed() throws Exception {
        for (String jna : List.of("true", "false")) {
            String said = run(List.of("-Dcsmtp.jna=" + jna), "/no/such/libcsmtp.so");
            assertTrue(said.contains("UnsatisfiedLinkError: /no/such/libcsmtp.so cannot be loaded: use a jar that contains the library for " + Resources.platform()), said);
        }
    }

    @Test void aProgramEndsWhileAMailIsBeingSent() throws Exception {
        String library = System.getenv("CSMTP_LIBRARY");
        if (library == null) library = "";
        for (String jna : List.of("true", "false")) {
            try (var server = new io.github.libcsmtp.testserver.TestServer("--fault", "MAIL: stall")) {
                String said = run(List.of("-Dcsmtp.jna=" + jna), library, "localhost", String.valueOf(server.port()));
                assertTrue(said.startsWith("0 ") && said.endsWith(Version.VERSION), said);
            }
        }
    }

    /** Checks that each function of csmtp_c.h is called by a method. */
    @Test void everyFunctionIsUsed() throws IOException {
        TreeSet<String> unused = new TreeSet<>();
        for (var method : Functions.class.getMethods()) {
            if (Character.isUpperCase(method.getName().charAt(0))) unused.add(method.getName());
        }
        assertTrue(unused.size() > 130);
        Path sources = Path.of("src/main/java/io/github/libcsmtp");
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(sources)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.getFileName().toString().matches("(Functions|JnaFunctions)\\.java") && Files.isRegularFile(file)) text.append(Files.readString(file));
            }
        }
        unused.removeIf(name -> text.toString().matches("(?s).*\\b([Cc]|functions)(\\.|::)" + name + "\\b.*"));
        unused.remove("Poll"); // Java has futures instead
        assertEquals(new TreeSet<String>(), unused);
    }
}
