// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The Java functions that C calls. */
final class Callbacks {
    /**
     * A function that is called when an asynchronous send is over, or when the outcome of a mail of a pool
     * is known.
     */
    interface Done {
        void done(long handle, int number);
    }

    private static final Map<Long, Done> WAITING = new ConcurrentHashMap<>();
    private static final AtomicLong KEYS = new AtomicLong();

    private Callbacks() {}

    /**
     * Registers a function until it is called or forgotten. Returns the key of the function, which C
     * passes to {@link #done}.
     */
    static long await(Done done) {
        long key = KEYS.incrementAndGet();
        WAITING.put(key, done);
        return key;
    }

    static void forget(long key) { WAITING.remove(key); }

    static void done(long user, long h, int error) {
        try {
            Done done = WAITING.remove(user);
            if (done != null) done.done(h, error);
        } catch (Throwable t) {
            Raised.uncaught(t);
        }
    }

    static long read(long user, long buffer, long capacity) {
        Holder h = Holder.find(user);
        return h == null ? -1 : h.run(Holder.OnFailure.READER, -1L, () -> ((Reader) h.function).read(buffer, capacity));
    }

    static long token(long user, int refused) {
        Holder h = Holder.find(user);
        return h == null ? 0 : h.run(Holder.OnFailure.IS_CANCELED, 0L, () -> {
            String token = ((TokenCallback) h.function).token(refused != 0);
            return token == null ? 0L : h.keep(Handle.octets("token", token));
        });
    }

    static int progress(long user, long sent, long total) {
        Holder h = Holder.find(user);
        return h == null ? 0 : h.run(Holder.OnFailure.FAILS_BY_ITSELF, 1, () -> ((ProgressCallback) h.function).cancels(sent, total) ? 1 : 0);
    }

    static void log(long user, int direction, long line) {
        Holder h = Holder.find(user);
        if (h != null) h.run(Holder.OnFailure.IS_CANCELED, null, () -> {
            ((LogCallback) h.function).log(Direction.of(direction), Handle.C.text(line));
            return null;
        });
    }

    static void event(long user, long event) {
        Holder h = Holder.find(user);
        if (h != null) h.run(Holder.OnFailure.IS_CANCELED, null, () -> {
            @SuppressWarnings("unchecked") Consumer<Event> function = (Consumer<Event>) h.function;
            function.accept(new Event(new EventMembers(Handle.C, event)));
            return null;
        });
    }

    static int sending(long user, long id, int relay, long messageId) {
        Holder h = Holder.find(user);
        return h == null ? 1 : h.run(Holder.OnFailure.FAILS_BY_ITSELF, 1,
            () -> ((Journal) h.function).begin(Handle.C.text(id), relay, Handle.C.text(messageId)) ? 0 : 1);
    }

    static int ended(long user, long id, int relay, int outcome, long queueId, long reply) {
        Holder h = Holder.find(user);
        return h == null ? 1 : h.run(Holder.OnFailure.FAILS_BY_ITSELF, 1,
            () -> ((Journal) h.function).end(Handle.C.text(id), relay, Outcome.of(outcome), Handle.C.text(queueId), Handle.C.text(reply)) ? 0 : 1);
    }

    static int reconcile(long user, long id, int relay, long messageId) {
        Holder h = Holder.find(user);
        return h == null ? Delivery.UNKNOWN.number() : h.run(Holder.OnFailure.FAILS_BY_ITSELF, Delivery.UNKNOWN.number(), () -> {
            Delivery found = ((Reconciler) h.function).reconcile(Handle.C.text(id), relay, Handle.C.text(messageId));
            return (found == null ? Delivery.UNKNOWN : found).number();
        });
    }
}
