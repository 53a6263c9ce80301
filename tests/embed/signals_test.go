// SPDX-License-Identifier: MIT

package embed

import "testing"

func TestProcessStateIsUnchanged(t *testing.T) {
	runAll(t, []proof{
		{program: "untouched", mode: "linked"},
		{program: "untouched", mode: "used", mails: 1},
		{program: "untouched", mode: "thread", mails: 12},
		{program: "untouched", mode: "callback", mails: 1},
		{program: "loads", mode: "nothing"},
	})
}

// The environment variable CSMTP_STORM_SECONDS sets for how many seconds the signals
// arrive. The default is 2.
func TestSignalStorms(t *testing.T) {
	runAll(t, []proof{
		{program: "storm", mode: "alarm", atLeast: 4},
		{program: "storm", mode: "alarm-tls", atLeast: 4},
		{program: "storm", mode: "prof", atLeast: 4},
		{program: "storm", mode: "vtalrm", atLeast: 4},
		{program: "storm", mode: "prof-fast", atLeast: 4},
		{program: "storm", mode: "rtmin", atLeast: 4},
		{program: "storm", mode: "chld", atLeast: 4},
		{program: "storm", mode: "urg", atLeast: 4},
	})
}

func TestBlockedSignalsReachTheHost(t *testing.T) {
	runAll(t, []proof{
		{program: "waits", mode: "signalfd", atLeast: 1},
		{program: "waits", mode: "sigwait", atLeast: 1},
		{program: "waits", mode: "closed", atLeast: 1},
	})
}

func TestCrashesOfTheHost(t *testing.T) {
	runAll(t, []proof{
		{program: "crash", mode: "before", mails: 1},
		{program: "crash", mode: "after", mails: 1},
		{program: "crash", mode: "thread", mails: 2},
		{program: "crash", mode: "callback"},
		{program: "crash", mode: "go-fault", mails: 1},
		{program: "crash", mode: "go-fault-later", mails: 1},
		{program: "crash", mode: "default", mails: 3},
		{program: "crash", mode: "machine-before", mails: 100},
		{program: "crash", mode: "machine-after", mails: 101},
	})
}

func TestSIGPIPE(t *testing.T) {
	runAll(t, []proof{
		{program: "pipe", mode: "default", mails: 1},
		{program: "pipe", mode: "handler", mails: 1},
		{program: "pipe", mode: "pending", mails: 2},
	})
}
