// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"
)

// sanitizers are the ways in which a program is compiled that must not read
// what was freed, nor what another thread is writing.
var sanitizers = map[string][]string{
	"address": hosttest.Sanitizers,
	"thread":  {"-fsanitize=thread"},
}

// runSanitized runs each proof under each sanitizer.
func runSanitized(t *testing.T, proofs []proof) {
	for name, flags := range sanitizers {
		for _, p := range proofs {
			t.Run(name+"/"+p.name+"/"+p.mode, func(t *testing.T) {
				args := append([]string{"-O1", "-g", "tests/embed/hosts/" + p.name + ".c", "-ldl", "-lrt"}, flags...)
				p.runFile(t, hosttest.Link(t, "gcc", p.name+"-"+name, args...))
			})
		}
	}
}

// What a thread was handed is not changed or freed by another thread's call,
// and what it is told is about its own call.
func TestTextsOfThreads(t *testing.T) {
	runSanitized(t, []proof{
		{"texts", "failures", 0},
		{"texts", "attempts", 80},
		{"texts", "readers", 0},
		{"texts", "kept", 0},
		{"texts", "races", 0},
	})
	runAll(t, []proof{
		{"texts", "ends", 0},
		{"texts", "forked", 0},
	})
}

// The done callback of an asynchronous Send has returned when Poll, Wait and
// Free say that it has ended.
func TestDoneCallback(t *testing.T) {
	runSanitized(t, []proof{
		{"done", "freed", -1},
		{"done", "waited", 60},
		{"done", "two-wait", 60},
		{"done", "cancelled", -60},
		{"done", "called", 3},
		{"done", "freed-inside", 60},
		{"done", "second", 1},
		{"done", "freed-by-two", -1},
		{"done", "freed-in-batch", -1},
	})
	runAll(t, []proof{
		{"done", "wait-and-free", -1},
		{"done", "freed-twice", -1},
		{"done", "sent-inside", -6},
		{"done", "freed-crosswise", 40},
		{"done", "waited-inside", -10},
		{"done", "waited-crosswise", 40},
		{"done", "in-order", -75},
		{"done", "forked", 16},
	})
}
