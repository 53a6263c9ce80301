// SPDX-License-Identifier: MIT

//go:build csmtp_panic

package mailer

import "sync/atomic"

var rehearsals [2]atomic.Uint64

// rehearsePanic panics every second time at each of the two places: in what
// goes to a mailer by call, where a thread of ours may come between, and in
// what does not. Only a library that is built for the test of the boundary has
// it (go build -tags csmtp_panic).
func rehearsePanic(place int) {
	if rehearsals[place].Add(1)%2 == 1 {
		panic("rehearsed")
	}
}
