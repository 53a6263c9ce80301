// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The threads that complete futures. A callback of the library does not complete a future itself, because
 * functions that depend on the future would then run in the callback. These threads also make calls for
 * virtual threads and for the cleaner.
 */
final class Completion {
    static final Executor EXECUTOR = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "csmtp-completion");
        thread.setDaemon(true);
        return thread;
    });

    private Completion() {}
}
