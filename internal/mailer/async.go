// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// asyncSend is a Send on a thread of ours.
type asyncSend struct {
	op     operation
	id     uint64        // by which the gate knows its callback
	begun  atomic.Bool   // what the last mail left is cleared
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
// identity for the gate and its number.
func SendAsync(h uintptr, told func(id uint64, n Number)) Number {
	m := Lookup(h)
	if m == nil {
		return BadHandle
	}
	a := &asyncSend{op: operation{ours: true}, id: lastAsync.Add(1), done: make(chan struct{})}
	if n := m.launch(a); n != NoError {
		return n
	}
	m.note(Gate.Self(), nil)
	go func() {
		defer m.land(a)
		a.number, a.report = m.sendLater(a)
		a.begun.Store(true)
		if told != nil {
			told(a.id, a.number)
		}
	}()
	return NoError
}

// launch makes a the asynchronous Send of m unless one is under way. One whose
// callback this is has ended.
func (m *Mailer) launch(a *asyncSend) Number {
	m.flight.Lock()
	defer m.flight.Unlock()
	if m.freed.Load() {
		return BadHandle
	}
	if before := m.async.Load(); before != nil && !before.over() && !before.inside() {
		m.note(Gate.Self(), refused)
		return busy
	}
	m.async.Store(a)
	m.flying = append(m.flying, a)
	return NoError
}

// land notes that the callback of a has returned.
func (m *Mailer) land(a *asyncSend) {
	m.flight.Lock()
	m.flying = slices.DeleteFunc(m.flying, func(b *asyncSend) bool { return a == b })
	m.flight.Unlock()
	close(a.done)
}

// ground lets no more asynchronous Sends start, and gives those whose callbacks
// have not returned.
func (m *Mailer) ground() []*asyncSend {
	m.flight.Lock()
	defer m.flight.Unlock()
	m.freed.Store(true)
	return slices.Clone(m.flying)
}

func (m *Mailer) sendLater(a *asyncSend) (Number, *Report) {
	if m.inBatch.Load() {
		return busy, refused
	}
	n, r := m.call(func(m *Mailer) error {
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

// awaitCallbacks returns when the callbacks of sends have returned. It waits
// for none that it is called in, nor for one that waits for this one's return.
func awaitCallbacks(sends []*asyncSend) {
	for _, a := range sends {
		if !a.inside() {
			a.await()
		}
	}
}

// calling tells for what asynchronous Send's callback another one's waits, both
// by id.
var calling = map[uint64]uint64{}

// await waits until the callback of a has returned.
func (a *asyncSend) await() {
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
	<-a.done
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
		m.note(Gate.Self(), &Report{last: faultOf(Faultf(BadArgument, "no asynchronous Send was started: call SendAsync"))})
		return BadArgument
	}
	if !a.inside() && !a.ends(d) {
		return busy
	}
	m.note(Gate.Self(), a.report)
	return a.number
}

// ends reports whether a ends within d.
func (a *asyncSend) ends(d time.Duration) bool {
	if d <= 0 || a.over() {
		return a.over()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-a.done:
		return true
	case <-timer.C:
		return false
	}
}
