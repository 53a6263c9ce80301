// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"
)

// sanitizers maps each sanitizer to its compiler flags.
var sanitizers = map[string][]string{
	"address": hosttest.Sanitizers,
	"thread":  {"-fsanitize=thread"},
}

// runSanitized runs each proof under each sanitizer.
func runSanitized(t *testing.T, proofs []proof) {
	for name, flags := range sanitizers {
		for _, p := range proofs {
			t.Run(name+"/"+p.program+"/"+p.mode, func(t *testing.T) {
				args := append([]string{"-O1", "-g", "tests/embed/hosts/" + p.program + ".c", "-ldl", "-lrt"}, flags...)
				p.runFile(t, hosttest.Link(t, "gcc", p.program+"-"+name, args...))
			})
		}
	}
}

// A text that was returned to one thread is neither changed nor freed by calls from other
// threads. The error getters report on the calling thread's last call.
func TestTextsOfThreads(t *testing.T) {
	runSanitized(t, []proof{
		{program: "texts", mode: "failures"},
		{program: "texts", mode: "attempts", mails: 80},
		{program: "texts", mode: "readers"},
		{program: "texts", mode: "kept"},
		{program: "texts", mode: "races"},
	})
	runAll(t, []proof{
		{program: "texts", mode: "ends"},
		{program: "texts", mode: "forked"},
	})
}

// The callback of an asynchronous Send has returned before Poll or Wait reports that the
// Send has ended, and before Free returns.
func TestDoneCallback(t *testing.T) {
	runSanitized(t, []proof{
		{program: "freed", mode: "freed", atLeast: 1},
		{program: "done", mode: "waited", mails: 60},
		{program: "done", mode: "two-wait", mails: 60},
		{program: "done", mode: "cancelled", atLeast: 60},
		{program: "done", mode: "called", mails: 3},
		{program: "freed", mode: "freed-inside", mails: 60},
		{program: "done", mode: "second", mails: 1},
		{program: "freed", mode: "freed-by-two", atLeast: 1},
		{program: "freed", mode: "freed-in-batch", atLeast: 1},
	})
	runAll(t, []proof{
		{program: "freed", mode: "wait-and-free", atLeast: 1},
		{program: "freed", mode: "freed-twice", atLeast: 1},
		{program: "done", mode: "sent-inside", atLeast: 6},
		{program: "freed", mode: "freed-crosswise", mails: 40},
		{program: "freed", mode: "waited-inside", atLeast: 10},
		{program: "done", mode: "waited-crosswise", mails: 40},
		{program: "done", mode: "in-order", atLeast: 75},
		{program: "done", mode: "forked", mails: 16},
	})
}
