// SPDX-License-Identifier: MIT

package pool

import "time"

// Limits are the settings of a relay.
type Limits struct {
	Weight   int           // the relay's share of the mails; at least 1
	Sessions int           // the maximum number of mails at the same time; at least 1
	Rate     int           // the maximum number of mails in Per; 0: no limit
	Per      time.Duration // one second, or longer
}

// State is the health of a relay.
type State int

const (
	Up      State = iota // the relay gets its share of the mails
	Down                 // the relay gets no mail until its pause is over
	Probing              // the relay sends one mail to find out whether it works again
)

// relay is the state of a relay.
type relay struct {
	Limits
	limit   limiter
	credit  int     // for the weighted round robin
	waiting []*Item // the mails that were assigned to the relay and have not started
	running int     // the number of mails that have started and not been reported
	closing int     // the number of sessions that are being closed
	unsent  int     // the number of running mails for which Reserve has not been called

	state    State
	retryAt  time.Time     // when the pause ends, if the relay is down
	pause    time.Duration // the latest pause; 0 if the relay is up
	troubles int           // refusals in a row

	moved     time.Time // when the relay last had a free session, or finished a mail
	allowed   int       // the number of sessions that the relay accepts now (see crowded); 0: not known
	crowdedAt time.Time // when 'allowed' was last set
	worked    bool      // whether the relay has finished a mail since it was last down
}

const (
	// stall is how long a mail waits for a relay that has no free session and finishes no
	// mail during this time.
	stall = time.Second

	// If the relay has a rate, each mail is started this long before the rate allows its
	// transaction. The session is then open when the transaction can begin.
	ahead = 100 * time.Millisecond

	// troublesome is the number of consecutive refusals after which a relay is down.
	troublesome = 3

	// crowded is the time between a relay's refusal of a further session and the next
	// attempt to open one.
	crowded = time.Minute
)

// sessions returns how many sessions with the relay can be open at the same time now.
func (r *relay) sessions(now time.Time) int {
	if r.allowed > 0 && now.Sub(r.crowdedAt) < crowded {
		return min(r.allowed, r.Sessions)
	}
	return r.Sessions
}

// free reports whether a mail can be started on the relay.
func (r *relay) free(now time.Time) bool { return r.running+r.closing < r.sessions(now) }

// takes reports whether the relay can take a mail: the relay is up, or its pause is over
// and no mail is being sent to test the relay.
func (r *relay) takes(now time.Time) bool {
	switch r.state {
	case Up:
		return true
	case Down:
		return !now.Before(r.retryAt)
	}
	return false
}

// full reports whether no further mail may wait for the relay.
func (r *relay) full(now time.Time) bool {
	if r.state != Up {
		return len(r.waiting) > 0
	}
	return !r.free(now) && len(r.waiting) >= r.sessions(now)
}

// stalled reports whether the relay has made no progress for so long that its waiting mails
// are moved to other relays.
func (r *relay) stalled(now time.Time) bool {
	return !r.free(now) && now.Sub(r.moved) >= stall
}

// ready returns the time at which the relay can take one more mail without exceeding its
// rate.
func (r *relay) ready(now time.Time) time.Time {
	if r.limit.n == 0 {
		return now
	}
	t := r.limit.earliest(now).Add(time.Duration(r.unsent+len(r.waiting))*r.limit.space() - ahead)
	if t.Before(now) {
		return now
	}
	return t
}

// Health is what an attempt to send a mail has shown about the relay.
type Health int

const (
	Unknown  Health = iota // nothing: for example, the mail was not valid
	Good                   // the relay works: it accepted the mail, or refused it because of the mail itself
	Trouble                // the relay refused the mail for a reason of its own, such as a full disk
	Crowded                // the relay refused a further session
	Failed                 // the relay does not work: no connection, no reply, no login
	Rejected               // the relay permanently refuses this client, for example because of a wrong password
)

// heard updates the relay's state after an attempt to send a mail. probe says whether the
// mail was sent to test the relay. The parameter 'next' is a function that, given a pause,
// returns the one after it.
func (r *relay) heard(h Health, now time.Time, probe bool, next func(time.Duration) time.Duration) {
	if h == Crowded {
		if others := r.running + r.closing; others > 0 && r.worked && r.state == Up {
			r.allowed, r.crowdedAt = others, now
			return
		}
		h = Failed
	}
	switch h {
	case Good:
		if probe || r.state == Up {
			r.state, r.pause, r.troubles, r.worked = Up, 0, 0, true
		}
		return
	case Trouble:
		if r.troubles++; r.troubles < troublesome && !probe {
			return
		}
	case Unknown:
		if probe {
			r.state = Down // the next mail tests the relay
		}
		return
	}
	if r.state != Up && !probe {
		return // the mail started before the relay went down
	}
	r.pause = next(r.pause)
	if h == Rejected {
		r.pause = max(r.pause, next(time.Minute/2))
	}
	r.state, r.retryAt, r.troubles, r.worked, r.allowed = Down, now.Add(r.pause), 0, false, 0
}
