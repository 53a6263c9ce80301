// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The handle of a Mailer or a Pool. A State does not refer to that object, so when the object has been
 * garbage-collected, the cleaner frees the handle.
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
     * Frees the handle on another thread: a server that does not answer QUIT must not delay the cleaner,
     * which has one thread for all objects.
     */
    @Override public void run() {
        if (handle.get() != 0) Completion.EXECUTOR.execute(this::free);
    }
}
