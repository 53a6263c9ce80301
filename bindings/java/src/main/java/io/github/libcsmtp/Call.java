// SPDX-License-Identifier: MIT
package io.github.libcsmtp;

import java.util.HashMap;
import java.util.Map;

/** A call of C on this thread, and the exceptions of the callbacks that run during it. */
final class Call {
    private static final ThreadLocal<Call> CURRENT = new ThreadLocal<>();

    private final Call outer = CURRENT.get();
    private final Map<State, Raised> raised = new HashMap<>();

    /** Begins a call. The call throws the exceptions of callbacks that belong to these handles. */
    Call(State... states) {
        for (State s : states) raised.put(s, null);
        CURRENT.set(this);
    }

    static Call current() { return CURRENT.get(); }

    void end() {
        if (outer == null) CURRENT.remove();
        else CURRENT.set(outer);
    }

    /** Keeps the first exception of a handle's callbacks. Returns false if the handle does not belong to this call. */
    boolean raise(State state, Raised exception) {
        if (!raised.containsKey(state)) return false;
        if (raised.get(state) == null) raised.put(state, exception);
        return true;
    }

    /** Returns the exception of a handle's callbacks, or null. */
    Raised raised(State state) { return raised.get(state); }

    /** Throws the error of a call that returned number, or the exception of a callback. */
    void check(State state, long handle, int number) {
        Raised r = raised(state);
        if (r != null && !r.reader) throw r.rethrown(CSmtpException.of(handle, number, null));
        if (number != 0) throw CSmtpException.of(handle, number, r == null ? null : r.thrown);
    }
}
