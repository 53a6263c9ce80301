// SPDX-License-Identifier: MIT

package pool

import (
	"container/heap"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sim runs a Scheduler on a simulated clock. Its relays are functions.
type sim struct {
	t      *testing.T
	s      *Scheduler
	now    time.Time
	events events
	order  int

	relays []func(i *Item) (took time.Duration, m Move, h Health)
	starts [][]time.Time // for each relay, the times at which a transaction began
	taken  map[any]int   // for each mail, the relay that accepted it
	lost   []any         // the mails that no relay accepted
	most   []int         // for each relay, the largest number of mails at the same time
}

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newSim(t *testing.T) *sim {
	return &sim{t: t, now: epoch, taken: map[any]int{},
		s: &Scheduler{First: time.Second, Longest: time.Minute}}
}

func (x *sim) relay(l Limits, f func(i *Item) (time.Duration, Move, Health)) {
	x.s.AddRelay(x.now, l)
	x.relays = append(x.relays, f)
	x.starts = append(x.starts, nil)
	x.most = append(x.most, 0)
}

// good returns a relay that accepts each mail after the time d.
func good(d time.Duration) func(*Item) (time.Duration, Move, Health) {
	return func(*Item) (time.Duration, Move, Health) { return d, End, Good }
}

func (x *sim) submit(mails ...any) {
	for _, m := range mails {
		require.NotNil(x.t, x.s.Submit(x.now, m))
	}
}

func (x *sim) submitMany(n int) {
	for m := range n {
		x.submit(m)
	}
}

// 'after' calls f when the time d has passed.
func (x *sim) after(d time.Duration, f func()) {
	x.order++
	heap.Push(&x.events, event{x.now.Add(d), x.order, f})
}

// jump sets the clock forward by d, as if a virtual machine had been suspended.
func (x *sim) jump(d time.Duration) {
	x.now = x.now.Add(d)
	for i := range x.events {
		x.events[i].at = x.events[i].at.Add(d)
	}
}

// run runs the simulation until limit has passed or nothing is left to do.
func (x *sim) run(limit time.Duration) {
	end := x.now.Add(limit)
	for {
		start, ended, wake := x.s.Next(x.now)
		for _, i := range ended {
			x.lost = append(x.lost, i.Value)
		}
		for _, i := range start {
			r := i.Relay()
			x.most[r] = max(x.most[r], x.s.Running(r))
			x.after(x.s.Reserve(x.now, i), func() { x.begin(i, r) })
		}
		at := wake
		if len(x.events) > 0 && (at.IsZero() || x.events[0].at.Before(at)) {
			at = x.events[0].at
		}
		if at.IsZero() || at.After(end) {
			x.now = end
			return
		}
		if at.After(x.now) {
			x.now = at
		}
		for len(x.events) > 0 && !x.events[0].at.After(x.now) {
			heap.Pop(&x.events).(event).f()
		}
	}
}

func (x *sim) begin(i *Item, r int) {
	x.starts[r] = append(x.starts[r], x.now)
	took, m, h := x.relays[r](i)
	x.after(took, func() {
		if !x.s.Report(x.now, i, m, h) {
			return
		}
		if m == End {
			_, twice := x.taken[i.Value]
			require.False(x.t, twice, "mail %v ended twice", i.Value)
			x.taken[i.Value] = r
		} else {
			x.lost = append(x.lost, i.Value)
		}
	})
}

// share returns how many mails each relay has accepted.
func (x *sim) share() []int {
	n := make([]int, len(x.relays))
	for _, r := range x.taken {
		n[r]++
	}
	return n
}

type event struct {
	at    time.Time
	order int
	f     func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if e[i].at.Equal(e[j].at) {
		return e[i].order < e[j].order
	}
	return e[i].at.Before(e[j].at)
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	last := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return last
}
