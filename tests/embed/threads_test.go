// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"
)

func TestThreads(t *testing.T) {
	runAll(t, []proof{
		{"threads", "own", 64 * 5},
		{"threads", "stacks-64k", 64 * 5},
		{"threads", "stacks-16k", 64 * 5},
		{"threads", "shared", 2 * 16 * 5},
		{"threads", "short-lives", 0},
		{"threads", "cancel", -20},
		{"threads", "cancel-async", -20},
		{"threads", "handles", 100},
		{"threads", "destructors", -24},
		{"threads", "no-keys", 2 * 64 * 5},
		{"threads", "all-first", 16 * 5},
	})
}

func TestFreedAtWork(t *testing.T) {
	runAll(t, []proof{
		{"frees", "one", 0},
		{"frees", "sixteen", 0},
		{"frees", "by-another", 0},
		{"frees", "goodbye", 0},
	})
}

func TestCallbacks(t *testing.T) {
	runAll(t, []proof{
		{"calls", "busy", 3},
		{"calls", "cancel", 3},
		{"calls", "nested", 4},
		{"calls", "async", 2},
		{"calls", "left", 21},
	})
}

func TestExceptionThatLeavesACallback(t *testing.T) {
	proof{"throws", "raw", 0}.runFile(t, hosttest.Link(t, "g++", "throws", "-O1", "tests/embed/hosts/throws.cpp"))
}
