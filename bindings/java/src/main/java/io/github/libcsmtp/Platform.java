// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Calls C functions for virtual threads. While a virtual thread executes a C function, it occupies
 * one of the few threads that run all virtual threads. A call that waits for a server would therefore stop
 * other virtual threads.
 */
final class Platform {
    /** The method Thread.isVirtual, or null before Java 21. */
    private static final MethodHandle IS_VIRTUAL = find();

    private Platform() {}

    private static MethodHandle find() {
        try {
            return MethodHandles.publicLookup().findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }

    static boolean isVirtual(Thread thread) {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(thread);
        } catch (Throwable t) {
            return false;
        }
    }

    /**
     * Calls {@code work}, and returns its result or throws its exception. If the current thread is
     * virtual, another thread calls {@code work} while the current thread waits.
     */
    static <T> T call(Supplier<T> work) {
        if (!isVirtual(Thread.currentThread())) return work.get();
        FutureTask<T> task = new FutureTask<>(work::get);
        Completion.EXECUTOR.execute(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // Thread.interrupt cannot end the call: wait again
                } catch (ExecutionException e) {
                    throw Raised.<RuntimeException>sneaky(e.getCause());
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
