// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The threads that complete futures, so that what depends on them does not run in a callback of the library. */
final class Completion {
    static final Executor EXECUTOR = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "csmtp-completion");
        thread.setDaemon(true);
        return thread;
    });

    private Completion() {}
}
