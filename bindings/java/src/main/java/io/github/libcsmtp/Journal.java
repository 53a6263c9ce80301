// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Records each attempt of a pool to send a mail. Several threads can call the methods at the same time. */
public interface Journal {
    /** Called before the first octet of a mail is sent. If it returns false, nothing is sent. */
    default boolean begin(String id, int relay, String messageId) { return true; }

    /**
     * Called at the end of each attempt for which {@code begin} returned true. Returns false if it could
     * not record the end.
     */
    default boolean end(String id, int relay, Outcome outcome, String queueId, String reply) { return true; }
}
