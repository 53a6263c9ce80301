// SPDX-License-Identifier: MIT

package pool

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireRate requires that no period of the length 'per', including both of its ends,
// contains more than n+1 starts.
func requireRate(t *testing.T, starts []time.Time, n int, per time.Duration) {
	t.Helper()
	for i := n + 1; i < len(starts); i++ {
		require.Greater(t, starts[i].Sub(starts[i-n-1]), per, "%d starts from %v on", n+2, starts[i-n-1])
	}
}

func TestRate(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 10, 60, 333, 1000} {
		x := newSim(t)
		x.relay(Limits{Sessions: 50, Rate: n, Per: time.Second}, good(30*time.Millisecond))
		x.submitMany(70 * n)
		x.run(time.Minute)
		requireRate(t, x.starts[0], n, time.Second)
		require.InEpsilon(t, 60*n, len(x.starts[0]), 0.05, "%d a second", n)
	}
}

// If goroutines wake up late, the limit still holds, and the mean rate stays the same.
func TestRateWithLateWakeUps(t *testing.T) {
	for _, n := range []int{1, 5, 20, 100, 500} {
		r := rand.New(rand.NewPCG(uint64(n), 3))
		l := &limiter{}
		l.setLimit(n, time.Second)
		now, starts := epoch, []time.Time(nil)
		for now.Sub(epoch) < time.Minute {
			if at := l.earliest(now); at.After(now) {
				now = at.Add(time.Duration(r.IntN(5_000)) * time.Microsecond)
				continue
			}
			starts = append(starts, l.reserve(now))
		}
		requireRate(t, starts, n, time.Second)
		require.InEpsilon(t, 60*n, len(starts), 0.05, "%d a second", n)
	}
}

// Mails that are submitted in bursts are not sent in bursts.
func TestRateAfterIdleTime(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	x := newSim(t)
	x.relay(Limits{Sessions: 10, Rate: 10, Per: time.Second}, good(time.Millisecond))
	for m := range 1000 {
		x.submit(m)
		if r.IntN(8) == 0 {
			x.run(time.Duration(r.IntN(3000)) * time.Millisecond)
		}
	}
	x.run(time.Hour)
	require.Len(t, x.taken, 1000)
	requireRate(t, x.starts[0], 10, time.Second)
}

// The period of a rate can be longer than a second.
func TestRatePerMinute(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 4, Rate: 30, Per: time.Minute}, good(time.Millisecond))
	x.submitMany(400)
	x.run(10 * time.Minute)
	requireRate(t, x.starts[0], 30, time.Minute)
	require.InEpsilon(t, 300, len(x.starts[0]), 0.05)
}

// A relay that has reached its rate does not delay the others.
func TestRateOfOneRelay(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 4, Rate: 10, Per: time.Second}, good(10*time.Millisecond))
	x.relay(Limits{Sessions: 4}, good(10*time.Millisecond))
	x.submitMany(5000)
	x.run(20 * time.Second)
	require.Len(t, x.taken, 5000)
	requireRate(t, x.starts[0], 10, time.Second)
}

func TestRateIsChanged(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 4, Rate: 100, Per: time.Second}, good(time.Millisecond))
	x.submitMany(2000)
	x.run(5 * time.Second)
	x.s.SetLimits(0, Limits{Sessions: 4, Rate: 5, Per: time.Second})
	x.run(2 * ahead) // mails whose start time is already reserved still start at that time
	before := len(x.starts[0])
	x.run(time.Minute)
	requireRate(t, x.starts[0][before:], 5, time.Second)
	require.InDelta(t, 300, len(x.starts[0])-before, 15)
	x.s.SetLimits(0, Limits{Sessions: 4})
	x.run(time.Minute)
	require.Len(t, x.taken, 2000)
}

// After a suspension of the host, mails are sent again, and not faster than the rate
// allows.
func TestRateAfterASuspension(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 4, Rate: 10, Per: time.Second}, good(time.Millisecond))
	x.submitMany(600)
	x.run(10 * time.Second)
	x.jump(48 * time.Hour)
	x.run(2 * ahead) // mails whose start time is already reserved still start at that time
	before := len(x.starts[0])
	x.run(20 * time.Second)
	require.InDelta(t, 200, len(x.starts[0])-before, 11)
	requireRate(t, x.starts[0][before:], 10, time.Second)
}

// If a call passes an earlier time than the call before it, the scheduler's clock does not
// go back.
func TestRateWithEarlierTimes(t *testing.T) {
	s := &Scheduler{}
	s.AddRelay(noon, Limits{Sessions: 1, Rate: 10, Per: time.Second})
	sent := 0
	for at := time.Duration(0); at < 10*time.Second; at += 10 * time.Millisecond {
		now := noon.Add(at)
		if s.Queued() == 0 && s.Running(0) == 0 {
			s.Submit(now, nil)
		}
		start, _, _ := s.Next(now)
		for _, i := range start {
			s.Reserve(now.Add(-20*time.Millisecond), i)
			s.Report(now, i, End, Good)
			sent++
		}
	}
	// A mail starts up to 'ahead' before its transaction is due, so a few more than 100 mails
	// can have started.
	require.LessOrEqual(t, sent, 103)
	require.GreaterOrEqual(t, sent, 95)
}
