// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"time"

	"csmtp/smtp/message"
)

// New returns a new handle. After a panic, it returns 0.
func New() (h uintptr) {
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	return addMailer(&Mailer{lent: true, heritage: heritage{
		settings: &initial,
		message:  message.Message{Charset: "US-ASCII", Priority: priorityNormal},
	}})
}

// Clone returns a new handle with a copy of the message of h and of its settings, except the
// callbacks.
func Clone(h uintptr) (clone uintptr, n Number) {
	n = Call(h, func(m *Mailer) error {
		if m.pool != nil {
			return Faultf(BadArgument, "Clone: a pool cannot be copied")
		}
		c := &Mailer{heritage: heritage{message: *m.message.Clone(), ownID: m.ownID}, account: m.account}
		c.settings, c.lent = m.lend()
		if m.logins != nil {
			c.logins = m.logins.Clone()
		}
		if !m.ownID {
			c.message.MessageID = ""
		}
		clone = addMailer(c)
		return nil
	})
	return clone, n
}

// Free cancels calls on h from other threads, ends the session, and frees the strings
// that were returned to C. It does so even after a panic. It then waits until the callbacks
// of asynchronous Sends have returned, even if another call has already freed h. It does
// not wait for the callbacks in which it is called. If h is a mail in a pool and the mail
// has not ended, Free only cancels the mail.
func Free(h uintptr) {
	m := lookupAny(h)
	if m == nil {
		return
	}
	if m.sealed.Load() { // the pool frees m when the mail has ended
		m.cancelNow()
		return
	}
	asyncs, first := m.refuseCalls()
	if m.pool != nil {
		m.pool.free(first)
	}
	if first && !m.end() {
		// m is still locked. So the asynchronous Sends that wait for the lock cannot end,
		// and Free does not wait for them.
		asyncs = slices.DeleteFunc(asyncs, func(a *asyncSend) bool { return !a.sent.Load() })
	}
	awaitCallbacks(asyncs)
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	m.forget()
}

// end cancels the current call and frees the resources of m. If a batch still uses m after
// two seconds, for example because a callback of the batch has called end, it returns false,
// and the resources are freed when the batch ends.
func (m *Mailer) end() bool {
	m.cancelNow()
	if !m.inBatch.Load() {
		m.dispose()
		return true
	}
	disposed := make(chan struct{})
	go func() {
		defer close(disposed)
		m.dispose()
	}()
	select {
	case <-disposed:
		return true
	case <-time.After(2 * time.Second):
		return false
	}
}

func (m *Mailer) dispose() {
	m.mu.Lock()
	defer m.mu.Unlock()
	defer m.forgetAllThreads()
	defer func() { _ = recover() }()
	rehearsePanic(outsideCall)
	m.leave()
	m.stopSharing()
	m.recordEnd(&m.result, nil)
	m.recorder.release()
	event := m.settings.event
	m.settings, m.lent, m.queued = &initial, true, nil // drop the settings, because some are secret
	if event != nil {                                  // an asynchronous Send whose callback has not returned uses it
		m.edit().event = event
	}
	m.account, m.logins = nil, nil
}

// Cancel cancels the running calls on h.
func Cancel(h uintptr) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	m.cancelNow()
	return NoError
}

// cancelNow cancels the current call of m, and the asynchronous Send that waits for this
// call.
func (m *Mailer) cancelNow() {
	if m.pool != nil {
		m.pool.cancelAll()
	}
	if o := m.op.Load(); o != nil {
		o.cancel()
	}
	if a := m.async.Load(); a != nil && !a.over() {
		a.op.cancel()
	}
}
