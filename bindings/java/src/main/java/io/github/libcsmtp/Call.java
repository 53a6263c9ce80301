// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A call to a C function on the current thread. It records the exceptions of the callbacks that run
 * during the call.
 */
final class Call {
    private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

    private final Call outer = CURRENT.get();
    private final Map<State, Raised> raised = new HashMap<>();
    private final List<Runnable> ends = new ArrayList<>();

    /** Begins a call that rethrows the exceptions thrown by callbacks of the given objects. */
    Call(State... states) {
        for (State s : states) raised.put(s, null);
        CURRENT.set(this);
    }

    static Call current() { return CURRENT.get(); }

    /** Registers a function to be called when the C function has returned. */
    void atEnd(Runnable end) { ends.add(end); }

    void end() {
        ends.forEach(Runnable::run);
        if (outer == null) CURRENT.remove();
        else CURRENT.set(outer);
    }

    /**
     * Records an exception that a callback of an object has thrown. Only the first exception of each object
     * is kept. Returns false if this call does not rethrow the exceptions of that object's callbacks.
     */
    boolean raise(State state, Raised exception) {
        if (!raised.containsKey(state)) return false;
        if (raised.get(state) == null) raised.put(state, exception);
        return true;
    }

    /** Returns the recorded exception of an object's callbacks, or null. */
    Raised raised(State state) { return raised.get(state); }

    /**
     * Throws the recorded exception of a callback, if there is one and it does not come from the stream of
     * an attachment. Otherwise, throws the error of the call if {@code number} is not 0; the exception of a
     * stream is the cause of that error.
     */
    void check(State state, long handle, int number) {
        Raised r = raised(state);
        if (r != null && !r.reader) throw r.rethrown(CSmtpException.afterCallback(handle, number, null));
        if (number != 0) throw CSmtpException.of(handle, number, r == null ? null : r.thrown);
    }
}
