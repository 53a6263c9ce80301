// SPDX-License-Identifier: MIT

package main

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// A call that waits in the kernel holds one of Go's processors (GOMAXPROCS)
// for up to 10 ms, if another is free: else it is taken away at once, which
// costs more than the reply that is waited for. So there is one more than there
// are calls at work, up to mostProcessors; with more of those than that, and
// so little left to each, it makes no difference.
const mostProcessors = 8

var (
	atWork         atomic.Int32 // calls on the host's threads
	processors     atomic.Int32 // 0: not yet asked for
	processorsLock sync.Mutex
)

// beginWork counts a call that may wait; endWork ends it.
func beginWork() {
	if n := atWork.Add(1); n >= processors.Load() {
		needProcessors(min(n+1, mostProcessors))
	}
}

func endWork() { atWork.Add(-1) }

func needProcessors(n int32) {
	if n <= processors.Load() {
		return
	}
	processorsLock.Lock()
	defer processorsLock.Unlock()
	if have := int32(runtime.GOMAXPROCS(0)); have < n {
		runtime.GOMAXPROCS(int(n))
		processors.Store(n)
	} else {
		processors.Store(have)
	}
}
