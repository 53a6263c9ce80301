// SPDX-License-Identifier: MIT

package mailer

import (
	"math/bits"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// The library's use of processors grows with the number of concurrent
// calls, and not with the size of the machine.
//
// A call that waits in the kernel keeps one of Go's processors (GOMAXPROCS) for up to
// 10 ms if another processor is free. Otherwise the runtime takes the processor from it
// at once, which takes more time than waiting for the reply. The library therefore uses
// one processor more than the largest number of concurrent calls so far, rounded up to
// a power of two. The limit is the larger of eight and the number of processors of the
// machine. With more calls than that, another processor makes no difference.
//
// The sessions of a pool need no processor while they wait. They use one more processor
// than the largest number of concurrent sessions so far, but not more than the machine has.
//
// The environment variable GOMAXPROCS takes precedence. The garbage collector has Go's
// default, at which at least 4 MB of garbage accumulate. With 2 MB, sending many small mails
// together took nearly twice as long.
const (
	fewestProcessors = 2
	usualProcessors  = 8
)

var (
	atWork         atomic.Int32 // calls of perform
	processors     atomic.Int32
	processorsLock sync.Mutex
	inPools        atomic.Int32 // sessions of pools that are sending
)

func init() { takeProcessors(fewestProcessors) }

// beginWork records the beginning of a call that can wait; endWork records its end.
func beginWork() {
	if n := atWork.Add(1); n >= processors.Load() {
		needProcessors(int(n) + 1)
	}
}

// spareProcessor reports whether a call that keeps its processor while it waits leaves one
// to the other calls and to the sessions of pools.
func spareProcessor() bool { return atWork.Load()+inPools.Load() < processors.Load() }

func endWork() { atWork.Add(-1) }

// beginPoolWork is like beginWork, for a session of a pool.
func beginPoolWork() {
	n := int(inPools.Add(1))
	if n >= int(processors.Load()) {
		needAtMost(n+1, runtime.NumCPU())
	}
}

func endPoolWork() { inPools.Add(-1) }

func needProcessors(n int) { needAtMost(n, max(usualProcessors, runtime.NumCPU())) }

// needAtMost makes the library use n processors, rounded up to a power of two, but not more
// than most.
func needAtMost(n, most int) {
	n = min(1<<bits.Len(uint(n-1)), most)
	if n <= int(processors.Load()) {
		return // the limit has been reached, so no lock is needed
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
}
