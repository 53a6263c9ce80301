// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestLoadedByDlopen(t *testing.T) {
	runAll(t, []proof{
		{program: "loads", mode: "local-lazy", mails: 1},
		{program: "loads", mode: "dlclose", mails: 20},
		{program: "loads", mode: "two-at-once", mails: 2},
	})
}

func TestBesideAnotherGoLibrary(t *testing.T) {
	second, err := secondLibrary()
	require.NoError(t, err)
	for _, p := range []proof{{program: "loads", mode: "second-first", mails: 20}, {program: "loads", mode: "second-later", mails: 21}} {
		t.Run(p.mode, func(t *testing.T) {
			t.Parallel()
			p.run(t, "SECOND_LIBRARY="+second)
		})
	}
}

func TestConstructorsAndDestructorsSend(t *testing.T) {
	proof{program: "lives", mode: "whole", mails: 4}.run(t)
	proof{program: "globals", mode: "whole", mails: 6}.runFile(t, hosttest.Link(t, "g++", "globals", "-O1", "-std=c++11", "tests/embed/hosts/globals.cpp"))
}

// The library reads the environment at its first call, not when it is loaded.
func TestEnvironmentOfTheFirstCall(t *testing.T) {
	proof{program: "pipe", mode: "environment"}.run(t)
}
