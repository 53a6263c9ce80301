// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/**
 * Steps with a timeout: CSmtp_SetTimeout. The defaults, in milliseconds, are in
 * brackets.
 */
public enum Timeout {
    /** connecting to one server: the total for all its addresses [60,000] */
    CONNECT(0),
    /** the TLS handshake [60,000] */
    TLS(1),
    /** the greeting [300,000] */
    GREETING(2),
    /** any reply not listed here [300,000] */
    COMMAND(3),
    /** the reply 354 to DATA [120,000] */
    DATA_INIT(4),
    /** each write of the message [180,000] */
    DATA_BLOCK(5),
    /** the reply after the message [600,000] */
    DATA_END(6),
    /** the reply to QUIT [5,000] */
    QUIT(7),
    /** one call in total [0, no limit] */
    TOTAL(8);

    private final int number;

    Timeout(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Timeout of(int number) {
        for (Timeout value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("Timeout has no value " + number);
    }
}
