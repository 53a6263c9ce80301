// SPDX-License-Identifier: MIT

package mailer

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// asyncSend is a Send that runs on a thread of the library.
type asyncSend struct {
	op     operation
	id     uint64        // the number by which internal/gate identifies the callback
	begun  atomic.Bool   // whether the results of the handle's previous mail were cleared
	sent   atomic.Bool   // whether the Send has ended; its callback may still be running
	done   chan struct{} // closed when the callback has returned
	number Number        // the error number; valid when the callback begins
	report *ownReport    // for the getters; valid when the callback begins; nil if the handle was freed
}

func newAsyncSend() *asyncSend {
	return &asyncSend{op: operation{ours: true}, id: lastAsync.Add(1), done: make(chan struct{})}
}

func (a *asyncSend) over() bool {
	select {
	case <-a.done:
		return true
	default:
		return false
	}
}

// inside reports whether the calling thread is running the callback of 'a'.
func (a *asyncSend) inside() bool { return slices.Contains(doneIDs(), a.id) }

// The method 'ends' waits until 'a' has ended, but not longer than d. It reports whether 'a'
// has ended.
func (a *asyncSend) ends(d time.Duration) bool {
	if d > 0 && !a.over() {
		timer := time.NewTimer(d)
		defer timer.Stop()
		a.await(timer.C)
	}
	return a.over()
}

// awaitCallbacks waits until the callbacks of 'sends' have returned. If awaitCallbacks is
// called in a callback, it does not wait for this callback, or for callbacks that are
// waiting for this callback.
func awaitCallbacks(sends []*asyncSend) {
	for _, a := range sends {
		a.await(nil)
	}
}

// await waits until the callback of 'a' has returned or 'limit' delivers a value. It returns
// at once if it is called in that callback, or in another callback that the callback of 'a'
// is waiting for.
func (a *asyncSend) await(limit <-chan time.Time) {
	if a.over() {
		return
	}
	leave, ok := enterWait(awaited{send: a.id})
	if !ok {
		return
	}
	defer leave()
	select {
	case <-a.done:
	case <-limit:
	}
}

// doneIDs returns the ids of the callbacks that are running on the calling thread.
func doneIDs() (ids []uint64) {
	for id := Gate.DoneAt(0); id != 0; id = Gate.DoneAt(len(ids)) {
		ids = append(ids, id)
	}
	return ids
}

// awaited is what a callback waits for: the callback of one asynchronous Send, or the
// callbacks of all mails of a pool.
type awaited struct {
	send uint64
	pool *Pool // if it is not nil, 'send' is not used
}

func (w awaited) ids() []uint64 {
	if w.pool != nil {
		return w.pool.ids()
	}
	return []uint64{w.send}
}

// waiting contains the callbacks that wait for other callbacks, and the turns of the running
// callbacks (see turns). A goroutine that has locked 'waiting' may lock a pool. A goroutine
// that has locked a pool must not lock 'waiting'.
var waiting = struct {
	sync.Mutex
	of    map[uint64]awaited // what a callback waits for, by the callback's id
	turns map[uint64][]*turn // the turns of the running callbacks, by the callback's id
}{of: map[uint64]awaited{}, turns: map[uint64][]*turn{}}

// enterWait records that the callbacks on the calling thread wait for w. It ends their
// turns, so that other callbacks can run. The caller must call 'leave' after the wait. If w
// contains one of these callbacks, or one that waits for them directly or indirectly, the
// wait would never end: enterWait then returns false and records nothing.
func enterWait(w awaited) (leave func(), ok bool) {
	ids := doneIDs()
	if len(ids) == 0 {
		return func() {}, true
	}
	waiting.Lock()
	defer waiting.Unlock()
	if w.leadsTo(ids) {
		return nil, false
	}
	before := map[uint64]awaited{} // what the callbacks on this thread already wait for
	for _, id := range ids {
		if outer, ok := waiting.of[id]; ok {
			before[id] = outer
		}
		waiting.of[id] = w
		for _, t := range waiting.turns[id] {
			t.end()
		}
	}
	return func() {
		waiting.Lock()
		defer waiting.Unlock()
		for _, id := range ids {
			delete(waiting.of, id)
			if outer, ok := before[id]; ok {
				waiting.of[id] = outer
			}
		}
	}, true
}

// leadsTo reports whether w contains one of the callbacks in ids, or a callback that waits
// for one of them directly or indirectly. 'waiting' must be locked.
func (w awaited) leadsTo(ids []uint64) bool {
	seen := map[uint64]bool{}
	for next := w.ids(); len(next) > 0; {
		id := next[len(next)-1]
		next = next[:len(next)-1]
		if slices.Contains(ids, id) {
			return true
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		if then, ok := waiting.of[id]; ok {
			next = append(next, then.ids()...)
		}
	}
	return false
}

// turns limits how many callbacks of one kind run at the same time. The limit is the
// capacity of the channel. A callback that waits for other callbacks does not count,
// because the other callbacks must be able to run.
type turns chan struct{}

// turn is the permission for one callback to run.
type turn struct {
	of    turns
	ended bool // guarded by 'waiting'
}

// end ends the turn, so that another callback can run. 'waiting' must be locked.
func (t *turn) end() {
	if !t.ended {
		t.ended = true
		<-t.of
	}
}

// run waits until one more callback of this kind may run. It then calls f, the callback
// with this id.
func (k turns) run(id uint64, f func()) {
	k <- struct{}{}
	t := &turn{of: k}
	waiting.Lock()
	waiting.turns[id] = append(waiting.turns[id], t)
	waiting.Unlock()
	defer func() {
		waiting.Lock()
		defer waiting.Unlock()
		t.end()
		waiting.turns[id] = slices.DeleteFunc(waiting.turns[id], func(other *turn) bool { return other == t })
		if len(waiting.turns[id]) == 0 {
			delete(waiting.turns, id)
		}
	}()
	f()
}
