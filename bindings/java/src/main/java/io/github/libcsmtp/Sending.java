// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.concurrent.CompletableFuture;

/** The future of a sendAsync. It keeps the mailer alive until the send has ended. */
final class Sending extends CompletableFuture<Void> implements Callbacks.Done {
    private final Mailer mailer;
    private final long handle;
    private Raised raised;
    private boolean ended;
    private Throwable failure;

    Sending(Mailer mailer, long handle) {
        this.mailer = mailer;
        this.handle = handle;
    }

    /**
     * Records an exception of a callback. Only the first exception is kept. Returns false if the send has
     * ended.
     */
    synchronized boolean raise(Raised exception) {
        if (ended) return false;
        if (raised == null) raised = exception;
        return true;
    }

    @Override public void done(long h, int number) {
        synchronized (this) {
            ended = true;
            if (raised != null && !raised.reader) {
                failure = raised.thrown;
                failure.addSuppressed(CSmtpException.afterCallback(h, number, null));
            } else if (number != 0) {
                failure = CSmtpException.of(h, number, raised == null ? null : raised.thrown);
            }
        }
        Completion.EXECUTOR.execute(this::complete);
    }

    /** Waits until {@code done} has returned, because the mailer is busy until then. */
    void await() {
        while (Handle.C.Wait(handle, 1000) == Errors.BUSY) continue;
    }

    private void complete() {
        await();
        if (mailer.state.sending == this) mailer.state.sending = null;
        if (failure == null) complete(null);
        else completeExceptionally(failure);
    }

    /** Cancels the send. The mailer stays busy until the send has ended. */
    @Override public boolean cancel(boolean mayInterruptIfRunning) {
        boolean canceled = super.cancel(mayInterruptIfRunning); // first: the send can end before cancelSend returns
        cancelSend();
        return canceled;
    }

    /** Cancels the send if it has not ended. orTimeout calls this method. */
    @Override public boolean completeExceptionally(Throwable exception) {
        boolean completed = super.completeExceptionally(exception);
        cancelSend();
        return completed;
    }

    /** Cancels the send if it has not ended. completeOnTimeout calls this method. */
    @Override public boolean complete(Void nothing) {
        boolean completed = super.complete(nothing);
        cancelSend();
        return completed;
    }

    private synchronized void cancelSend() {
        if (!ended) Handle.C.Cancel(handle);
    }
}
