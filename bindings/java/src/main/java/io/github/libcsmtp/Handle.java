// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import java.util.function.LongToIntFunction;

/** The base class of Mailer and Pool. It owns a handle of the library, and the callbacks of the handle. */
abstract class Handle implements AutoCloseable {
    static final Functions C = NativeLibrary.load();
    static final Cleaner CLEANER = Cleaner.create();

    final State state;
    private final Cleaner.Cleanable cleanable;
    /** The callbacks, by name. C has only the keys of the callbacks, so this map keeps the callbacks alive. */
    final Map<String, Holder> callbacks = new ConcurrentHashMap<>();

    Handle(long handle) {
        if (handle == 0) throw CSmtpException.of(0, C.GetLastError(0), null);
        state = new State(handle);
        cleanable = CLEANER.register(this, state);
    }

    /** Returns the handle. Throws an exception if this object is closed. */
    long handle() {
        long h = state.handle();
        if (h == 0) throw new IllegalStateException("this object is closed");
        return h;
    }

    /** Begins a call that rethrows the exceptions of this object's callbacks. */
    Call begin() { return new Call(state); }

    /**
     * Calls a function that returns an error number. Throws an exception if the function fails, or if a
     * callback throws an exception.
     */
    void call(LongToIntFunction function) {
        Platform.call(() -> {
            callHere(function);
            return null;
        });
    }

    private void callHere(LongToIntFunction function) {
        long h = handle();
        Call call = begin();
        try {
            call.check(state, h, function.applyAsInt(h));
        } finally {
            call.end();
            Reference.reachabilityFence(this);
        }
    }

    /** Calls a function that returns a value instead of an error number, and returns that value. */
    <T> T get(LongFunction<T> function) {
        try {
            return function.apply(handle());
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Sets a callback, or removes it if {@code function} is null. {@code set} calls the C function that
     * sets the callback, with the given address and the key of the callback, or with 0 and 0 to remove the
     * callback. C then calls the function at this address with this key.
     */
    void setCallback(String name, Object function, long address, CallbackSetter set) {
        if (function == null) {
            call(h -> set.set(h, 0, 0));
            callbacks.remove(name);
            return;
        }
        Holder holder = new Holder(state, function);
        Holder before = callbacks.get(name);
        call(h -> set.set(h, address, holder.key));
        callbacks.put(name, holder);
        Reference.reachabilityFence(before);
    }

    /** A C function that sets a callback. */
    interface CallbackSetter {
        int set(long handle, long address, long key);
    }

    /**
     * Cancels the calls that other threads are making on this object, and the asynchronous send of a mailer;
     * for a pool, cancels all mails. A callback can call cancel, too.
     */
    public void cancel() {
        get(h -> C.Cancel(h));
    }

    @Override public abstract void close();

    /** Frees the handle. */
    void free() {
        if (Holder.runs(state)) throw new IllegalStateException("close was called in a callback of the same object: call cancel instead");
        Platform.call(() -> {
            state.free();
            return null;
        });
        cleanable.clean(); // the cleaner need not free the handle any more
    }

    /**
     * Returns {@code value}. Throws an exception if it contains a NUL or half of a surrogate pair. C would
     * truncate the text at the NUL, and Java would convert the half pair to a question mark.
     */
    static String text(String name, String value) {
        if (value != null) octets(name, value);
        return value;
    }

    /** Converts a text to UTF-8. Exceptions do not quote the text, because it could be a password. */
    static byte[] octets(String name, String value) {
        if (value.indexOf('\0') >= 0) throw new IllegalArgumentException(name + " contains a NUL character");
        ByteBuffer encoded;
        try {
            encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " is not valid Unicode: it contains half of a surrogate pair");
        }
        byte[] octets = new byte[encoded.remaining()];
        encoded.get(octets);
        return octets;
    }

    static String path(Path path) { return path == null ? null : path.toString(); }

    static int unsigned(String name, int value) {
        if (value < 0) throw new IllegalArgumentException(name + " is negative: " + value);
        return value;
    }

    static int unsignedShort(String name, int value) {
        if (value < 0 || value > 0xffff) throw new IllegalArgumentException(name + " is not in the range from 0 to 65535: " + value);
        return value;
    }

    /** Converts a time limit to milliseconds. null means no limit. */
    static int milliseconds(Duration limit) {
        if (limit == null) return -1;
        if (limit.isNegative()) throw new IllegalArgumentException("the time limit is negative: " + limit);
        long longest = 0xfffffffeL;
        if (limit.getSeconds() > longest / 1000) return (int) longest;
        return (int) Math.min(longest, limit.plusNanos(999_999).toMillis());
    }
}
