// SPDX-License-Identifier: MIT

package main

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
	number number        // valid when the callback begins
	report *report       // likewise; nil when the handle was freed
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
		switch gate.doneAt(depth) {
		case a.id:
			return true
		case 0:
			return false
		}
	}
}

// sendAsync starts a Send and returns; told, if not nil, is called with its
// identity for the gate and its number.
func sendAsync(h uintptr, told func(id uint64, n number)) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	a := &asyncSend{op: operation{ours: true}, id: lastAsync.Add(1), done: make(chan struct{})}
	if n := m.launch(a); n != noError {
		return n
	}
	m.note(gate.self(), nil)
	go func() {
		defer m.land(a)
		a.number, a.report = m.sendLater(a)
		a.begun.Store(true)
		if told != nil {
			told(a.id, a.number)
		}
	}()
	return noError
}

// launch makes a the asynchronous Send of m unless one is under way. One whose
// callback this is has ended.
func (m *mailer) launch(a *asyncSend) number {
	m.flight.Lock()
	defer m.flight.Unlock()
	if m.freed.Load() {
		return badHandle
	}
	if before := m.async.Load(); before != nil && !before.over() && !before.inside() {
		m.note(gate.self(), refused)
		return busy
	}
	m.async.Store(a)
	m.flying = append(m.flying, a)
	return noError
}

// land notes that the callback of a has returned.
func (m *mailer) land(a *asyncSend) {
	m.flight.Lock()
	m.flying = slices.DeleteFunc(m.flying, func(b *asyncSend) bool { return a == b })
	m.flight.Unlock()
	close(a.done)
}

// ground lets no more asynchronous Sends start, and gives those whose callbacks
// have not returned.
func (m *mailer) ground() []*asyncSend {
	m.flight.Lock()
	defer m.flight.Unlock()
	m.freed.Store(true)
	return slices.Clone(m.flying)
}

func (m *mailer) sendLater(a *asyncSend) (number, *report) {
	if m.inBatch.Load() {
		return busy, refused
	}
	n, r := m.call(func(m *mailer) error {
		m.begin()
		a.begun.Store(true)
		return m.perform(&a.op, m.send)
	})
	if n == badHandle { // freed, which cancels
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
	for id := gate.doneAt(0); id != 0; id = gate.doneAt(len(ids)) {
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

// waitAsync waits for at most d for the asynchronous Send of h: its number, or
// busy. The callback has returned then, unless this is called in it.
func waitAsync(h uintptr, d time.Duration) number {
	m := lookup(h)
	if m == nil {
		return badHandle
	}
	a := m.async.Load()
	if a == nil {
		m.note(gate.self(), &report{last: faultOf(faultf(badArgument, "no asynchronous Send was started: call SendAsync"))})
		return badArgument
	}
	if !a.inside() && !a.ends(d) {
		return busy
	}
	m.note(gate.self(), a.report)
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
