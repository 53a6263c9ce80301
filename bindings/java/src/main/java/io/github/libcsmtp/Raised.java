// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** What a callback has thrown. */
final class Raised {
    final Throwable thrown;
    /** Whether a stream could not be read. The function of C then fails by itself. */
    final boolean reader;

    Raised(Throwable thrown, boolean reader) {
        this.thrown = thrown;
        this.reader = reader;
    }

    /** Reports an exception that no call can throw. */
    static void uncaught(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable t) {
            // As Java does with an exception of a handler.
        }
    }

    /** Throws the exception of a callback. It keeps the result of the call, which says what happened to the mail. */
    RuntimeException rethrown(CSmtpException result) {
        if (thrown != result) thrown.addSuppressed(result);
        return Raised.<RuntimeException>sneaky(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T { throw (T) thrown; }
}
