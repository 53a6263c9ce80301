// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Security types: CSmtp_SetSecurityType and CSmtp_ConnectRemoteServer. */
public enum Security {
    /** no TLS */
    NO_SECURITY(0),
    /** STARTTLS, required (RFC 3207) */
    USE_TLS(1),
    /** implicit TLS (RFC 8314) */
    USE_SSL(2),
    /** leaves the security type unchanged */
    DO_NOT_SET(3),
    /** STARTTLS if offered, else no TLS and no login */
    USE_TLS_IF_OFFERED(4);

    private final int number;

    Security(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Security of(int number) {
        for (Security value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("Security has no value " + number);
    }
}
