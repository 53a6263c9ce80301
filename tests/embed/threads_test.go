// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"
)

func TestThreads(t *testing.T) {
	runAll(t, []proof{
		{program: "threads", mode: "own", mails: 64 * 5},
		{program: "threads", mode: "stacks-64k", mails: 64 * 5},
		{program: "threads", mode: "stacks-16k", mails: 64 * 5},
		{program: "threads", mode: "shared", mails: 2 * 16 * 5},
		{program: "threads", mode: "short-lives"},
		{program: "threads", mode: "cancel", atLeast: 20},
		{program: "threads", mode: "cancel-async", atLeast: 20},
		{program: "threads", mode: "handles", mails: 100},
		{program: "threads", mode: "destructors", atLeast: 24},
		{program: "threads", mode: "no-keys", mails: 2 * 64 * 5},
		{program: "threads", mode: "all-first", mails: 16 * 5},
	})
}

func TestFreeWhileBusy(t *testing.T) {
	runAll(t, []proof{
		{program: "frees", mode: "one"},
		{program: "frees", mode: "sixteen"},
		{program: "frees", mode: "by-another"},
		{program: "frees", mode: "quit-unanswered"},
	})
}

func TestCallbacks(t *testing.T) {
	runAll(t, []proof{
		{program: "calls", mode: "busy", mails: 3},
		{program: "numbers", mode: "numbers", atLeast: 10},
		{program: "calls", mode: "cancel", mails: 3},
		{program: "calls", mode: "nested", mails: 4},
		{program: "calls", mode: "async", mails: 2},
		{program: "calls", mode: "longjmp", mails: 21},
	})
}

func TestExceptionThatLeavesACallback(t *testing.T) {
	proof{program: "throws", mode: "raw"}.runFile(t, hosttest.Link(t, "g++", "throws", "-O1", "tests/embed/hosts/throws.cpp"))
}
