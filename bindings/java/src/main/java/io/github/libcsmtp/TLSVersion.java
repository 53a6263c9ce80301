// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** TLS versions: CSmtp_SetTLSMinVersion and CSmtp_SetTLSMaxVersion. */
public enum TLSVersion {
    TLS_1_0(10),
    TLS_1_1(11),
    TLS_1_2(12),
    TLS_1_3(13);

    private final int number;

    TLSVersion(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static TLSVersion of(int number) {
        for (TLSVersion value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("TLSVersion has no value " + number);
    }
}
