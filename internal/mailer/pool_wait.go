// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"time"
)

// call runs a callback for the mail c, on this thread or inside PoolWait.
func (p *Pool) call(c *pooled, f func()) {
	run := func() { p.entered(c.call.id, f) }
	p.mu.Lock()
	inWait := p.inWait
	p.mu.Unlock()
	if !inWait {
		run()
		return
	}
	p.pending.Add(1)
	defer p.pending.Add(-1)
	done := make(chan struct{})
	select {
	case p.calls <- func() { defer close(done); run() }:
		<-done
	case <-p.orphaned:
		run()
	}
}

// entered runs the callback f. While f runs, p.inside returns true on this thread. entered
// recovers from a panic in f.
func (p *Pool) entered(id uint64, f func()) {
	p.mu.Lock()
	p.running[id]++
	p.mu.Unlock()
	defer func() {
		_ = recover()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.running[id]--; p.running[id] == 0 {
			delete(p.running, id)
		}
	}()
	f()
}

// inside reports whether the calling thread is running a callback of the pool. p.mu must be
// held.
func (p *Pool) inside() bool {
	for _, id := range doneIDs() {
		if p.running[id] > 0 {
			return true
		}
	}
	return false
}

// ids returns the ids of all mails and of the sessions that are being closed.
func (p *Pool) ids() (ids []uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, a := range p.calling() {
		ids = append(ids, a.id)
	}
	return ids
}

// calling returns everything for which callbacks can run: the mails, and the sessions that
// are being closed. p.mu must be held.
func (p *Pool) calling() (all []*asyncSend) {
	for c := range p.mails {
		all = append(all, c.call)
	}
	for a := range p.closing {
		all = append(all, a)
	}
	return all
}

// entersWait is called before the calling thread waits for the pool. ok is false if the
// wait could never end: the thread is running a callback of the pool, or a callback that one
// of the pool's callbacks is waiting for. If ok is true, leave must be called after the wait.
func (p *Pool) entersWait() (leave func(), ok bool) {
	p.mu.Lock()
	inside := p.inside()
	p.mu.Unlock()
	if inside {
		return nil, false
	}
	return enterWait(awaited{pool: p})
}

// waiter is a call to await or awaitRoom.
type waiter struct {
	over func() bool   // reports whether the condition of the call may be true now
	room bool          // whether the call also waits for room in the queue: see wakesForRoom
	wake chan struct{} // receives a value when the call has to check its condition again
}

// await waits until ready returns true. It calls ready with p.mu held. It returns false if
// ready has not returned true within limit; a negative limit means no limit. While it
// waits, it runs the callbacks that are to run inside PoolWait. It begins no callback after
// the limit, except that it runs at least one callback if one is waiting. If limit is 0, it
// runs at most as many callbacks as were waiting when await was called.
func (p *Pool) await(limit time.Duration, ready func() bool) bool {
	return p.awaitAs(&waiter{over: ready}, limit, ready)
}

// awaitRoom waits as await does, but announce wakes it only if 'over' returns true, if there is
// an event to report, or if the queue may have room. 'over' must not change anything.
func (p *Pool) awaitRoom(limit time.Duration, over, ready func() bool) bool {
	return p.awaitAs(&waiter{over: over, room: true}, limit, ready)
}

// awaitAs performs await and awaitRoom. The fields 'over' and 'room' of w must be set.
func (p *Pool) awaitAs(w *waiter, limit time.Duration, ready func() bool) bool {
	var end <-chan time.Time
	if limit >= 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		end = timer.C
	}
	w.wake = make(chan struct{}, 1)
	p.mu.Lock()
	p.waiters = append(p.waiters, w)
	defer func() {
		p.waiters = slices.DeleteFunc(p.waiters, func(other *waiter) bool { return other == w })
		p.mu.Unlock()
	}()
	until, ran, most := time.Now().Add(limit), 0, max(len(p.events.queue)+int(p.pending.Load()), 1)
	allowed := func() bool {
		switch {
		case limit < 0 || ran == 0:
			return true
		case limit == 0:
			return ran < most
		}
		return time.Now().Before(until)
	}
	runEvents := func() {
		for allowed() && p.runEvent() {
			ran++
		}
	}
	for {
		runEvents()
		if ready() {
			return true
		}
		if !allowed() {
			return false
		}
		p.mu.Unlock()
		select {
		case f := <-p.calls: // checked first, so that a call with the limit 0 runs a callback
			p.runCall(f)
			ran++
			continue
		default:
		}
		select {
		case <-w.wake:
			p.mu.Lock()
		case f := <-p.calls:
			p.runCall(f)
			ran++
		case <-end:
			p.mu.Lock()
			runEvents()
			return ready()
		}
	}
}

// runCall first reports the events that are in the queue, and then runs a callback inside
// PoolWait. It locks p.mu before it returns.
func (p *Pool) runCall(f func()) {
	p.mu.Lock()
	for n := len(p.events.queue); n > 0 && p.runEvent(); n-- {
	}
	p.mu.Unlock()
	f()
	p.mu.Lock()
}

// Wait waits until all mails have ended, their callbacks have returned, and all events have
// been reported. It returns an error if this takes longer than limit, or if the wait could
// never end (see entersWait). A negative limit means no limit.
func (p *Pool) Wait(limit time.Duration) error {
	leave, ok := p.entersWait()
	if !ok {
		return Faultf(busy, "called in a callback of this pool, or in a callback that a callback of this pool is waiting for")
	}
	defer leave()
	if !p.await(limit, func() bool { return len(p.mails) == 0 && len(p.events.queue) == 0 }) {
		return Faultf(busy, "some mails are still queued or being sent")
	}
	return nil
}

// Drain makes the pool refuse further mails, and then waits as Wait does.
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
	waiting := map[*pooled]bool{}
	for _, i := range p.sched.CancelAll() {
		waiting[i.Value.(*pooled)] = true
	}
	var active []*pooled
	for c := range p.mails {
		if !waiting[c] {
			active = append(active, c)
		}
	}
	p.ending += len(waiting)
	p.announce()
	p.mu.Unlock()
	for _, c := range active {
		c.call.op.cancel()
	}
	for c := range waiting {
		c.failed(errCanceled())
		go p.conclude(c)
	}
}

// free cancels all mails, waits until the callbacks have returned, and ends the sessions.
// It waits neither for the callbacks in which it is called nor for callbacks that wait for
// one of these. If free was called before, 'first' is false, and free does not cancel the
// mails again.
func (p *Pool) free(first bool) {
	p.mu.Lock()
	p.closed, p.freed = true, true
	calling, inWait := p.calling(), p.inWait
	p.mu.Unlock()
	if first {
		p.cancelAll()
	}
	if !inWait {
		awaitCallbacks(calling)
	} else if leave, ok := p.entersWait(); ok {
		p.await(-1, func() bool { return len(p.mails) == 0 })
		leave()
	} else {
		p.abandonWait.Do(func() { close(p.orphaned) })
		awaitCallbacks(calling)
	}
	p.mu.Lock()
	if p.timer != nil {
		p.timer.Stop()
	}
	p.endIdle()
	calling = p.calling()
	p.mu.Unlock()
	awaitCallbacks(calling)
	p.lastEvents()
}
