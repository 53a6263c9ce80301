// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** Priorities: CSmtp_SetXPriority. */
public enum Priority {
    HIGH(2),
    NORMAL(3),
    LOW(4);

    private final int number;

    Priority(int number) { this.number = number; }

    /** Returns the value that this constant has in csmtp_c.h. */
    public int number() { return number; }

    static Priority of(int number) {
        for (Priority value : values()) {
            if (value.number == number) return value;
        }
        throw new IllegalArgumentException("Priority has no value " + number);
    }
}
