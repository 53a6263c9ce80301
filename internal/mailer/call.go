// SPDX-License-Identifier: MIT

package mailer

import (
	"context"

	"csmtp/smtp"
)

// Call runs f on the mailer of h, for a call from C. It holds the mailer's lock,
// converts a panic to an error number, and stores the error for the getters.
func Call(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	if m.inBatch.Load() || m.sealed.Load() {
		m.note(refused)
		return busy
	}
	n, r := m.call(true, f)
	if n == NoError || r != nil { // m was not freed in the meantime
		m.note(r)
	}
	return n
}

// Ask is like Call, for a getter. It changes the report of the calling thread only if f
// fails.
func Ask(h uintptr, f func(*Mailer) error) Number {
	m := Lookup(h)
	if m == nil {
		return unknown(h)
	}
	if m.inBatch.Load() {
		return busy
	}
	n, r := m.call(false, f)
	if n != NoError && r != nil {
		m.note(r)
	}
	return n
}

// Attempt is like Call, for a method that sends or connects. It clears the results of the
// last attempt first, even if f fails before it sends anything.
func Attempt(h uintptr, f func(*Mailer) error) Number {
	return Call(h, func(m *Mailer) error {
		m.begin()
		return f(m)
	})
}

// Value returns the result of a getter, or the zero value if h is not valid.
func Value[T any](h uintptr, f func(*Mailer) T) (v T) {
	Ask(h, func(m *Mailer) error {
		v = f(m)
		return nil
	})
	return v
}

// Guarded runs f without a mailer's lock. After a panic, it returns Internal.
func Guarded(f func() Number) (n Number) {
	defer func() {
		if recover() != nil {
			n = Internal
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// GuardedText is like Guarded, for an f that returns a text. After a panic, it returns "".
func GuardedText(f func() string) (s string) {
	defer func() {
		if recover() != nil {
			s = ""
		}
	}()
	rehearsePanic(outsideCall)
	return f()
}

// begin clears the results of the last attempt to send.
func (m *Mailer) begin() {
	m.last, m.result, m.retry, m.attempted, m.failed = fault{}, smtp.Result{}, false, true, nil
	m.tries, m.planned, m.lastServer = 0, 0, ""
	if m.session == nil && m.web == nil {
		m.peer = ""
	}
}

// call runs f while it holds the lock. r is the report for the calling thread, or nil
// if f succeeded and was not an attempt to send. changes is set if f changes heritage.
func (m *Mailer) call(changes bool, f func(*Mailer) error) (n Number, r *Report) {
	m.mu.Lock()
	return m.callLocked(changes, f)
}

// callLocked is like call, for a caller that already holds the lock. It releases the lock.
func (m *Mailer) callLocked(changes bool, f func(*Mailer) error) (n Number, r *Report) {
	defer m.mu.Unlock()
	if m.freed.Load() {
		return BadHandle, nil
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
		if n != NoError || m.attempted {
			r = m.report()
		}
	}()
	rehearsePanic(insideCall)
	if err := f(m); err != nil {
		return m.fail(err), nil
	}
	return NoError, nil
}

// report returns the report of the call that has just ended.
func (m *Mailer) report() *Report {
	if m.attempted && !m.retry && m.last == (fault{}) && m.result.Outcome == smtp.NotSent && len(m.result.Recipients) == 0 {
		return nothingYet
	}
	r := &Report{last: m.last}
	if m.attempted {
		result := m.result
		r.result, r.retry = &result, m.retry
	}
	return r
}

// nothingYet is the report of an attempt that has succeeded without sending, such as
// PoolSubmit.
var nothingYet = &Report{result: &smtp.Result{}}

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

// refused is the report of a call that was refused because the handle is busy.
var refused = &Report{last: fault{number: busy, kind: smtp.KindLocal, text: "the handle is busy with another call: wait for its end, or cancel it"}}

// These are the places where rehearsePanic is called: see panic_on.go.
const (
	insideCall = iota
	outsideCall
)

// perform runs f as the operation o, so that Cancel can find it.
func (m *Mailer) perform(o *operation, f func() error) error {
	if err := needPoller(); err != nil {
		return err
	}
	beginWork()
	defer endWork()
	m.op.Store(o)
	defer m.op.Store(nil)
	// Free sets freed first, and then cancels m.op. So either Free finds o, or this
	// check finds freed.
	if o.wasCanceled() || m.freed.Load() {
		return Faultf(canceled, "canceled before anything was sent")
	}
	err := m.unchanged(f)
	m.recordEnd(&m.result, err)
	return err
}

// uses sets the function that is called to end the session if the current call is
// canceled.
func (m *Mailer) uses(end context.CancelFunc) {
	if o := m.op.Load(); o != nil {
		o.uses(end)
	}
}
