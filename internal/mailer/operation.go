// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"sync"
)

// operation is one call that may take its time, and can be cancelled from
// another thread at any point of it.
type operation struct {
	ours bool // at work on a thread of the library's, not of the host's

	mu       sync.Mutex
	canceled bool
	end      context.CancelFunc // of the session at work; nil before there is one
}

// cancel ends the call, also one that has not got to its session yet.
func (o *operation) cancel() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.canceled = true
	if o.end != nil {
		o.end()
	}
}

// uses names the session that cancel has to end.
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
	// Who frees the handle in this moment looks for what is at work after that.
	if o.wasCanceled() || m.freed.Load() {
		return Faultf(canceled, "cancelled before anything was sent")
	}
	return f()
}

// cancelNow ends the call at work and an asynchronous one that waits its turn.
func (m *Mailer) cancelNow() {
	if o := m.op.Load(); o != nil {
		o.cancel()
	}
	if a := m.async.Load(); a != nil && !a.over() {
		a.op.cancel()
	}
}

func Cancel(h uintptr) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	m.cancelNow()
	return NoError
}
