// SPDX-License-Identifier: MIT

package mailer

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// If a place in the queue becomes free while one call to awaitRoom runs a long callback,
// another call that waits for room is woken.
func TestPoolWakesAnotherWaiterDuringACallback(t *testing.T) {
	h := poolOf(t, stallingPort(t))
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(3) })
	p := Lookup(h).pool
	mail := mailHandle(t)
	var copies []uintptr
	for range 4 {
		copies = append(copies, submitOne(t, h, mail, nil))
	}
	p.mu.Lock()
	require.True(t, p.full())
	p.mu.Unlock()
	over := make(chan bool, 2)
	inside, leave := make(chan struct{}), make(chan struct{})
	ready := func() bool { return !p.full() }
	start := func() { go func() { over <- p.awaitRoom(-1, func() bool { return false }, ready) }() }
	waiters := func(n int) {
		require.Eventually(t, func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.waiters) == n }, soon, time.Millisecond)
	}
	start() // A
	waiters(1)
	p.calls <- func() { close(inside); <-leave } // A runs a callback
	<-inside
	start() // B
	waiters(2)
	Cancel(copies[2])
	require.Eventually(t, func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.sched.Queued() == 2 }, soon, time.Millisecond)
	select {
	case <-over:
	case <-after():
		p.mu.Lock()
		t.Errorf("B sleeps although there is room: queued %d of %d, full %v", p.sched.Queued(), p.sched.Queue, p.full())
		p.mu.Unlock()
	}
	close(leave)
}
