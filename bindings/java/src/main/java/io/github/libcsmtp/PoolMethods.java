// SPDX-License-Identifier: MIT
// Code generated from include/csmtp_c.h by internal/header/generate. DO NOT EDIT.
package io.github.libcsmtp;

/** The methods of Pool that only convert their arguments and call the C function of the same name. */
abstract class PoolMethods extends Handle {
    PoolMethods(long handle) { super(handle); }

    /**
     * Sets the weight of a relay, from 1 (the default) to 1,000,000. The mails are
     * distributed in proportion to the weights.
     */
    public void setWeight(int relay, int weight) {
        call(h -> C.PoolSetWeight(h, unsigned("relay", relay), unsigned("weight", weight)));
    }

    /**
     * Sets the maximum number of sessions with a relay, from 1 to 1,000. The
     * default is 4.
     */
    public void setSessions(int relay, int sessions) {
        call(h -> C.PoolSetSessions(h, unsigned("relay", relay), unsigned("sessions", sessions)));
    }

    /**
     * Sets the rate of a relay: 'mails' mails per 'seconds' seconds (1 to 86,400),
     * evenly spaced. Any period of that length contains at most 'mails' + 1 mails.
     * If 'mails' is 0 (the default), there is no limit.
     */
    public void setRate(int relay, int mails, int seconds) {
        call(h -> C.PoolSetRate(h, unsigned("relay", relay), unsigned("mails", mails), unsigned("seconds", seconds)));
    }

    /** Sets the number of mails after which a session is closed. 0 (the default) means no limit. */
    public void setSessionMails(int relay, int mails) {
        call(h -> C.PoolSetSessionMails(h, unsigned("relay", relay), unsigned("mails", mails)));
    }

    /**
     * Sets how long a session without a mail stays open, in milliseconds. The
     * default is 10,000.
     */
    public void setIdle(int relay, int milliseconds) {
        call(h -> C.PoolSetIdle(h, unsigned("relay", relay), unsigned("milliseconds", milliseconds)));
    }

    /**
     * Sets the maximum number of mails that wait in the pool. The default is 1,000;
     * 0 means no limit.
     */
    public void setQueue(int mails) {
        call(h -> C.PoolSetQueue(h, unsigned("mails", mails)));
    }

    /**
     * Sets the pause of a relay after a failure, in milliseconds: during the pause,
     * the relay gets no mail. The first pause is 'first' (the default is 1,000).
     * After each pause, the relay gets one mail. If this mail fails too, the next
     * pause is twice as long, but at most 'longest' (the default is 300,000).
     */
    public void setPause(int first, int longest) {
        call(h -> C.PoolSetPause(h, unsigned("first", first), unsigned("longest", longest)));
    }

    /**
     * Sets how long a mail waits for a relay if all relays have failed. The time is
     * in milliseconds, and begins with the call to CSmtp_PoolSubmit. With 0 (the
     * default), the mail fails immediately.
     */
    public void setPatience(int milliseconds) {
        call(h -> C.PoolSetPatience(h, unsigned("milliseconds", milliseconds)));
    }

    /**
     * Sets where the callbacks of the pool run, except the log and token callbacks
     * of its relays. With 1, the callbacks run on threads of the program, inside
     * its calls to CSmtp_PoolWait, CSmtp_PoolDrain, CSmtp_PoolSend and CSmtp_Free,
     * and inside CSmtp_PoolSubmit while that function waits. The program must then
     * call CSmtp_PoolWait often, because the pool does nothing more with a mail
     * until its callback has run. With 0 (the default), the callbacks run on
     * threads of the library. Returns CSMTP_BUSY if the pool has mails.
     */
    public void setCallbacksInWait(boolean inWait) {
        call(h -> C.PoolSetCallbacksInWait(h, inWait ? 1 : 0));
    }

    /**
     * Returns one statistic of a relay; 'what' selects it (CSMTP_POOL_...).
     * Returns 0 if there is no such relay.
     */
    public int getCount(int relay, RelayCount what) {
        return get(h -> C.PoolGetCount(h, unsigned("relay", relay), what.number()));
    }

    /** Returns the number of mails that wait for a relay. */
    public int getQueued() {
        return get(h -> C.PoolGetQueued(h));
    }

    /**
     * Return the name of a relay, and the text of the last error that the relay
     * caused. Return "" if there is no such relay or error.
     */
    public String getRelayName(int relay) {
        return get(h -> C.PoolGetRelayName(h, unsigned("relay", relay)));
    }

    /**
     * Return the name of a relay, and the text of the last error that the relay
     * caused. Return "" if there is no such relay or error.
     */
    public String getRelayError(int relay) {
        return get(h -> C.PoolGetRelayError(h, unsigned("relay", relay)));
    }
}
