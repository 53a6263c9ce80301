// SPDX-License-Identifier: MIT

package mailer

import (
	"math/bits"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// What this library takes of the process it lives in grows with the calls at
// work, and not with the machine.
//
// A call that waits in the kernel holds one of Go's processors (GOMAXPROCS) for
// up to 10 ms, if another is free: else it is taken away at once, which costs
// more than the reply that is waited for. So there is one more than there have
// been calls at once, or a few, up to eight, or what the machine has; with more calls than that, and
// so little left to each, it makes no difference.
//
// Garbage is collected when 1 MB for each of them has gathered (4 MB at most),
// or as much as is alive; Go would take 4 MB for one, and each collection
// costs by their number.
//
// GOMAXPROCS and GOGC in the environment, at the first call, say otherwise.
const (
	fewestProcessors = 2
	usualProcessors  = 8
)

var (
	atWork         atomic.Int32 // calls
	processors     atomic.Int32
	processorsLock sync.Mutex
)

func init() { takeProcessors(fewestProcessors) }

// beginWork counts a call that may wait; endWork ends it.
func beginWork() {
	if n := atWork.Add(1); n >= processors.Load() {
		needProcessors(int(n) + 1)
	}
}

func endWork() { atWork.Add(-1) }

func needProcessors(n int) {
	most := max(usualProcessors, runtime.NumCPU())
	n = min(1<<bits.Len(uint(n-1)), most)
	if n <= int(processors.Load()) {
		return // as many as there can be: no lock, however many calls
	}
	processorsLock.Lock()
	defer processorsLock.Unlock()
	if n > int(processors.Load()) {
		takeProcessors(n)
	}
}

func takeProcessors(n int) {
	processors.Store(int32(n))
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(n)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(min(25*n, 100))
	}
}
