// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Fields of a certificate: CSmtp_GetPeerCertificate. */
public enum CertificateField {
    /** the certificate in PEM form */
    PEM(0),
    /** "CN=mail.example.com,O=Example" (RFC 2253) */
    SUBJECT(1),
    /** in the same form */
    ISSUER(2),
    /** host names and IP addresses for which the certificate is valid, separated by spaces */
    NAMES(3),
    /** "2026-01-31T12:00:00Z" (RFC 3339) */
    NOT_BEFORE(4),
    /** in the same form */
    NOT_AFTER(5),
    /** "RSA 2048", "ECDSA P-256" or "Ed25519" */
    KEY(6),
    /** the hash of the public key, in the form that CSmtp_SetPinnedPublicKey accepts */
    PIN(7);

    private final int number;

    CertificateField(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static CertificateField of(int number) {
        for (CertificateField value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("CertificateField has no value " + number);
    }
}
