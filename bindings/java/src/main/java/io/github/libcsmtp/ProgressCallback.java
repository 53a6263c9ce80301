// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Is told how much of a message has been sent. */
@FunctionalInterface
public interface ProgressCallback {
    /**
     * Returns true to cancel the send. sent and total are numbers of octets; total is -1 if it is not
     * known.
     */
    boolean cancels(long sent, long total);
}
