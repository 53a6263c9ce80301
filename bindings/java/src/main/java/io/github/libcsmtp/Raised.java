// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** An exception that a callback has thrown. */
final class Raised {
    final Throwable thrown;
    /**
     * Whether the stream of an attachment has thrown the exception. If so, the C function returns an error
     * of its own.
     */
    final boolean reader;

    Raised(Throwable thrown, boolean reader) {
        this.thrown = thrown;
        this.reader = reader;
    }

    /** Passes an exception to the thread's uncaught-exception handler, because no call can throw it. */
    static void uncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable t) {
            // Java itself also ignores an exception that this handler throws.
        }
    }

    /**
     * Throws the exception, after adding {@code result} to it as a suppressed exception. {@code result}
     * says what happened to the mail.
     */
    RuntimeException rethrown(CSmtpException result) {
        if (thrown != result) thrown.addSuppressed(result);
        return Raised.<RuntimeException>sneaky(thrown);
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T { throw (T) thrown; }
}
