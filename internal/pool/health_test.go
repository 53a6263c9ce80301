// SPDX-License-Identifier: MIT

package pool

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A relay that does not respond delays mails only once, by its timeout. The relay is then
// tried with one mail at a time, at growing intervals, and is used again when it responds.
func TestHealth(t *testing.T) {
	x := newSim(t)
	dead, probes := true, []time.Duration(nil)
	x.relay(Limits{Sessions: 4}, func(*Item) (time.Duration, Move, Health) {
		if dead {
			probes = append(probes, x.now.Sub(epoch))
			return 30 * time.Second, Other, Failed
		}
		return time.Millisecond, End, Good
	})
	x.relay(Limits{Sessions: 4}, good(10*time.Millisecond))
	feed := func(d time.Duration) {
		for end := x.now.Add(d); x.now.Before(end); {
			x.submit(x.now)
			x.run(50 * time.Millisecond)
		}
	}
	feed(10 * time.Minute)
	require.Equal(t, 4, x.most[0], "four mails at the same time")
	require.Empty(t, x.lost)
	first := 0
	for first < len(probes) && probes[first] < 30*time.Second {
		first++
	}
	require.LessOrEqual(t, first, 4, "only the mails of the first moment wait for the timeout")
	probes = probes[first:]
	require.GreaterOrEqual(t, len(probes), 5)
	for i := 1; i < len(probes); i++ {
		pause := probes[i] - probes[i-1] - 30*time.Second
		require.InDelta(t, min(time.Second<<i, time.Minute), pause, float64(200*time.Millisecond), "pause %d of %v", i, probes)
	}
	dead = false
	feed(3 * time.Minute)
	before := x.share()
	feed(time.Minute)
	require.InDelta(t, x.share()[1]-before[1], x.share()[0]-before[0], 3, "it has its share again")
	state, _ := x.s.State(x.now, 0)
	require.Equal(t, Up, state)
}

func TestOnlyRelayIsDead(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 1}, func(*Item) (time.Duration, Move, Health) { return time.Second, Other, Failed })
	x.submitMany(50)
	x.run(time.Minute)
	require.Len(t, x.lost, 50, "none waits without patience")
	require.Len(t, x.starts[0], 1, "one mail has tried it")
	x.submit("later")
	x.run(time.Minute)
	require.Len(t, x.lost, 51)
	require.Len(t, x.starts[0], 2)
}

func TestPatience(t *testing.T) {
	x := newSim(t)
	x.s.Patience = 20 * time.Second
	down := true
	x.relay(Limits{Sessions: 2}, func(*Item) (time.Duration, Move, Health) {
		if down {
			return 0, Other, Failed
		}
		return time.Millisecond, End, Good
	})
	x.submitMany(20)
	x.run(5 * time.Second)
	require.Empty(t, x.lost)
	down = false
	x.run(20 * time.Second)
	require.Len(t, x.taken, 20)
	down = true
	x.submitMany(20)
	x.run(19 * time.Second)
	x.run(2 * time.Second)
	require.Len(t, x.lost, 20)
	require.Less(t, len(x.starts[0]), 50)
}

// If a relay refuses a mail because of the relay's own state, the next relay gets the mail.
// The first relay stays in use if its refusals are not consecutive.
func TestTrouble(t *testing.T) {
	x := newSim(t)
	n := 0
	x.relay(Limits{Sessions: 1}, func(*Item) (time.Duration, Move, Health) {
		if n++; n%3 == 0 {
			return time.Millisecond, Other, Trouble
		}
		return time.Millisecond, End, Good
	})
	x.relay(Limits{Sessions: 1}, good(time.Millisecond))
	x.submitMany(900)
	x.run(time.Minute)
	require.Len(t, x.taken, 900)
	require.Len(t, x.starts[0], 450)
	require.Equal(t, 300, x.share()[0])
}

func TestTroubleInARow(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 1}, func(*Item) (time.Duration, Move, Health) { return time.Millisecond, Other, Trouble })
	x.relay(Limits{Sessions: 1}, good(time.Millisecond))
	x.submitMany(100)
	x.run(900 * time.Millisecond)
	require.Len(t, x.taken, 100)
	require.Len(t, x.starts[0], troublesome)
}

// If a relay accepts fewer sessions than are configured, the client does not keep trying to
// open more.
func TestCrowded(t *testing.T) {
	x := newSim(t)
	const accepts = 2
	open := 0
	x.relay(Limits{Sessions: 8}, func(*Item) (time.Duration, Move, Health) {
		if open >= accepts {
			return 0, Same, Crowded
		}
		open++
		x.after(10*time.Millisecond, func() { open-- })
		return 10 * time.Millisecond, End, Good
	})
	x.submit("first")
	x.run(time.Second)
	x.submitMany(1000)
	x.run(30 * time.Second)
	require.Len(t, x.taken, 1001)
	require.Empty(t, x.lost)
	require.Less(t, len(x.starts[0]), 1020)
}

// If a relay refuses the login, the login is not repeated immediately.
func TestRejected(t *testing.T) {
	x := newSim(t)
	x.s.Longest = time.Hour
	x.relay(Limits{Sessions: 1}, func(*Item) (time.Duration, Move, Health) { return 0, Other, Rejected })
	x.submit("a")
	x.run(0)
	_, pause := x.s.State(x.now, 0)
	require.Equal(t, time.Minute, pause)
}
