// SPDX-License-Identifier: MIT

package mailer

import (
	"sync"
	"time"
)

// call runs a callback for c, on this thread or inside PoolWait.
func (p *Pool) call(c *pooled, f func()) {
	run := func() {
		p.mu.Lock()
		p.running[c.call.id]++
		p.mu.Unlock()
		defer func() {
			_ = recover() // after a panic, the results of f remain zero
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.running[c.call.id]--; p.running[c.call.id] == 0 {
				delete(p.running, c.call.id)
			}
		}()
		f()
	}
	p.mu.Lock()
	inWait := p.inWait
	p.mu.Unlock()
	if !inWait {
		run()
		return
	}
	done := make(chan struct{})
	select {
	case p.calls <- func() { defer close(done); run() }:
		<-done
	case <-p.orphaned:
		run()
	}
}

// inside reports whether the calling thread runs a callback of the pool. p.mu must be
// held.
func (p *Pool) inside() bool {
	for _, id := range doneIDs() {
		if p.running[id] > 0 {
			return true
		}
	}
	return false
}

// await waits until ready returns true. It calls ready with p.mu held. It returns false if
// ready has not returned true within limit; a negative limit means no limit. While it
// waits, it runs the callbacks that are to run inside PoolWait.
func (p *Pool) await(limit time.Duration, ready func() bool) bool {
	var over <-chan time.Time
	if limit >= 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		over = timer.C
	}
	p.mu.Lock()
	p.waiting++
	defer func() {
		p.waiting--
		p.mu.Unlock()
	}()
	for !ready() {
		changed := p.changed
		p.mu.Unlock()
		select {
		case <-changed:
		case f := <-p.calls:
			p.mu.Lock()
			p.runEvents() // the event of a mail precedes its callback
			p.mu.Unlock()
			f()
		case <-over:
			p.mu.Lock()
			return false
		}
		p.mu.Lock()
		p.runEvents()
	}
	return true
}

// Wait waits for at most limit, or without limit if it is negative, until all mails have
// ended and their callbacks have returned.
func (p *Pool) Wait(limit time.Duration) error {
	p.mu.Lock()
	inside := p.inside()
	p.mu.Unlock()
	if inside {
		return Faultf(busy, "called in a callback of the same pool, for a mail that has not ended yet")
	}
	if !p.await(limit, func() bool {
		p.runEvents()
		return len(p.mails) == 0
	}) {
		return Faultf(busy, "some mails have not ended yet")
	}
	return nil
}

// Drain makes the pool refuse further mails, and waits as Wait does.
func (p *Pool) Drain(limit time.Duration) error {
	p.mu.Lock()
	p.closed = true
	p.announce()
	p.mu.Unlock()
	return p.Wait(limit)
}

// cancelAll cancels all mails.
func (p *Pool) cancelAll() {
	p.mu.Lock()
	items := p.sched.CancelAll()
	waiting := map[*pooled]bool{}
	for _, i := range items {
		waiting[i.Value.(*pooled)] = true
	}
	var active []*pooled
	for c := range p.mails {
		if !waiting[c] {
			active = append(active, c)
		}
	}
	p.announce()
	p.mu.Unlock()
	for _, c := range active {
		c.call.op.cancel()
	}
	if len(items) == 0 {
		return
	}
	go func() {
		for _, i := range items {
			c := i.Value.(*pooled)
			c.keepError(errCanceled())
			p.conclude(c)
		}
	}()
}

// free cancels all mails, waits until all callbacks have returned, except those that
// called free, and ends the sessions.
func (p *Pool) free() {
	p.mu.Lock()
	p.closed, p.freed = true, true
	inside := p.inside()
	var asyncs []*asyncSend
	for c := range p.mails {
		asyncs = append(asyncs, c.call)
	}
	inWait := p.inWait
	if inside && inWait {
		close(p.orphaned)
	}
	p.mu.Unlock()
	p.cancelAll()
	switch {
	case !inWait:
		awaitCallbacks(asyncs)
	case !inside:
		p.await(-1, func() bool { return len(p.mails) == 0 })
	}
	p.mu.Lock()
	if p.timer != nil {
		p.timer.Stop()
	}
	var idle []*poolSession
	for _, r := range p.relays {
		idle = append(idle, r.drain()...)
	}
	p.mu.Unlock()
	var quits sync.WaitGroup
	for _, s := range idle {
		quits.Go(s.end)
	}
	quits.Wait()
	p.lastEvents()
}

// drain removes the idle sessions and returns them.
func (r *poolRelay) drain() []*poolSession {
	idle := r.idle
	r.open -= len(idle)
	r.idle = nil
	return idle
}
