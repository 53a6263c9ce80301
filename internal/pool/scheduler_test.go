// SPDX-License-Identifier: MIT

package pool

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// requireShares requires that the number of mails that each relay has sent differs by at
// most 5 % from the number that its weight demands.
func requireShares(t *testing.T, x *sim, mails int, weights ...int) {
	t.Helper()
	require.Len(t, x.taken, mails)
	total := 0
	for _, w := range weights {
		total += w
	}
	for r, n := range x.share() {
		want := float64(mails) * float64(weights[r]) / float64(total)
		require.InEpsilon(t, want, n, 0.05, "relay %d of %v: %v", r, weights, x.share())
	}
}

func TestWeights(t *testing.T) {
	for _, weights := range [][]int{{1, 1}, {3, 1}, {1, 2, 7}, {100, 1}, {5, 4, 3, 2, 1}} {
		x := newSim(t)
		for _, w := range weights {
			x.relay(Limits{Weight: w, Sessions: 4}, good(20*time.Millisecond))
		}
		x.submitMany(10_000)
		x.run(time.Hour)
		requireShares(t, x, 10_000, weights...)
	}
}

// The shares do not depend on how fast the relays are.
func TestWeightsOfRelaysThatDiffer(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	x := newSim(t)
	x.relay(Limits{Weight: 3, Sessions: 1}, func(*Item) (time.Duration, Move, Health) {
		return time.Duration(r.IntN(900)) * time.Millisecond, End, Good
	})
	x.relay(Limits{Weight: 1, Sessions: 8}, good(time.Millisecond))
	x.submitMany(10_000)
	x.run(10 * time.Hour)
	requireShares(t, x, 10_000, 3, 1)
}

// Mails that are submitted one at a time are also distributed in proportion to the weights.
func TestWeightsWithoutAQueue(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Weight: 2, Sessions: 2}, good(3*time.Millisecond))
	x.relay(Limits{Weight: 1, Sessions: 2}, good(3*time.Millisecond))
	for m := range 10_000 {
		x.submit(m)
		x.run(5 * time.Millisecond)
	}
	x.run(time.Minute)
	requireShares(t, x, 10_000, 2, 1)
}

func TestSessionsAreLimited(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 3}, good(time.Second))
	x.relay(Limits{Sessions: 1}, good(time.Second))
	x.submitMany(100)
	x.run(time.Hour)
	require.Len(t, x.taken, 100)
	require.Equal(t, []int{3, 1}, x.most)
}

// A relay that takes very long for each mail delays the mails of the other relays only once,
// by a second.
func TestRelayThatHangs(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 2}, good(10*time.Minute))
	x.relay(Limits{Sessions: 2}, good(10*time.Millisecond))
	x.submitMany(1000)
	x.run(9 * time.Second)
	require.Equal(t, 998, x.share()[1], "the other relay has sent all but those that hang")
	x.run(time.Hour)
	require.Len(t, x.taken, 1000)
}

func TestQueueIsBounded(t *testing.T) {
	x := newSim(t)
	x.s.Queue = 5
	x.relay(Limits{Sessions: 1}, good(time.Second))
	x.submitMany(5)
	require.Nil(t, x.s.Submit(x.now, "sixth"))
	x.run(0)
	require.Equal(t, 4, x.s.Queued(), "one mail is being sent")
	x.submit("sixth")
	require.Nil(t, x.s.Submit(x.now, "seventh"))
	x.run(time.Minute)
	require.Len(t, x.taken, 6)
	require.Zero(t, x.s.Queued())
}

func TestCancel(t *testing.T) {
	x := newSim(t)
	x.relay(Limits{Sessions: 1}, good(time.Second))
	var items []*Item
	for m := range 10 {
		items = append(items, x.s.Submit(x.now, m))
	}
	x.run(0)
	require.False(t, x.s.Cancel(items[0]), "it has been started")
	require.True(t, x.s.Cancel(items[1]), "it waits for the relay")
	require.True(t, x.s.Cancel(items[9]), "it waits in the queue")
	require.False(t, x.s.Cancel(items[9]))
	require.Equal(t, 7, x.s.Queued())
	require.Len(t, x.s.CancelAll(), 7)
	x.run(time.Minute)
	require.Equal(t, map[any]int{0: 0}, x.taken)
}

// Whatever the relays do, each mail ends exactly once, and the limits hold.
func TestSchedulerLosesNoMail(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 7))
		x := newSim(t)
		x.s.Patience = time.Duration(r.IntN(3)) * 10 * time.Second
		relays := 1 + r.IntN(4)
		for range relays {
			bad := r.IntN(100)
			l := Limits{Weight: r.IntN(5), Sessions: r.IntN(5)}
			if r.IntN(3) == 0 {
				l.Rate, l.Per = 1+r.IntN(50), time.Second
			}
			x.relay(l, func(*Item) (time.Duration, Move, Health) {
				took := time.Duration(r.IntN(2000)) * time.Millisecond
				if r.IntN(100) >= bad {
					return took, End, Good
				}
				return took, Move(r.IntN(3)), Health(r.IntN(int(Rejected) + 1))
			})
		}
		canceled := map[any]bool{}
		for m := range 300 {
			i := x.s.Submit(x.now, m)
			if r.IntN(10) == 0 {
				x.run(time.Duration(r.IntN(500)) * time.Millisecond)
			}
			if r.IntN(20) == 0 && x.s.Cancel(i) {
				canceled[m] = true
			}
			if r.IntN(50) == 0 {
				x.jump(time.Hour)
			}
		}
		x.run(3 * time.Hour)
		require.Equal(t, 300, len(x.taken)+len(x.lost)+len(canceled), "seed %d", seed)
		for _, m := range x.lost {
			_, taken := x.taken[m]
			require.False(t, taken || canceled[m], "seed %d", seed)
		}
		for j := range relays {
			require.LessOrEqual(t, x.most[j], x.s.Limits(j).Sessions, "seed %d", seed)
			require.Zero(t, x.s.Running(j), "seed %d", seed)
		}
		require.Zero(t, x.s.Queued(), "seed %d", seed)
	}
}
