// SPDX-License-Identifier: MIT

package main

import (
	"sync/atomic"
	"time"
)

// Stats is the answer to the command "close". Times are in nanoseconds since 1970, so that
// another process can compare them with its own times.
type Stats struct {
	Sessions   int64 `json:"sessions"`
	Mails      int64 `json:"mails"`
	Recipients int64 `json:"recipients"`
	Octets     int64 `json:"octets"`   // the octets of the messages
	Arrivals   int64 `json:"arrivals"` // reads that returned data
	Turns      int64 `json:"turns"`    // round trips: how many times octets arrived after a reply
	Resumed    int64 `json:"resumed"`  // TLS sessions
	Logins     int64 `json:"logins"`

	First  int64 `json:"first"`  // when the first connection was accepted
	Mailed int64 `json:"mailed"` // when the last mail was accepted
	Last   int64 `json:"last"`   // when the last reply of any kind was sent
}

// counters are the counters of one listener. All its sessions update them.
type counters struct {
	sessions, mails, recipients, octets, arrivals, turns, resumed, logins atomic.Int64
	first, mailed, last                                                   atomic.Int64
}

func (c *counters) began() {
	c.sessions.Add(1)
	c.first.CompareAndSwap(0, time.Now().UnixNano())
}

// replied records the time of a reply. 'accepted' is true if the reply accepts a mail.
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
