// SPDX-License-Identifier: MIT

//go:build csmtp_panic

package mailer

import "sync/atomic"

var rehearsals [2]atomic.Uint64

// rehearsePanic panics at every second call for the same place. It is used only in a
// library that is built to test the handling of panics (go build -tags csmtp_panic).
// The calls are counted separately for each place, because a thread of the library may
// call rehearsePanic at any time.
func rehearsePanic(place int) {
	if rehearsals[place].Add(1)%2 == 1 {
		panic("rehearsed")
	}
}
