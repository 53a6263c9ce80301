// SPDX-License-Identifier: MIT

package main

import (
	"sync/atomic"
	"time"
)

// Stats is what close answers. Times are nanoseconds since 1970, so that
// another process can compare them with its own.
type Stats struct {
	Sessions   int64 `json:"sessions"`
	Mails      int64 `json:"mails"`
	Recipients int64 `json:"recipients"`
	Octets     int64 `json:"octets"`   // of messages
	Arrivals   int64 `json:"arrivals"` // reads that brought something
	Turns      int64 `json:"turns"`    // arrivals that came after something had been answered: round trips
	Resumed    int64 `json:"resumed"`  // TLS sessions
	Logins     int64 `json:"logins"`

	First  int64 `json:"first"`  // the first connection was accepted
	Mailed int64 `json:"mailed"` // the last mail was accepted
	Last   int64 `json:"last"`   // the last reply, of whatever kind
}

// counters of one listener; any session's goroutine adds to them.
type counters struct {
	sessions, mails, recipients, octets, arrivals, turns, resumed, logins atomic.Int64
	first, mailed, last                                                   atomic.Int64
}

func (c *counters) began() {
	c.sessions.Add(1)
	c.first.CompareAndSwap(0, time.Now().UnixNano())
}

// replied notes that replies have been given, the last mail's perhaps among
// them.
func (c *counters) replied(accepted bool) {
	now := time.Now().UnixNano()
	c.last.Store(now)
	if accepted {
		c.mailed.Store(now)
	}
}

func (c *counters) stats() Stats {
	return Stats{
		Sessions: c.sessions.Load(), Mails: c.mails.Load(), Recipients: c.recipients.Load(), Octets: c.octets.Load(),
		Arrivals: c.arrivals.Load(), Turns: c.turns.Load(), Resumed: c.resumed.Load(), Logins: c.logins.Load(),
		First: c.first.Load(), Mailed: c.mailed.Load(), Last: c.last.Load(),
	}
}
