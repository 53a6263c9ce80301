// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Outcomes of a send: CSmtp_GetOutcome. */
public enum Outcome {
    /** the mail was not sent, or not completely, so it was not delivered */
    NOT_SENT(0),
    /** accepted for all recipients */
    ACCEPTED(1),
    /** accepted for some recipients */
    PARTIAL(2),
    /** refused with 4yz: try again later */
    REJECTED_TEMPORARY(3),
    /** refused with 5yz: do not send the same mail again */
    REJECTED_PERMANENT(4),
    /** the whole message was sent, but the reply to it did not arrive or cannot be identified (RFC 1047) */
    IN_DOUBT(5),
    /** A value that a later version of the library has added. */
    OTHER(-1);

    private final int number;

    Outcome(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Outcome of(int number) {
        for (Outcome value : values()) {
            if (value.number == number) return value;
        }
        return OTHER;
    }
}
