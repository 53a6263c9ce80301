// SPDX-License-Identifier: MIT

package pool

import (
	"slices"
	"time"
)

// Next returns the mails to start now, each with its relay, and the mails that have ended
// because no relay is up. 'wake' is the time at which Next must be called again. 'now' and
// 'wake' are times of the caller's clock. 'wake' is the zero time if only a call to another
// method can change anything.
func (s *Scheduler) Next(now time.Time) (start, ended []*Item, wake time.Time) {
	at := s.clock(now)
	n := &next{Scheduler: s, now: at}
	for i, r := range s.relays {
		if len(r.waiting) > 0 && (r.state == Up && r.stalled(at) && s.another(i, at)) {
			s.release(r)
		}
	}
	n.placeAgain()
	n.placeQueue()
	for i, r := range s.relays {
		n.start(i, r)
		if r.state == Up && len(r.waiting) > 0 {
			n.at(r.moved.Add(stall)) // at that time, other relays take the mails
			if r.stalled(at) {
				for _, other := range s.relays {
					n.at(other.retryAt)
				}
			}
		}
		if r.allowed > 0 {
			n.at(r.crowdedAt.Add(crowded))
		}
	}
	if !n.wake.IsZero() {
		wake = n.wake.Add(now.Sub(at))
	}
	return n.started, n.ended, wake
}

// another reports whether a mail can be started on any relay except relay i.
func (s *Scheduler) another(i int, now time.Time) bool {
	for j, r := range s.relays {
		if j != i && r.takes(now) && r.free(now) {
			return true
		}
	}
	return false
}

// next contains the state of one call to Next.
type next struct {
	*Scheduler
	now     time.Time
	wake    time.Time
	started []*Item
	ended   []*Item
}

// at makes the caller call Next again at the time t, if t is in the future.
func (n *next) at(t time.Time) {
	if t.After(n.now) && (n.wake.IsZero() || t.Before(n.wake)) {
		n.wake = t
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// verdict is the result of place and choose: the mail has a relay, has to wait, or has
// ended.
type verdict int

const (
	placed verdict = iota
	waits
	over
)

// mostAgain is the maximum number of mails that one call to placeAgain handles. If there
// are more, Next must be called again after the duration 'turn'.
const (
	mostAgain = 64
	turn      = 20 * time.Millisecond
)

// room reports whether any relay can take a mail now.
func (n *next) room() bool {
	return slices.ContainsFunc(n.relays, func(r *relay) bool {
		return r.takes(n.now) && !r.full(n.now) && !r.ready(n.now).After(n.now)
	})
}

// placeAgain assigns the mails in n.again to relays. Each of these mails was already assigned to
// a relay once. If one of them has to wait, placeAgain still assigns those after it.
func (n *next) placeAgain() {
	most := min(len(n.again), mostAgain)
	if most < len(n.again) && n.room() {
		n.at(n.now.Add(turn))
	}
	for _, i := range n.again[most:] {
		if t := i.after; t.After(n.now) {
			n.at(t)
		} else {
			n.at(later(n.deadline(i), n.now.Add(turn)))
		}
	}
	left := slices.Clone(n.again[most:])
	for _, i := range n.again[:most] {
		switch n.place(i) {
		case waits:
			left = append(left, i)
		case over:
			n.end(i)
		}
	}
	n.again = left
}

// placeQueue assigns the mails of the queue to relays, in order, until a mail has to wait.
func (n *next) placeQueue() {
	for n.head < len(n.queue) {
		i := n.queue[n.head]
		v := n.place(i)
		if v == waits {
			break
		}
		if v == over {
			n.end(i)
		}
		n.queue[n.head] = nil
		n.head++
	}
	switch {
	case n.head == len(n.queue):
		n.queue, n.head = n.queue[:0], 0
	case n.head > 1024 && n.head > len(n.queue)/2:
		n.queue = slices.Delete(n.queue, 0, n.head)
		n.head = 0
	}
}

func (n *next) end(i *Item) {
	n.ended = append(n.ended, i)
	n.queued--
}

// place adds a mail to the list of the relay that was chosen for it. If no relay was
// chosen, or the chosen one cannot send the mail now, place first chooses one.
func (n *next) place(i *Item) verdict {
	if i.after.After(n.now) {
		n.at(i.after)
		return waits
	}
	if i.chosen {
		r := n.relays[i.relay]
		if !r.takes(n.now) || r.stalled(n.now) && n.another(i.relay, n.now) {
			i.chosen = false
		}
	}
	if !i.chosen {
		if v := n.choose(i); v != placed {
			return v
		}
	}
	r := n.relays[i.relay]
	if r.full(n.now) {
		n.at(r.moved.Add(stall))
		for _, other := range n.relays {
			n.at(other.retryAt)
		}
		return waits
	}
	r.waiting = append(r.waiting, i)
	return placed
}

// choose selects a relay for a mail, by weight, among the relays that can take the mail.
func (n *next) choose(i *Item) verdict {
	best, total := -1, 0
	alive := false // whether the mail can wait for a relay that works or is being tested
	for j, r := range n.relays {
		if slices.Contains(i.tried, j) {
			continue
		}
		switch {
		case r.state == Probing:
			alive = true
			continue
		case !r.takes(n.now):
			n.at(r.retryAt)
			continue
		case r.state == Down && len(r.waiting) > 0:
			alive = true
			continue
		}
		alive = true
		if r.stalled(n.now) && n.another(j, n.now) {
			continue
		}
		if ready := r.ready(n.now); ready.After(n.now) {
			n.at(ready)
			continue
		}
		r.credit += r.Weight
		total += r.Weight
		if best < 0 || r.credit > n.relays[best].credit {
			best = j
		}
	}
	switch {
	case best >= 0:
		n.relays[best].credit -= total
		i.relay, i.chosen = best, true
		return placed
	case alive:
		return waits
	}
	deadline := n.deadline(i)
	if len(i.tried) > 0 && len(i.tried) < len(n.relays) && n.now.Before(deadline) {
		// All relays that have not been tried are down. After a pause, all relays may
		// be tried again.
		i.tried = nil
		i.pause = n.nextPause(i.pause)
		i.after = n.now.Add(i.pause)
		if i.after.After(deadline) {
			i.after = deadline
		}
		n.at(i.after)
		return waits
	}
	if !n.now.Before(deadline) {
		return over
	}
	n.at(deadline)
	return waits
}

// start starts mails from the relay's list while the relay has free sessions.
func (n *next) start(j int, r *relay) {
	for len(r.waiting) > 0 && r.takes(n.now) && r.free(n.now) {
		i := r.waiting[0]
		r.waiting[0], r.waiting = nil, r.waiting[1:]
		i.relay, i.unsent, i.chosen = j, true, false
		if r.state == Down {
			i.probe = true
			r.state = Probing
		}
		r.running++
		r.unsent++
		r.moved = n.now
		n.queued--
		n.started = append(n.started, i)
	}
	if r.free(n.now) {
		r.moved = n.now
	}
}
