// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Results of CSmtpReconcileFunction. */
public enum Delivery {
    /** it is not known whether the mail was delivered */
    UNKNOWN(0),
    /** the mail was delivered */
    DELIVERED(1),
    /** the mail was not delivered, and will not be delivered */
    NOT_DELIVERED(2);

    private final int number;

    Delivery(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Delivery of(int number) {
        for (Delivery value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("Delivery has no value " + number);
    }
}
