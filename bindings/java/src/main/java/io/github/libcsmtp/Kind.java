// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/**
 * Kinds of errors: CSmtp_GetErrorKind. Errors in different steps of a session
 * can have the same kind. Later versions may add kinds.
 */
public enum Kind {
    /** no error */
    NONE(0),
    /** no address was found for the name of the server or the proxy */
    RESOLVE(1),
    /** the server or the proxy refused the connection, or cannot be reached */
    CONNECT(2),
    /** a reply did not arrive in time, or the connection was not established in time */
    TIMEOUT(3),
    /** the connection was closed or lost */
    CLOSED(4),
    /** certificate, TLS version or handshake */
    TLS(5),
    /** the server sent a refusal: see CSmtp_GetLastReplyCode */
    REFUSED(6),
    /** the reply is not valid SMTP, or not a reply to the command */
    PROTOCOL(7),
    /** the server does not offer what the settings or the message require */
    UNSUPPORTED(8),
    /** an error on this side: an argument, a setting, a text or a file */
    LOCAL(9),
    /** canceled by CSmtp_Cancel, CSmtp_Free or a callback */
    CANCELED(10),
    /** no access token could be obtained */
    TOKEN(11),
    /** A value that a later version of the library has added. */
    OTHER(-1);

    private final int number;

    Kind(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Kind of(int number) {
        for (Kind value : values()) {
            if (value.number == number) return value;
        }
        return OTHER;
    }
}
