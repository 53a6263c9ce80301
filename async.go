// SPDX-License-Identifier: MIT

package main

import "time"

// asyncSend is a Send on a thread of ours.
type asyncSend struct {
	op     operation
	done   chan struct{} // closed at its end
	number number        // valid after that
}

func (a *asyncSend) over() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// sendAsync starts a Send and returns; report, if not nil, is told its number.
func sendAsync(h uintptr, report func(number)) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	a := &asyncSend{op: operation{ours: true}, done: make(chan struct{})}
	before := m.async.Load()
	if before != nil && !before.over() || !m.async.CompareAndSwap(before, a) {
		return busy
	}
	go func() {
		a.number = call(h, func(m *mailer) error { return m.perform(&a.op, m.send) })
		close(a.done)
		if report != nil {
			report(a.number)
		}
	}()
	return noError
}

// waitAsync waits for at most d for the asynchronous Send of h: its number, or
// busy.
func waitAsync(h uintptr, d time.Duration) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	a := m.async.Load()
	if a == nil {
		return badArgument
	}
	if d <= 0 {
		if a.over() {
			return a.number
		}
		return busy
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-a.done:
		return a.number
	case <-timer.C:
		return busy
	}
}
