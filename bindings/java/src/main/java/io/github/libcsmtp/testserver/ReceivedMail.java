// SPDX-License-Identifier: MIT
package io.github.libcsmtp.testserver;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A mail that the server has received. */
public final class ReceivedMail {
    private final TestServer server;
    private final Map<String, Object> said;

    ReceivedMail(TestServer server, Map<String, Object> said) {
        this.server = server;
        this.said = said;
    }

    /** Returns the number of the mail, counted from 1. */
    public int number() { return ((Double) said.get("number")).intValue(); }

    /** Returns the reverse-path. */
    public String sender() { return (String) said.get("from"); }

    /** Returns the recipients of the envelope. */
    public List<String> recipients() {
        return Json.list(said.get("recipients")).stream().map(r -> (String) Json.object(r).get("address")).collect(Collectors.toList());
    }

    /** Returns the subject, decoded. */
    public String subject() { return (String) said.get("subject"); }

    /** Returns the login of the session, or "" if there was no login. */
    public String login() { return (String) said.get("login"); }

    /** Returns the TLS version; "" without TLS. */
    public String tls() { return (String) said.get("tls"); }

    /** Returns the content, octet for octet. */
    public byte[] raw() { return server.request("GET", "mails/" + number() + ".eml", null, 30); }

    /** Returns the content as UTF-8. */
    public String text() { return new String(raw(), StandardCharsets.UTF_8); }

    /** Returns the lines of the session in which the mail was received, with secrets masked. */
    public List<String> dialogue() {
        Object session = server.json("GET", "sessions/" + ((Double) said.get("session")).intValue(), null, 30);
        return Json.list(Json.object(session).get("dialogue")).stream().map(line -> (String) line).collect(Collectors.toList());
    }
}
