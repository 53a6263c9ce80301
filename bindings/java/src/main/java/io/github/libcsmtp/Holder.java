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
 * A callback of the program. C gets its key. The functions that C calls exist as long as the
 * program, and ignore the key of a callback that no longer exists.
 */
final class Holder {
    /** What happens to the call during which a callback throws an exception. */
    enum OnFailure { FAILS_BY_ITSELF, IS_CANCELED, READER }

    private static final Map<Long, Entry> ALL = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Holder> UNUSED = new ReferenceQueue<>();
    private static final AtomicLong KEYS = new AtomicLong();
    /** The handles whose callbacks run on this thread. */
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

    /** Reports whether a callback of a handle runs on this thread. */
    static boolean runs(State state) { return RUNNING.get().contains(state); }

    /** Runs the callback. An exception cannot pass through C: the call throws it after it has ended. */
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

    /** Returns the address of a copy of a token. It is valid until this thread asks for the next one. */
    synchronized long keep(byte[] token) {
        if (tokens == null) {
            tokens = new Tokens();
            Handle.CLEANER.register(this, tokens::clear);
        }
        return tokens.put(token);
    }

    /** The memory of the last token that each thread has returned to C. */
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
