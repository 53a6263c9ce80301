// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The handle of a Mailer or a Pool. A State does not refer to that object, so the object can be
 * garbage-collected. The cleaner then frees the handle.
 */
final class State implements Runnable {
    private final AtomicLong handle;
    /** The asynchronous send in progress, or null. Its callbacks run on threads of the library. */
    volatile Sending sending;

    State(long handle) { this.handle = new AtomicLong(handle); }

    long handle() { return handle.get(); }

    /** Frees the handle. Returns when the session has ended. */
    void free() {
        long h = handle.getAndSet(0);
        if (h != 0) Handle.C.Free(h);
    }

    /**
     * Frees the handle on another thread. The cleaner has one thread for all objects, and a server that does
     * not answer QUIT must not delay the cleaner.
     */
    @Override public void run() {
        if (handle.get() != 0) Completion.EXECUTOR.execute(this::free);
    }
}
