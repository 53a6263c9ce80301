// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// asyncSend is a Send on a thread of the library.
type asyncSend struct {
	op     operation
	id     uint64        // by which the gate knows its callback
	begun  atomic.Bool   // what the last mail left is cleared
	sent   atomic.Bool   // only the callback is left
	done   chan struct{} // closed when its callback has returned
	number Number        // valid when the callback begins
	report *Report       // likewise; nil when the handle was freed
}

var lastAsync atomic.Uint64

func (a *asyncSend) over() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// inside reports whether the calling thread runs the callback of a.
func (a *asyncSend) inside() bool {
	for depth := 0; ; depth++ {
		switch Gate.DoneAt(depth) {
		case a.id:
			return true
		case 0:
			return false
		}
	}
}

// SendAsync starts a Send and returns; told, if not nil, is called with its
// identity for the gate and its number. When the handle is free the Send has it
// at once, so that a later call of the same thread comes after it.
func SendAsync(h uintptr, told func(id uint64, n Number)) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	a := &asyncSend{op: operation{ours: true}, id: lastAsync.Add(1), done: make(chan struct{})}
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

// addAsync makes a the asynchronous Send of m, unless one is under way or a
// batch uses m. One whose callback this is has ended.
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

// removeAsync notes that the callback of a has returned.
func (m *Mailer) removeAsync(a *asyncSend) {
	m.asyncLock.Lock()
	m.asyncs = slices.DeleteFunc(m.asyncs, func(b *asyncSend) bool { return a == b })
	m.forget()
	m.asyncLock.Unlock()
	close(a.done)
}

// enterBatch marks m as in use by a batch; false when an asynchronous Send is
// under way.
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

// refuseCalls lets no more calls begin; false if they are refused already. It
// returns the asynchronous Sends whose callbacks have not returned.
func (m *Mailer) refuseCalls() ([]*asyncSend, bool) {
	m.asyncLock.Lock()
	defer m.asyncLock.Unlock()
	return slices.Clone(m.asyncs), !m.freed.Swap(true)
}

// forget drops the number of a freed handle when the last callback has
// returned, with asyncLock held.
func (m *Mailer) forget() {
	if m.freed.Load() && len(m.asyncs) == 0 {
		mailers.Delete(m.handle)
	}
}

// sendLater sends; locked says that the lock is already held.
func (m *Mailer) sendLater(a *asyncSend, locked bool) (Number, *Report) {
	if !locked {
		m.mu.Lock()
	}
	n, r := m.callLocked(func(m *Mailer) error {
		m.begin()
		a.begun.Store(true)
		return m.perform(&a.op, m.send)
	})
	if n == BadHandle { // freed, which cancels
		n = canceled
	}
	return n, r
}

// waiting guards calling.
var waiting sync.Mutex

// calling says which asynchronous Send's callback each callback waits for, by id.
var calling = map[uint64]uint64{}

// awaitCallbacks returns when the callbacks of sends have returned. It does not
// wait for a callback that calls it, nor for one that waits for that callback.
func awaitCallbacks(sends []*asyncSend) {
	for _, a := range sends {
		a.await(nil)
	}
}

// await waits until the callback of a has returned, or for limit. It does not
// wait inside that callback, nor inside one that it waits for.
func (a *asyncSend) await(limit <-chan time.Time) {
	ids := doneIDs()
	waiting.Lock()
	if a.leadsTo(ids) {
		waiting.Unlock()
		return
	}
	for _, id := range ids {
		calling[id] = a.id
	}
	waiting.Unlock()
	select {
	case <-a.done:
	case <-limit:
	}
	if len(ids) == 0 {
		return
	}
	waiting.Lock()
	defer waiting.Unlock()
	for _, id := range ids {
		delete(calling, id)
	}
}

// doneIDs lists the asynchronous Sends whose callbacks the calling thread runs.
func doneIDs() (ids []uint64) {
	for id := Gate.DoneAt(0); id != 0; id = Gate.DoneAt(len(ids)) {
		ids = append(ids, id)
	}
	return ids
}

// leadsTo reports whether the callback of a waits, also by way of others, for
// one of ids.
func (a *asyncSend) leadsTo(ids []uint64) bool {
	for id := a.id; id != 0; id = calling[id] {
		if slices.Contains(ids, id) {
			return true
		}
	}
	return false
}

// WaitAsync waits for at most d for the asynchronous Send of h: its number, or
// busy. The callback has returned then, unless this is called in it.
func WaitAsync(h uintptr, d time.Duration) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	a := m.async.Load()
	if a == nil {
		m.note(&Report{last: faultOf(Faultf(BadArgument, "no asynchronous Send was started: call SendAsync"))})
		return BadArgument
	}
	if !a.inside() && !a.ends(d) {
		return busy
	}
	m.note(a.report)
	return a.number
}

// ends reports whether a ends within d.
func (a *asyncSend) ends(d time.Duration) bool {
	if d > 0 && !a.over() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		a.await(timer.C)
	}
	return a.over()
}
