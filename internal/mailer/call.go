// SPDX-License-Identifier: MIT

package mailer

import (
	"context"

	"csmtp/smtp"
)

// Call runs f on the mailer of h, for a call from C. While f runs, Call holds the mailer's
// lock. It converts a panic to an error number, and stores the error for the getters.
func Call(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	if m.inBatch.Load() || m.sealed.Load() {
		m.note(refused)
		return busy
	}
	var r ownReport
	n, told := m.call(true, f, &r)
	switch {
	case told:
		m.note(&r)
	case n == NoError: // otherwise m was freed meanwhile
		m.note(nil)
	}
	return n
}

// Ask runs f, which calls a getter, as Call does. But if f succeeds, the calling thread still
// gets the report of its previous call.
func Ask(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	if m.inBatch.Load() {
		return busy
	}
	var r ownReport
	n, told := m.call(false, f, &r)
	if n != NoError && told {
		m.note(&r)
	}
	return n
}

// Attempt runs f, which sends or connects, as Call does. Before it runs f, it clears the
// results of the last attempt to send or to connect.
func Attempt(h uintptr, f func(*Mailer) error) Number {
	return Call(h, func(m *Mailer) error {
		m.begin()
		return f(m)
	})
}

// Value returns the result of a getter, or the zero value if the getter cannot be called.
func Value[T any](h uintptr, f func(*Mailer) T) (v T) {
	Ask(h, func(m *Mailer) error {
		v = f(m)
		return nil
	})
	return v
}

// Guarded runs f without locking a mailer. If f panics, Guarded returns Internal.
func Guarded(f func() Number) (n Number) {
	defer func() {
		if recover() != nil {
			n = Internal
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// GuardedText runs f without locking a mailer. If f panics, GuardedText returns "".
func GuardedText(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = ""
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// begin clears the results of the last attempt to send or to connect.
func (m *Mailer) begin() {
	m.last, m.result, m.retry, m.attempted, m.failed = fault{}, smtp.Result{}, false, true, nil
	m.tries, m.planned, m.lastServer = 0, 0, ""
	if m.session == nil && m.web == nil {
		m.peer = ""
	}
}

// call locks m and runs f. It stores the report for the calling thread in r, and reports whether
// there is one: there is none if m was freed, or if f succeeded and was not an attempt to send
// or to connect. The parameter changes says whether f changes the field heritage.
func (m *Mailer) call(changes bool, f func(*Mailer) error, r *ownReport) (n Number, told bool) {
	m.mu.Lock()
	return m.callLocked(changes, f, r)
}

// callLocked is called with m locked. It runs f as call does, and unlocks m.
func (m *Mailer) callLocked(changes bool, f func(*Mailer) error, r *ownReport) (n Number, told bool) {
	defer m.mu.Unlock()
	if m.freed.Load() {
		return BadHandle, false
	}
	if changes {
		m.beginChange()
		defer m.endChange()
	}
	m.attempted = false
	defer func() {
		if p := recover(); p != nil {
			n = m.fail(panicFault(p))
		}
		if told = n != NoError || m.attempted; told {
			m.report(r)
		}
	}()
	rehearsePanic(insideCall)
	if err := f(m); err != nil {
		return m.fail(err), false
	}
	return NoError, false
}

// report stores the report of the call that has just ended in r.
func (m *Mailer) report(r *ownReport) {
	if r.last = m.last; m.attempted {
		m.attempt(r)
	}
}

// attempt stores the report of the last attempt to send or to connect in r.
func (m *Mailer) attempt(r *ownReport) {
	r.last, r.result, r.ofMail, r.retry = m.last, m.result, true, m.retry
}

// fail stores err as the mailer's last error, and returns its number.
func (m *Mailer) fail(err error) Number {
	m.change(func() {
		m.last = faultOf(err)
		if m.attempted {
			m.retry = m.result.SafeToRetry(m.last)
		}
	})
	return m.last.number
}

// refused is the report of a call that failed because the handle is busy.
var refused = &ownReport{last: fault{number: busy, kind: smtp.KindLocal, text: "the handle is busy with another call: wait for its end, or cancel it"}}

// The places at which rehearsePanic is called. See panic_on.go.
const (
	insideCall = iota
	outsideCall
)

// perform runs f. Meanwhile, o is the current operation of m, so Cancel can cancel it.
func (m *Mailer) perform(o *operation, f func() error) error {
	if err := needPoller(); err != nil {
		return err
	}
	beginWork()
	defer endWork()
	m.op.Store(o)
	defer m.op.Store(nil)
	// If Free is called at the same time, either this check finds that m is freed, or Free
	// finds o and cancels it: Free sets m.freed before it cancels m.op.
	if o.wasCanceled() || m.freed.Load() {
		return Faultf(canceled, "canceled before anything was sent")
	}
	err := m.unchanged(f)
	m.recordEnd(&m.result, err)
	return err
}

// The method uses stores 'end', the function that ends the session if the current call is
// canceled. 'end' may be nil.
func (m *Mailer) uses(end context.CancelFunc) {
	if o := m.op.Load(); o != nil {
		o.uses(end)
	}
}
