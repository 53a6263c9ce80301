// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Statistics of a relay: CSmtp_PoolGetCount. */
public enum RelayCount {
    /** mails that the relay accepted, for all or some of the recipients */
    SENT(0),
    /** mails that the relay refused with 4yz or 5yz */
    REFUSED(1),
    /** mails whose outcome is CSMTP_IN_DOUBT */
    DOUBTFUL(2),
    /** attempts that failed before the relay could accept the mail */
    FAILED(3),
    /** sessions that are open, or being opened */
    SESSIONS(4),
    /** mails that are being sent */
    ACTIVE(5),
    /** 0: the relay works; 1: the relay is paused after a failure; 2: one mail is being sent to test it */
    HEALTH(6),
    /** milliseconds until the relay's pause ends */
    PAUSE(7),
    /** mails that the relay accepted in the last minute */
    RATE(8);

    private final int number;

    RelayCount(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static RelayCount of(int number) {
        for (RelayCount value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("RelayCount has no value " + number);
    }
}
