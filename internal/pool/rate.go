// SPDX-License-Identifier: MIT

package pool

import "time"

// A limiter spaces the mails of a relay evenly. At most n+1 mails start in any period of the
// length 'per', including both of its ends.
type limiter struct {
	n       int           // the maximum number of mails in a period of the length 'per'; 0: no limit
	per     time.Duration // one second, or longer
	started []time.Time   // the last n starts, as a ring buffer
	oldest  int           // the index of the oldest start in 'started'
	latest  time.Time     // the latest start
	ideal   time.Time     // when the next mail starts if the mails are evenly spaced
}

// A mail may start late by the duration 'late', or by the time between two mails if that is
// longer, without delaying the starts after it. Without this tolerance, each goroutine that
// wakes up late would lower the rate.
const late = 20 * time.Millisecond

// setLimit sets the rate. The latest start counts towards the new rate too.
func (l *limiter) setLimit(n int, per time.Duration) {
	if n == l.n && per == l.per {
		return
	}
	latest := l.latest
	*l = limiter{n: n, per: per, latest: latest}
	if n > 0 && !latest.IsZero() {
		l.latest = time.Time{}
		l.add(latest)
	}
}

// space returns the time between two mails.
func (l *limiter) space() time.Duration { return l.per / time.Duration(l.n) }

// earliest returns the earliest time, not before now, at which the next mail may start.
func (l *limiter) earliest(now time.Time) time.Time {
	if l.n == 0 {
		return now
	}
	t := now
	after := func(other time.Time) {
		if other.After(t) {
			t = other
		}
	}
	after(l.ideal)
	if len(l.started) == l.n {
		after(l.started[l.oldest].Add(l.per))
	}
	return t
}

// reserve records the next start and returns its time.
func (l *limiter) reserve(now time.Time) time.Time {
	t := l.earliest(now)
	if l.n > 0 {
		l.add(t)
	} else {
		l.latest = t
	}
	return t
}

func (l *limiter) add(t time.Time) {
	if l.ideal.IsZero() || t.Sub(l.ideal) > max(late, l.space()) {
		l.ideal = t
	}
	l.ideal = l.ideal.Add(l.space())
	if !t.After(l.latest) {
		t = l.latest.Add(1) // two starts at the same time are recorded as one after the other
	}
	l.latest = t
	if len(l.started) < l.n {
		l.started = append(l.started, t)
		return
	}
	l.started[l.oldest] = t
	l.oldest = (l.oldest + 1) % l.n
}
