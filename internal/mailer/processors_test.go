// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
)

// GOMAXPROCS grows with the number of running calls, up to a maximum.
func TestProcessors(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	defer takeProcessors(runtime.GOMAXPROCS(0))
	takeProcessors(fewestProcessors)
	most := max(usualProcessors, runtime.NumCPU())
	assert.Equal(t, fewestProcessors, runtime.GOMAXPROCS(0))
	for n := 1; n <= 3*most; n++ {
		beginWork()
		got := runtime.GOMAXPROCS(0)
		assert.GreaterOrEqual(t, got, min(n+1, most))
		assert.LessOrEqual(t, got, min(max(2*n, fewestProcessors), most))
	}
	for range 3 * most {
		endWork()
	}
	beginWork()
	defer endWork()
	assert.Equal(t, most, runtime.GOMAXPROCS(0), "GOMAXPROCS must not decrease")
}

// The sessions of a pool use the processors of the machine, and no more.
func TestPoolProcessors(t *testing.T) {
	t.Setenv("GOMAXPROCS", "")
	defer takeProcessors(runtime.GOMAXPROCS(0))
	takeProcessors(1)
	for n := 1; n <= 2*runtime.NumCPU(); n++ {
		beginPoolWork()
		defer endPoolWork()
		assert.LessOrEqual(t, runtime.GOMAXPROCS(0), runtime.NumCPU())
		assert.GreaterOrEqual(t, runtime.GOMAXPROCS(0), min(n+1, runtime.NumCPU()))
	}
}

// If the environment variable GOMAXPROCS is set, the library uses this number of
// processors, no matter how many calls are running.
func TestGivenProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	t.Setenv("GOMAXPROCS", "1")
	takeProcessors(fewestProcessors)
	defer func() {
		os.Unsetenv("GOMAXPROCS")
		takeProcessors(before)
	}()
	for range 3 {
		beginWork()
		defer endWork()
		assert.False(t, spareProcessor())
		assert.Equal(t, 1, runtime.GOMAXPROCS(0))
	}
}
