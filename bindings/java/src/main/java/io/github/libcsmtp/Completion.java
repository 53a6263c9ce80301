// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The threads that complete futures, so that functions that depend on a future do not run in a callback
 * of the library. They also make calls for virtual threads and for the cleaner.
 */
final class Completion {
    static final Executor EXECUTOR = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "csmtp-completion");
        thread.setDaemon(true);
        return thread;
    });

    private Completion() {}
}
