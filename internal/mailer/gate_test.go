// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// callbacks contains the callbacks that inCallback runs on each goroutine. internal/gate
// keeps the same list for each thread.
var callbacks struct {
	sync.Mutex
	running atomic.Int32
	of      map[string][]uint64
}

func init() {
	callbacks.of = map[string][]uint64{}
	Gate.DoneAt = func(depth int) uint64 {
		if callbacks.running.Load() == 0 {
			return 0
		}
		callbacks.Lock()
		defer callbacks.Unlock()
		ids := callbacks.of[goroutine()]
		if depth >= len(ids) {
			return 0
		}
		return ids[len(ids)-1-depth]
	}
}

// goroutine returns the number of the calling goroutine.
func goroutine() string {
	stack := make([]byte, 64)
	return string(bytes.Fields(stack[:runtime.Stack(stack, false)])[1])
}

// inCallback runs f as if it were the callback with this id.
func inCallback(id uint64, f func()) {
	g := goroutine()
	callbacks.Lock()
	callbacks.running.Add(1)
	callbacks.of[g] = append(callbacks.of[g], id)
	callbacks.Unlock()
	defer func() {
		callbacks.Lock()
		defer callbacks.Unlock()
		callbacks.running.Add(-1)
		if callbacks.of[g] = callbacks.of[g][:len(callbacks.of[g])-1]; len(callbacks.of[g]) == 0 {
			delete(callbacks.of, g)
		}
	}()
	f()
}

// logAs sets 'log' as the log callback of h. For the mails of a pool, the callback runs in
// inCallback.
func logAs(t *testing.T, h uintptr, log func(line string)) {
	t.Helper()
	before := Gate.Log
	t.Cleanup(func() { Gate.Log = before })
	Gate.Log = func(_ Origin, call func() uint64) func(int, string) {
		return func(_ int, line string) {
			if call == nil {
				log(line)
				return
			}
			inCallback(call(), func() { log(line) })
		}
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetLogOrigin(Origin{Handle: h, Function: 1}) })
}

// within runs f, and fails the test if f does not return soon.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-after():
		stacks := make([]byte, 1<<20)
		require.FailNow(t, what+" does not return", "%s", stacks[:runtime.Stack(stacks, true)])
	}
}
