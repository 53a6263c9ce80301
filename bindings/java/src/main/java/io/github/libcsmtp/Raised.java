// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

/** An exception that a callback has thrown. */
final class Raised {
    final Throwable thrown;
    /**
     * Whether the stream of an attachment threw the exception. The function of C then fails with its
     * own error.
     */
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
            // Java, too, ignores an exception of such a handler.
        }
    }

    /**
     * Throws the exception, with result as a suppressed exception. result says what happened to the mail.
     */
    RuntimeException rethrown(CSmtpException result) {
        if (thrown != result) thrown.addSuppressed(result);
        return Raised.<RuntimeException>sneaky(thrown);
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T { throw (T) thrown; }
}
