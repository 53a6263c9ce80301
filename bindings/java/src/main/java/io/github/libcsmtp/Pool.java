// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.lang.ref.Reference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Sends many mails over several relays: see docs/pool.md. All threads can use a pool at the same time.
 * Callbacks run on threads of the library, several at a time, unless setCallbacksInWait is called. A journal
 * method that throws an exception counts as one that returns false; a Reconciler that throws counts as one
 * that returns UNKNOWN. If a callback throws an exception, the exception is passed to the uncaught-exception
 * handler of the callback's thread. No method of the pool throws it, because the method may be waiting for
 * other mails.
 */
public final class Pool extends PoolMethods {
    /** The callbacks of the relays. The pool calls them even if the mailers of the relays are closed. */
    private final Collection<Holder> kept = new ConcurrentLinkedQueue<>();

    /** A lock that is held while a relay is added, so that addRelay returns the number of its own relay. */
    private final Lock adding = new ReentrantLock();
    private int relays;

    /** Makes a pool without relays. */
    public Pool() { super(C.PoolNew()); }

    /**
     * Begins a call that does not rethrow the exceptions of the pool's callbacks, because these callbacks can
     * belong to other mails.
     */
    @Override Call begin() { return new Call(); }

    /** Adds a relay. The name of the relay is that of its server. Returns the number of the relay. */
    public int addRelay(Mailer relay) { return addRelay(relay, null); }

    /**
     * Adds a relay with the current settings, log callback and token callback of a mailer. The mailer can be
     * changed or closed afterwards. {@code name} is the name of the relay in error texts. Returns the number
     * of the relay, which setWeight and other methods take. The first relay has the number 0.
     */
    public int addRelay(Mailer relay, String name) {
        text("name", name);
        return Platform.call(() -> addRelayHere(relay, name));
    }

    private int addRelayHere(Mailer relay, String name) {
        long copy = relay.get(C::Clone);
        if (copy == 0) throw CSmtpException.of(0, C.GetLastError(0), null);
        adding.lock();
        try {
            lend(relay, "log", copy, C.logFunction(), C::SetLogCallback);
            lend(relay, "token", copy, C.tokenFunction(), C::SetTokenCallback);
            call(h -> C.PoolAddRelay(h, copy, name));
            return relays++;
        } finally {
            adding.unlock();
            C.Free(copy);
        }
    }

    /**
     * Sets a callback of a mailer in the copy of the mailer that the pool gets. In the copy, the callback
     * belongs to the pool, so calls on the mailer do not throw the exceptions of the callback.
     */
    private void lend(Mailer relay, String name, long copy, long address, CallbackSetter set) {
        Holder original = relay.callbacks.get(name);
        if (original == null) return;
        Holder holder = new Holder(state, original.function);
        kept.add(holder);
        int number = set.set(copy, address, holder.key);
        if (number != 0) throw CSmtpException.of(copy, number, null);
    }

    /**
     * Sets the journal, which records each attempt. Call setJournal before the first mail. null removes the
     * journal.
     */
    public void setJournal(Journal journal) {
        setCallback("journal", journal, 1, (h, address, key) ->
            C.PoolSetJournal(h, address == 0 ? 0 : C.sendingFunction(), address == 0 ? 0 : C.endedFunction(), key));
    }

    /**
     * Sets the function that finds out whether a mail in doubt was delivered. Call setReconcile before the
     * first mail. null removes the function.
     */
    public void setReconcile(Reconciler function) {
        setCallback("reconcile", function, C.reconcileFunction(), C::PoolSetReconcile);
    }

    /**
     * Sets a function that is called with each event of the relays and mails, one event at a time. null
     * removes it.
     */
    public void setEventCallback(Consumer<Event> function) {
        setCallback("event", function, C.eventFunction(), C::SetEventCallback);
    }

    /**
     * Sends a mail and waits for the outcome. The getters of {@code mail} then report on the outcome. If an
     * attachment cannot be read, the cause of the CSmtpException is the exception of the attachment's stream.
     */
    public void send(Mailer mail) {
        Platform.call(() -> {
            sendHere(mail);
            return null;
        });
    }

    private void sendHere(Mailer mail) {
        long h = handle(), m = mail.handle();
        Call call = new Call(mail.state);
        try {
            int number = C.PoolSend(h, m);
            call.check(mail.state, number == 0 || C.GetLastError(m) == number ? m : h, number);
        } finally {
            call.end();
            Reference.reachabilityFence(this);
            Reference.reachabilityFence(mail);
        }
    }

    /**
     * The same as submit(mail, null, null): the id in the journal is the Message-ID, and there is no time
     * limit.
     */
    public CompletableFuture<PoolMail> submit(Mailer mail) { return submit(mail, null, null); }

    /**
     * Puts a copy of a mail in the queue; the mail can be changed or closed afterwards. {@code id} identifies
     * the mail in the journal; null means the Message-ID. If the queue is full, submit waits for at most the
     * time {@code timeout} (null means no limit). If the queue is then still full, submit throws a
     * CSmtpException with the number BUSY.
     *
     * <p>If the mail was not accepted, the future completes with a CSmtpException. The method {@code cancel}
     * of the future cancels the mail, or returns false if the outcome of the mail is already known. A future
     * that was canceled still completes with what happened to the mail: normally if the mail had already been
     * accepted, and otherwise with a CSmtpException that has the number CANCELED and the outcome. orTimeout
     * cancels the mail, too, but the future then completes at once.
     */
    public CompletableFuture<PoolMail> submit(Mailer mail, String id, Duration timeout) {
        return Platform.call(() -> submitHere(mail, id, timeout));
    }

    private CompletableFuture<PoolMail> submitHere(Mailer mail, String id, Duration timeout) {
        text("id", id);
        long h = handle(), m = mail.handle();
        int limit = milliseconds(timeout);
        long[] copied = new long[1];
        Submitted submitted = new Submitted(this, new ArrayList<>(mail.readers));
        long key = Callbacks.await(submitted);
        boolean started = false;
        Call call = new Call(mail.state);
        try {
            call.check(mail.state, h, C.PoolSubmit(h, m, id, limit, C.doneFunction(), key, copied));
            started = true;
            submitted.copied(copied[0]);
        } finally {
            call.end();
            if (!started) Callbacks.forget(key);
            Reference.reachabilityFence(mail);
        }
        return submitted;
    }

    /**
     * Waits until no mails are pending, but at most for the time {@code limit}. null means no limit. Returns
     * false if some mails are still pending.
     */
    public boolean await(Duration limit) { return waited(limit, C::PoolWait); }

    /** Makes the pool refuse further mails, and waits as await does. */
    public boolean drain(Duration limit) { return waited(limit, C::PoolDrain); }

    private interface Wait {
        int function(long handle, int milliseconds);
    }

    private boolean waited(Duration limit, Wait wait) {
        int milliseconds = milliseconds(limit);
        boolean[] busy = new boolean[1];
        call(h -> {
            int number = wait.function(h, milliseconds);
            busy[0] = number == Errors.BUSY && !Holder.runs(state);
            return busy[0] ? 0 : number;
        });
        return !busy[0];
    }

    /**
     * Cancels all mails, waits until their callbacks have returned, and closes the sessions. To let the
     * mails be sent instead, call drain first. A callback of this pool cannot call close.
     */
    @Override public void close() { free(); }

    /** The future of a mail in the queue. It keeps the pool alive until the outcome of the mail is known. */
    private static final class Submitted extends CompletableFuture<PoolMail> implements Callbacks.Done {
        private final Pool pool;
        private final List<Holder> readers;
        private long copy;
        private boolean ended;

        Submitted(Pool pool, List<Holder> readers) {
            this.pool = pool;
            this.readers = readers;
        }

        synchronized void copied(long handle) { copy = handle; }

        @Override public void done(long h, int number) {
            synchronized (this) {
                ended = true;
            }
            if (number == 0) {
                PoolMail mail = new PoolMail(h);
                Completion.EXECUTOR.execute(() -> complete(mail));
            } else {
                CSmtpException error = CSmtpException.of(h, number, null);
                Completion.EXECUTOR.execute(() -> completeExceptionally(error));
            }
            Reference.reachabilityFence(pool);
            Reference.reachabilityFence(readers);
        }

        /** Cancels the mail. The future completes when the outcome of the mail is known. */
        @Override public boolean cancel(boolean mayInterruptIfRunning) { return !isDone() && cancelMail(); }

        /** Cancels the mail if its outcome is not yet known. orTimeout calls this method. */
        @Override public boolean completeExceptionally(Throwable exception) {
            cancelMail();
            return super.completeExceptionally(exception);
        }

        /** Cancels the mail if its outcome is not yet known. completeOnTimeout calls this method. */
        @Override public boolean complete(PoolMail mail) {
            cancelMail();
            return super.complete(mail);
        }

        private synchronized boolean cancelMail() {
            if (ended) return false;
            if (copy != 0) C.Cancel(copy);
            return true;
        }
    }
}
