// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** Records each attempt of a pool to send a mail. The methods may be called by several threads at a time. */
public interface Journal {
    /** Is called before the first octet of a mail is sent. If it returns false, nothing is sent. */
    default boolean begin(String id, int relay, String messageId) { return true; }

    /** Is called after each begin that has returned true. It returns false if the end could not be recorded. */
    default boolean end(String id, int relay, Outcome outcome, String queueId, String reply) { return true; }
}
