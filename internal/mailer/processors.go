// SPDX-License-Identifier: MIT

package mailer

import (
	"math/bits"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// The number of processors that the library uses grows with the number of calls that run at
// the same time, up to a maximum.
//
// A call that waits in the kernel keeps one of Go's processors (GOMAXPROCS) for up to 10 ms
// if another processor is free. If none is free, the runtime at once gives the call's
// processor to other goroutines, and getting a processor back takes the call longer than
// waiting for the server's reply. The library therefore uses one more processor than the
// largest number of calls that have run at the same time so far, rounded up to a power of
// two. The maximum is nine or the number of processors of the machine, whichever is larger.
// If more calls than that run at the same time, additional processors bring no gain.
//
// The sessions of a pool need no processor while they wait. For them, the library uses one
// more processor than the largest number of sessions that have sent mails at the same time
// so far, also rounded up to a power of two, but not more processors than the machine has.
//
// If the environment variable GOMAXPROCS is set, its value is used instead.
//
// The library does not change the setting of the garbage collector (GOGC). By default, a
// collection starts only when the heap has at least 4 MB. When it started at 2 MB, sending
// many small mails over many sessions took nearly twice as long.
const (
	fewestProcessors = 2
	usualProcessors  = 9
)

var (
	atWork         atomic.Int32 // the number of calls that are running
	processors     atomic.Int32
	processorsLock sync.Mutex
	inPools        atomic.Int32 // the number of sessions of pools that are sending

	settled         atomic.Int64 // the time from which calls may keep their processor again, in nanoseconds since 'started'
	givenProcessors atomic.Bool  // whether the environment sets the number of processors
)

func init() { takeProcessors(fewestProcessors) }

// beginWork is called at the beginning of a call that can wait, and endWork at its end.
func beginWork() {
	if n := atWork.Add(1); n >= processors.Load() {
		needProcessors(int(n) + 1)
	}
}

// spareProcessor reports whether a call may keep its processor while it waits: at least one
// processor must be left for other calls and for the sessions of pools if each of the running
// calls keeps its processor. No call may keep it for the time 'settling' after the number of
// processors has changed. More calls often begin in this time, and when they change the number
// again, the runtime has to wait for every call that keeps its processor.
func spareProcessor() bool {
	return atWork.Load()+inPools.Load() < processors.Load() && time.Since(started) >= time.Duration(settled.Load())
}

const settling = 20 * time.Millisecond

// started is the time from which 'settled' is counted.
var started = time.Now()

func endWork() { atWork.Add(-1) }

// beginPoolWork is called when a session of a pool begins to send a mail, and endPoolWork
// when the mail has been sent or has failed.
func beginPoolWork() {
	n := int(inPools.Add(1))
	if n >= int(processors.Load()) {
		needAtMost(n+1, runtime.NumCPU())
	}
}

func endPoolWork() { inPools.Add(-1) }

func needProcessors(n int) { needAtMost(n, max(usualProcessors, runtime.NumCPU())) }

// needAtMost makes the library use at least n processors, rounded up to a power of two, but
// not more than 'most'.
func needAtMost(n, most int) {
	n = min(1<<bits.Len(uint(n-1)), most)
	if n <= int(processors.Load()) || givenProcessors.Load() {
		return // there is nothing to change, so no lock is needed
	}
	processorsLock.Lock()
	defer processorsLock.Unlock()
	if n > int(processors.Load()) {
		settled.Store(int64(time.Since(started) + settling))
		takeProcessors(n)
	}
}

// takeProcessors makes the library use n processors, unless the environment sets their
// number.
func takeProcessors(n int) {
	given := os.Getenv("GOMAXPROCS") != ""
	if given {
		n = runtime.GOMAXPROCS(0)
	} else {
		runtime.GOMAXPROCS(n)
	}
	givenProcessors.Store(given)
	processors.Store(int32(n))
}
