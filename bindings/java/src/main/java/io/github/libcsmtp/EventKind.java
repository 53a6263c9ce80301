// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/**
 * Kinds of events: CSmtp_SetEventCallback. Each mail that a call or a pool
 * tries to send has exactly one of the events SENT, REFUSED, DOUBT and FAILED.
 * Each CONNECTED is followed by exactly one DISCONNECTED. Later versions may
 * add kinds.
 */
public enum EventKind {
    /** a connection was opened */
    CONNECTED(1),
    /** no connection could be opened */
    NOT_CONNECTED(2),
    /** the TLS handshake has succeeded */
    TLS(3),
    /** the server has accepted the login */
    LOGIN(4),
    /** the login has failed */
    LOGIN_FAILED(5),
    /** the session is ready for mails */
    READY(6),
    /** the connection has ended; 'error' is 0 if the library has ended it */
    DISCONNECTED(7),
    /** a mail was accepted for all or some of its recipients */
    SENT(8),
    /** a mail was refused with 4yz or 5yz */
    REFUSED(9),
    /** the outcome of a mail is CSMTP_IN_DOUBT */
    DOUBT(10),
    /** a mail was not sent */
    FAILED(11),
    /** an attempt has failed because of the server; the mail is sent over another session if possible */
    RETRY(12),
    /** a relay of a pool gets no mail for the time that 'total' gives */
    PAUSED(13),
    /** a relay of a pool works again */
    RESUMED(14),
    /** A value that a later version of the library has added. */
    OTHER(-1);

    private final int number;

    EventKind(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static EventKind of(int number) {
        for (EventKind value : values()) {
            if (value.number == number) return value;
        }
        return OTHER;
    }
}
