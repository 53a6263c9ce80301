// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Kinds of lines: CSmtp_SetLogCallback. */
public enum Direction {
    /** a line sent to the server */
    CLIENT(0),
    /** a line received from the server */
    SERVER(1),
    /** an event such as "connected to 192.0.2.1:587" */
    EVENT(2),
    /** A value that a later version of the library has added. */
    OTHER(-1);

    private final int number;

    Direction(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Direction of(int number) {
        for (Direction value : values()) {
            if (value.number == number) return value;
        }
        return OTHER;
    }
}
