// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Steps of a session: CSmtp_GetPhase. */
public enum Phase {
    /** no error, or an error that belongs to no step */
    NONE(0),
    /** looking up the address of the server or the proxy */
    RESOLVE(1),
    /** connecting */
    CONNECT(2),
    /** the TLS handshake, also after STARTTLS */
    TLS(3),
    /** the greeting */
    GREETING(4),
    /** EHLO, HELO or LHLO */
    EHLO(5),
    /** STARTTLS */
    STARTTLS(6),
    /** the login */
    AUTH(7),
    /** MAIL */
    MAIL(8),
    /** RCPT */
    RCPT(9),
    /** DATA, up to the reply 354 */
    DATA(10),
    /** sending the message, after DATA or with BDAT */
    CONTENT(11),
    /** the reply after the message */
    END_OF_DATA(12),
    /** RSET */
    RSET(13),
    /** NOOP */
    NOOP(14),
    /** QUIT */
    QUIT(15),
    /** A value that a later version of the library has added. */
    OTHER(-1);

    private final int number;

    Phase(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Phase of(int number) {
        for (Phase value : values()) {
            if (value.number == number) return value;
        }
        return OTHER;
    }
}
