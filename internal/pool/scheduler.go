// SPDX-License-Identifier: MIT

package pool

import (
	"slices"
	"time"
)

// Scheduler distributes mails to relays.
type Scheduler struct {
	Queue    int           // the maximum number of waiting mails; 0: no limit
	Patience time.Duration // how long after Submit a mail waits while no relay can send it
	First    time.Duration // the first pause of a relay that failed
	Longest  time.Duration // the longest pause of a relay

	relays []*relay
	again  []*Item // mails that were assigned to a relay before; they come before those in 'queue'
	queue  []*Item
	head   int // the index of the first mail in 'queue'
	queued int // the number of mails that wait: in 'again', in 'queue', and in the relays' lists

	latest time.Time // the latest time that was passed to a method
}

// Item is a mail.
type Item struct {
	Value any // the value that was passed to Submit

	since  time.Time
	grace  time.Time // the mail waits until this time, even if Patience is shorter
	tried  []int     // the relays that did not accept the mail
	relay  int       // the relay that is to send the mail; -1 if none is chosen yet
	chosen bool
	after  time.Time // the mail does not start before this time
	pause  time.Duration
	probe  bool
	unsent bool // whether the mail has started, but Reserve has not been called
}

// Relay returns the relay to which the mail is assigned.
func (i *Item) Relay() int { return i.relay }

// Move says whether, and by which relay, a mail is sent again after an attempt.
type Move int

const (
	End   Move = iota // the mail is not sent again
	Other             // another relay can send the mail
	Same              // the same relay can send the mail over another session
)

// clock returns the time that the scheduler uses. It is the latest time that was passed to
// a method, so it never goes back. The times have a monotonic clock reading, so setting the
// clock of the host does not change them.
func (s *Scheduler) clock(now time.Time) time.Time {
	s.latest = later(s.latest, now)
	return s.latest
}

// AddRelay adds a relay and returns its number.
func (s *Scheduler) AddRelay(now time.Time, l Limits) int {
	s.relays = append(s.relays, &relay{moved: s.clock(now)})
	s.SetLimits(len(s.relays)-1, l)
	return len(s.relays) - 1
}

// Relays returns the number of relays.
func (s *Scheduler) Relays() int { return len(s.relays) }

// SetLimits replaces the limits of a relay.
func (s *Scheduler) SetLimits(i int, l Limits) {
	l.Weight, l.Sessions = max(l.Weight, 1), max(l.Sessions, 1)
	s.relays[i].Limits = l
	s.relays[i].limit.setLimit(l.Rate, l.Per)
}

// Limits returns the limits of a relay.
func (s *Scheduler) Limits(i int) Limits { return s.relays[i].Limits }

// State returns the health of a relay. If the relay is down, State also returns how much
// of the relay's pause remains.
func (s *Scheduler) State(now time.Time, i int) (State, time.Duration) {
	r := s.relays[i]
	if r.state == Down {
		return Down, max(r.retryAt.Sub(s.clock(now)), 0)
	}
	return r.state, 0
}

// Closing adds n to the number of sessions of a relay that are being closed, and returns
// the sum. These sessions send no more mails, but count towards the limit of the relay.
func (s *Scheduler) Closing(i, n int) int {
	s.relays[i].closing += n
	return s.relays[i].closing
}

// Running returns the number of mails that have started on a relay and for which Report has
// not been called.
func (s *Scheduler) Running(i int) int { return s.relays[i].running }

// Queued returns the number of mails that wait.
func (s *Scheduler) Queued() int { return s.queued }

// Submit adds a mail to the queue. It returns nil if the queue is full.
func (s *Scheduler) Submit(now time.Time, value any) *Item {
	if s.Queue > 0 && s.queued >= s.Queue {
		return nil
	}
	i := &Item{Value: value, since: s.clock(now), relay: -1}
	s.queue = append(s.queue, i)
	s.queued++
	return i
}

// Cancel removes a mail from the queue. It returns false if the mail has already started.
func (s *Scheduler) Cancel(i *Item) bool {
	is := func(other *Item) bool { return other == i }
	lists := []*[]*Item{&s.again}
	for _, r := range s.relays {
		lists = append(lists, &r.waiting)
	}
	for _, list := range lists {
		if slices.ContainsFunc(*list, is) {
			*list = slices.DeleteFunc(*list, is)
			s.queued--
			return true
		}
	}
	if at := slices.IndexFunc(s.queue[s.head:], is); at >= 0 {
		s.queue = slices.Delete(s.queue, s.head+at, s.head+at+1)
		s.queued--
		return true
	}
	return false
}

// CancelAll removes all mails that have not started, and returns them.
func (s *Scheduler) CancelAll() []*Item {
	all := slices.Clone(s.again)
	for _, r := range s.relays {
		all = append(all, r.waiting...)
		r.waiting = nil
	}
	all = append(all, s.queue[s.head:]...)
	s.again, s.queue, s.head, s.queued = nil, nil, 0, 0
	return all
}

// Reserve counts a started mail towards the rate of its relay. It returns how long the
// caller must wait before it begins the mail's transaction.
func (s *Scheduler) Reserve(now time.Time, i *Item) time.Duration {
	at := s.clock(now)
	r := s.relays[i.relay]
	if i.unsent {
		i.unsent = false
		r.unsent--
	}
	return r.limit.reserve(at).Sub(at)
}

// Report ends an attempt to send a started mail. It returns true if the mail has ended, and
// false if the mail is in the queue again. The mail has ended if m is End, or if all relays
// have tried the mail and its time to wait ends before they may try again. The outcome of
// this attempt is then the outcome of the mail.
func (s *Scheduler) Report(now time.Time, i *Item, m Move, h Health) (ended bool) {
	at := s.clock(now)
	r := s.relays[i.relay]
	r.running--
	r.moved = at
	if i.unsent {
		i.unsent = false
		r.unsent--
	}
	wasUp := r.state == Up
	probe := i.probe
	i.probe = false
	r.heard(h, at, probe, s.nextPause)
	if r.state == Down && wasUp {
		s.release(r)
	}
	if m == End {
		return true
	}
	if m == Other && !slices.Contains(i.tried, i.relay) {
		i.tried = append(i.tried, i.relay)
	}
	i.chosen = m == Same && h != Crowded
	if m == Other && len(i.tried) == len(s.relays) {
		i.pause = s.nextPause(i.pause)
		if at.Add(i.pause).After(s.deadline(i)) {
			return true
		}
		i.tried, i.after = nil, at.Add(i.pause)
	}
	s.again = append(s.again, i)
	s.queued++
	return false
}

// nextPause returns the pause that follows a pause of the given length, or the first pause
// if the length is 0.
func (s *Scheduler) nextPause(pause time.Duration) time.Duration {
	first := max(s.First, time.Millisecond)
	return min(max(2*pause, first), max(s.Longest, first))
}

// deadline returns the time until which a mail waits while no relay can send it.
func (s *Scheduler) deadline(i *Item) time.Time {
	if t := i.since.Add(s.Patience); t.After(i.grace) {
		return t
	}
	return i.grace
}

// Again puts a mail that has ended back into the queue, so that another relay sends it. If
// no relay is up, the mail waits until the pause of one of the relays is over, even if
// Patience is shorter.
func (s *Scheduler) Again(now time.Time, i *Item) {
	at := s.clock(now)
	i.grace = time.Time{}
	for _, r := range s.relays {
		if r.state == Down && (i.grace.IsZero() || r.retryAt.Before(i.grace)) {
			i.grace = r.retryAt
		}
	}
	if at.After(i.grace) {
		i.grace = at
	}
	i.grace = i.grace.Add(turn)
	if !slices.Contains(i.tried, i.relay) {
		i.tried = append(i.tried, i.relay)
	}
	if len(i.tried) == len(s.relays) {
		i.tried = nil
	}
	i.chosen = false
	s.again = append(s.again, i)
	s.queued++
}

// release puts the mails that wait for the relay back into the queue.
func (s *Scheduler) release(r *relay) {
	for _, i := range r.waiting {
		i.chosen = false
	}
	s.again = append(s.again, r.waiting...)
	r.waiting = nil
	r.credit = 0
}
