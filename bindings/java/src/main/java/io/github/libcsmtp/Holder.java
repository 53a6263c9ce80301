// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A callback of the program. C calls a function of {@link Callbacks} with the key of the callback, and the
 * function calls the callback. If the callback no longer exists, the function only returns a default result.
 */
final class Holder {
    /**
     * What makes the call fail if a callback throws an exception: the result that C then gets instead of the
     * callback's result (FAILS_BY_ITSELF), a cancellation (IS_CANCELED), or, for a callback that reads an
     * attachment, the result -1, which C treats as a read error (READER).
     */
    enum OnFailure { FAILS_BY_ITSELF, IS_CANCELED, READER }

    private static final Map<Long, Entry> ALL = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Holder> UNUSED = new ReferenceQueue<>();
    private static final AtomicLong KEYS = new AtomicLong();
    /** The objects whose callbacks are running on this thread. */
    private static final ThreadLocal<Deque<State>> RUNNING = ThreadLocal.withInitial(ArrayDeque::new);

    private static final class Entry extends WeakReference<Holder> {
        final long key;

        Entry(Holder holder) {
            super(holder, UNUSED);
            key = holder.key;
        }
    }

    final long key = KEYS.incrementAndGet();
    final State owner;
    final Object function;
    private Tokens tokens;

    Holder(State owner, Object function) {
        this.owner = owner;
        this.function = function;
        for (Reference<?> unused; (unused = UNUSED.poll()) != null;) ALL.remove(((Entry) unused).key);
        ALL.put(key, new Entry(this));
    }

    static Holder find(long key) {
        Entry entry = ALL.get(key);
        return entry == null ? null : entry.get();
    }

    /** Reports whether a callback of an object is running on this thread. */
    static boolean runs(State state) { return RUNNING.get().contains(state); }

    /**
     * Runs the callback and returns its result. An exception cannot pass through C: if the callback throws
     * one, run returns {@code failed}. When C has returned, the call during which the callback runs throws
     * the exception; in an asynchronous send, the future completes with it. In all other cases, the
     * exception is passed to the uncaught-exception handler.
     */
    <T> T run(OnFailure onFailure, T failed, Callable<T> callback) {
        Deque<State> running = RUNNING.get();
        running.push(owner);
        try {
            return callback.call();
        } catch (Throwable t) {
            raise(new Raised(t, onFailure == OnFailure.READER), onFailure == OnFailure.IS_CANCELED);
            return failed;
        } finally {
            running.pop();
        }
    }

    private void raise(Raised raised, boolean cancels) {
        Call call = Call.current();
        Sending sending = owner.sending;
        boolean kept = call != null ? call.raise(owner, raised) : sending != null && sending.raise(raised);
        if (!kept) Raised.uncaught(raised.thrown);
        else if (cancels) Handle.C.Cancel(owner.handle());
    }

    /**
     * Returns the address of a copy of a token. C makes its own copy as soon as the callback has returned.
     * The address is valid until the current call, if there is one, ends, or until this callback has been
     * called {@code Tokens.MOST} more times, whichever comes first.
     */
    synchronized long keep(byte[] token) {
        if (tokens == null) {
            tokens = new Tokens();
            Handle.CLEANER.register(this, tokens::clear);
        }
        long[] now = tokens.put(token);
        Call call = Call.current();
        if (call != null) call.atEnd(() -> tokens.release(now));
        return now[0];
    }

    /** Returns the number of tokens that are in memory. */
    synchronized int tokens() { return tokens == null ? 0 : tokens.count(); }

    /** The most recent copies of tokens. */
    private static final class Tokens {
        /**
         * The maximum number of copies. C needs only the last one, because it does not call a token callback
         * again before the previous call has returned.
         */
        private static final int MOST = 16;
        private final Deque<long[]> last = new ArrayDeque<>();

        synchronized long[] put(byte[] token) {
            long[] now = {Handle.C.allocate(token), token.length};
            last.addLast(now);
            if (last.size() > MOST) free(last.removeFirst());
            return now;
        }

        synchronized void release(long[] memory) {
            if (last.remove(memory)) free(memory);
        }

        synchronized int count() { return last.size(); }

        synchronized void clear() {
            last.forEach(Tokens::free);
            last.clear();
        }

        private static void free(long[] memory) { Handle.C.release(memory[0], memory[1]); }
    }
}
