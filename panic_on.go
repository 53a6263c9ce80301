// SPDX-License-Identifier: MIT

//go:build csmtp_panic

package main

import "sync/atomic"

var rehearsals atomic.Uint64

// rehearsePanic panics in every second call. Only a library that is built for
// the test of the boundary has it (go build -tags csmtp_panic).
func rehearsePanic() {
	if rehearsals.Add(1)%2 == 1 {
		panic("rehearsed")
	}
}
