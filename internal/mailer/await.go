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
	id     uint64        // the number that identifies the callback to the gate
	begun  atomic.Bool   // whether the results of the last mail were cleared
	sent   atomic.Bool   // whether everything is done except the callback
	done   chan struct{} // closed when the callback has returned
	number Number        // the result; valid when the callback begins
	report *Report       // for the getters; valid when the callback begins; nil if the handle was freed
}

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

// ends waits for at most d, and reports whether a has ended.
func (a *asyncSend) ends(d time.Duration) bool {
	if d > 0 && !a.over() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		a.await(timer.C)
	}
	return a.over()
}

// awaitCallbacks waits until the callbacks of sends have returned. It does not wait for
// a callback that called awaitCallbacks, nor for one that waits for such a callback.
func awaitCallbacks(sends []*asyncSend) {
	for _, a := range sends {
		a.await(nil)
	}
}

// await waits until the callback of a has returned or limit delivers a value. It does not
// wait if it is called in that callback, or in another callback for which that one waits.
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

// waiting guards calling.
var waiting sync.Mutex

// calling maps the id of each waiting callback to the id of the callback for which it
// waits.
var calling = map[uint64]uint64{}

// doneIDs returns the ids of the callbacks that the calling thread runs.
func doneIDs() (ids []uint64) {
	for id := Gate.DoneAt(0); id != 0; id = Gate.DoneAt(len(ids)) {
		ids = append(ids, id)
	}
	return ids
}

// leadsTo reports whether the callback of a is one of ids, or waits for one of them
// directly or indirectly.
func (a *asyncSend) leadsTo(ids []uint64) bool {
	for id := a.id; id != 0; id = calling[id] {
		if slices.Contains(ids, id) {
			return true
		}
	}
	return false
}
