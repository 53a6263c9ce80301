// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** The result of a mail that a pool has sent. */
public final class PoolMail {
    private final Outcome outcome;
    private final String reply;
    private final String queueId;
    private final String messageId;

    PoolMail(long handle) {
        outcome = Outcome.of(Handle.C.GetOutcome(handle));
        reply = Handle.C.GetLastReply(handle);
        queueId = Handle.C.GetQueueID(handle);
        messageId = Handle.C.GetMessageID(handle);
    }

    /** Returns ACCEPTED or PARTIAL. */
    public Outcome outcome() { return outcome; }

    /** Returns the server's reply. */
    public String reply() { return reply; }

    /** Returns the server's queue id; "" if the reply contains none. */
    public String queueId() { return queueId; }

    /** Returns the Message-ID. */
    public String messageId() { return messageId; }

    @Override public String toString() { return outcome + " " + messageId + ": " + reply; }
}
