// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"sync/atomic"
	"time"
)

var lastAsync atomic.Uint64

// SendAsync starts a Send and returns at once. If told is not nil, SendAsync calls it after
// the Send with two arguments: the id that internal/gate uses for the Send, and the Send's
// error number. If the handle is not busy, SendAsync locks it before it returns. The same
// thread's next call on the handle then runs after the Send.
func SendAsync(h uintptr, told func(id uint64, n Number)) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	a := newAsyncSend()
	if n := m.addAsync(a); n != NoError {
		return n
	}
	m.note(nil)
	locked := m.mu.TryLock()
	go func() {
		defer m.removeAsync(a)
		a.number, a.report = m.sendLater(a, locked)
		a.begun.Store(true)
		a.sent.Store(true)
		if told != nil {
			told(a.id, a.number)
		}
	}()
	return NoError
}

// addAsync makes 'a' the asynchronous Send of m. It returns BadHandle if m was freed, and
// busy if a batch uses m or if another asynchronous Send of m has not ended. If addAsync is
// called in the callback of that other Send, the other Send counts as ended.
func (m *Mailer) addAsync(a *asyncSend) Number {
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	if m.freed.Load() {
		return BadHandle
	}
	before := m.async.Load()
	if m.inBatch.Load() || before != nil && !before.over() && !before.inside() {
		m.note(refused)
		return busy
	}
	m.async.Store(a)
	m.asyncs = append(m.asyncs, a)
	return NoError
}

// removeAsync records that the Send 'a' and its callback, if it has one, have ended.
func (m *Mailer) removeAsync(a *asyncSend) {
	m.asyncLock.Lock()
	m.asyncs = slices.DeleteFunc(m.asyncs, func(b *asyncSend) bool { return a == b })
	m.forget()
	m.asyncLock.Unlock()
	close(a.done)
}

// enterBatch marks m as used by a batch. It returns false, and does not mark m, if an
// asynchronous Send of m has not ended.
func (m *Mailer) enterBatch() bool {
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	for _, a := range m.asyncs {
		if !a.sent.Load() {
			return false
		}
	}
	m.inBatch.Store(true)
	return true
}

// refuseCalls makes m refuse new calls. It returns the asynchronous Sends of m whose
// callbacks have not returned. The second result is false if m already refused calls.
func (m *Mailer) refuseCalls() ([]*asyncSend, bool) {
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	return slices.Clone(m.asyncs), !m.freed.Swap(true)
}

// forget removes a freed handle from the table of handles if all of its callbacks have
// returned. asyncLock must be held.
func (m *Mailer) forget() {
	if m.freed.Load() && len(m.asyncs) == 0 {
		remove(m)
	}
}

// sendLater sends the mail of m. 'locked' says whether the caller has locked m.mu.
func (m *Mailer) sendLater(a *asyncSend, locked bool) (Number, *ownReport) {
	if !locked {
		m.mu.Lock()
	}
	report := m.settings.event
	r := new(ownReport)
	n, told := m.callLocked(true, func(m *Mailer) error {
		m.begin()
		a.begun.Store(true)
		return m.counted(func() error { return m.perform(&a.op, m.send) })
	}, r)
	if !told {
		r = nil
	}
	if n == BadHandle { // freed, which cancels
		n = canceled
		if report != nil {
			report(&Event{Kind: eventFailed, Error: canceled})
		}
	}
	return n, r
}

// WaitAsync waits until the asynchronous Send of h has ended, but not longer than d. It
// returns the error number of the Send, or busy if the Send has not ended. A Send has ended
// when its callback has returned. If WaitAsync is called in this callback, it returns the
// error number at once. If no Send was started, it returns BadArgument, or Forked if the
// Send belongs to the parent process.
func WaitAsync(h uintptr, d time.Duration) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	if m.sealed.Load() {
		m.note(refused)
		return busy
	}
	a := m.async.Load()
	if a == nil && m.sending {
		m.note(&ownReport{last: faultOf(Faultf(Forked, "the asynchronous Send belongs to the parent process, and only the parent gets its result"))})
		return Forked
	}
	if a == nil {
		m.note(&ownReport{last: faultOf(Faultf(BadArgument, "no asynchronous Send was started: call SendAsync"))})
		return BadArgument
	}
	if !a.inside() && !a.ends(d) {
		return busy
	}
	m.note(a.report)
	return a.number
}
