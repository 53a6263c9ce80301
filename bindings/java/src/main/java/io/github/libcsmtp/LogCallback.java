// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Receives the dialogue with the server. */
@FunctionalInterface
public interface LogCallback {
    /** Receives a line, in which passwords and tokens are masked. */
    void log(Direction direction, String line);
}
