// SPDX-License-Identifier: MIT

package embed

import "testing"

func TestNothingIsTouched(t *testing.T) {
	runAll(t, []proof{
		{"untouched", "linked", 0},
		{"untouched", "used", 1},
		{"untouched", "thread", 12},
		{"untouched", "callback", 1},
		{"loads", "nothing", 0},
	})
}

// CSMTP_STORM_SECONDS is how long each storm blows; 2 without it.
func TestStormsOfSignals(t *testing.T) {
	runAll(t, []proof{
		{"storm", "alarm", -4},
		{"storm", "alarm-tls", -4},
		{"storm", "prof", -4},
		{"storm", "vtalrm", -4},
		{"storm", "prof-fast", -4},
		{"storm", "rtmin", -4},
		{"storm", "chld", -4},
		{"storm", "urg", -4},
	})
}

func TestSignalsThatAreWaitedFor(t *testing.T) {
	runAll(t, []proof{
		{"waits", "signalfd", -1},
		{"waits", "sigwait", -1},
		{"waits", "closed", -1},
	})
}

func TestCrashesOfTheHost(t *testing.T) {
	runAll(t, []proof{
		{"crash", "before", 1},
		{"crash", "after", 1},
		{"crash", "thread", 2},
		{"crash", "callback", 0},
		{"crash", "go-fault", 1},
		{"crash", "go-fault-later", 1},
		{"crash", "default", 3},
		{"crash", "machine-before", 100},
		{"crash", "machine-after", 101},
	})
}

func TestPeersThatBreakOff(t *testing.T) {
	runAll(t, []proof{
		{"pipe", "default", 1},
		{"pipe", "handler", 1},
		{"pipe", "pending", 2},
	})
}
