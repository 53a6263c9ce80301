// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"sync"
)

// operation is one call that may block. Another thread can cancel it at any time.
type operation struct {
	ours bool // it runs on a thread of the library, not of the program

	mu       sync.Mutex
	canceled bool
	end      context.CancelFunc // of the current session; nil before there is one
}

// cancel ends the call, even if it has no session yet.
func (o *operation) cancel() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.canceled = true
	if o.end != nil {
		o.end()
	}
}

// uses sets the function that cancel calls to end the session.
func (o *operation) uses(end context.CancelFunc) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.end = end
	if o.canceled && end != nil {
		end()
	}
}

func (o *operation) wasCanceled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.canceled
}

// perform runs f as o, so that Cancel finds it.
func (m *Mailer) perform(o *operation, f func() error) error {
	if err := needPoller(); err != nil {
		return err
	}
	beginWork()
	defer endWork()
	m.op.Store(o)
	defer m.op.Store(nil)
	// Free sets freed and then cancels m.op: either it finds o, or freed is seen here.
	if o.wasCanceled() || m.freed.Load() {
		return Faultf(canceled, "cancelled before anything was sent")
	}
	return f()
}

// cancelNow cancels the current call and an asynchronous Send that waits for it.
func (m *Mailer) cancelNow() {
	if o := m.op.Load(); o != nil {
		o.cancel()
	}
	if a := m.async.Load(); a != nil && !a.over() {
		a.op.cancel()
	}
}

// Cancel cancels the calls at work with h.
func Cancel(h uintptr) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	m.cancelNow()
	return NoError
}
