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
 * A callback of the program. C calls a function of {@link Callbacks} with the key of the callback. These
 * functions exist until the program ends, and ignore the key of a callback that no longer exists.
 */
final class Holder {
    /**
     * What ends the call of C if a callback throws an exception: the result that the callback then
     * returns, a cancellation, or, for a callback that reads an attachment, the read error.
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
     * Runs the callback and returns its result. An exception cannot pass through C: run then returns
     * failed, and the call during which the callback runs throws the exception when C has returned.
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

    /** Returns the address of a copy of a token. The copy is valid until this thread calls keep again. */
    synchronized long keep(byte[] token) {
        if (tokens == null) {
            tokens = new Tokens();
            Handle.CLEANER.register(this, tokens::clear);
        }
        return tokens.put(token);
    }

    /** The copies of tokens: for each thread, the one that it returned to C last. */
    private static final class Tokens {
        private final Map<Long, long[]> last = new ConcurrentHashMap<>();

        long put(byte[] token) {
            long[] now = {Handle.C.allocate(token), token.length};
            free(last.put(Thread.currentThread().getId(), now));
            return now[0];
        }

        void clear() {
            last.values().forEach(Tokens::free);
            last.clear();
        }

        private static void free(long[] memory) {
            if (memory != null) Handle.C.release(memory[0], memory[1]);
        }
    }
}
