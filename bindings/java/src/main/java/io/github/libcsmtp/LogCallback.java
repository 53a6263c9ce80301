// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Receives the dialogue with the server. */
@FunctionalInterface
public interface LogCallback {
    /** Receives a line of the dialogue. Passwords and tokens in the line are masked. */
    void log(Direction direction, String line);
}
