// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * An event of a mailer or a pool: see CSmtpEvent in csmtp_c.h. Numbers that do not apply to an event
 * are 0.
 */
public final class Event {
    private final EventMembers m;

    Event(EventMembers members) { m = members; }

    private static Duration took(long microseconds) { return Duration.of(microseconds, ChronoUnit.MICROS); }

    /** Returns the kind of the event. */
    public EventKind kind() { return EventKind.of(m.kind); }

    /**
     * Returns the number of the relay in the pool. The result is -1 for an event of a mail that was given to
     * no relay, and 0 for an event of a mailer.
     */
    public int relay() { return m.relay; }

    /** Returns the name of the relay; in an event of a mailer, "". */
    public String name() { return m.name; }

    /** Returns the server as "host:port"; "" if there was no session. */
    public String server() { return m.server; }

    /** Returns the outcome of the mail. */
    public Outcome outcome() { return Outcome.of(m.outcome); }

    /** Returns the error number. */
    public int error() { return m.error; }

    /** Returns the code of the last reply, such as 250. */
    public int replyCode() { return m.replyCode; }

    /** Returns the number of attempts to send the mail so far. */
    public int attempts() { return m.attempts; }

    /** Returns the number of recipients of the mail. */
    public int recipients() { return m.recipients; }

    /** Returns the number of recipients for whom the mail was accepted. */
    public int accepted() { return m.accepted; }

    /** Returns the size of the message in octets; 0 if the message was not sent completely. */
    public long octets() { return m.octets; }

    /** Returns how long it took to look up the address. */
    public Duration resolve() { return took(m.resolve); }

    /** Returns how long it took to connect. */
    public Duration connect() { return took(m.connect); }

    /** Returns how long the TLS handshake took. */
    public Duration tls() { return took(m.tls); }

    /** Returns how long the client waited for the greeting. */
    public Duration greeting() { return took(m.greeting); }

    /** Returns how long EHLO and STARTTLS took. */
    public Duration ehlo() { return took(m.ehlo); }

    /** Returns how long the login took. */
    public Duration login() { return took(m.login); }

    /** Returns how long MAIL, RCPT and the reply to DATA took. */
    public Duration envelope() { return took(m.envelope); }

    /** Returns how long it took to send the message. */
    public Duration content() { return took(m.content); }

    /** Returns how long the client waited for the reply after the message. */
    public Duration reply() { return took(m.reply); }

    /**
     * In an event of a session, returns the time since the session began to connect. In an event of a mail,
     * returns the time since send or submit was called. In an event of the kind PAUSED, returns the length
     * of the pause.
     */
    public Duration total() { return took(m.total); }

    @Override public String toString() { return kind() + (m.server.isEmpty() ? "" : " " + m.server) + (m.error == 0 ? "" : ", error " + m.error); }
}
