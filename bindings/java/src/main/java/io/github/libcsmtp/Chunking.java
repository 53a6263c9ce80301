// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Ways to transmit the message: CSmtp_SetChunking. */
public enum Chunking {
    /** DATA */
    DATA(0),
    /** BDAT, if the server offers CHUNKING (RFC 3030) */
    BDAT(1),
    /** BDAT with unencoded attachments, if the server also offers BINARYMIME */
    BINARY(2);

    private final int number;

    Chunking(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Chunking of(int number) {
        for (Chunking value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("Chunking has no value " + number);
    }
}
