// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Receives the number of octets of a message that have been sent. */
@FunctionalInterface
public interface ProgressCallback {
    /**
     * Returns true to cancel the send. {@code sent} is the number of octets sent so far. {@code total}
     * is the number of all octets, or -1 if it is not known.
     */
    boolean cancels(long sent, long total);
}
