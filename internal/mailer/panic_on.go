// SPDX-License-Identifier: MIT

//go:build csmtp_panic

package mailer

import "sync/atomic"

var rehearsals [2]atomic.Uint64

// rehearsePanic panics on every second call for the same place. It is compiled only with
// the build tag csmtp_panic, with which the handling of panics is tested. Each place has
// its own count, because a thread of the library may call rehearsePanic for another place
// at any time.
func rehearsePanic(place int) {
	if rehearsals[place].Add(1)%2 == 1 {
		panic("rehearsed")
	}
}
