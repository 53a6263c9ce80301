// SPDX-License-Identifier: MIT

package embed

import (
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestLoadedByTheProgram(t *testing.T) {
	runAll(t, []proof{
		{"loads", "local-lazy", 1},
		{"loads", "dlclose", 20},
		{"loads", "two-at-once", 2},
	})
}

func TestBesideAnotherGoLibrary(t *testing.T) {
	second, err := secondLibrary()
	require.NoError(t, err)
	for _, p := range []proof{{"loads", "second-first", 20}, {"loads", "second-later", 21}} {
		t.Run(p.mode, func(t *testing.T) {
			t.Parallel()
			p.run(t, "SECOND_LIBRARY="+second)
		})
	}
}

func TestFromTheFirstConstructorToTheLastDestructor(t *testing.T) {
	proof{"lives", "whole", 4}.run(t)
	proof{"globals", "whole", 6}.runFile(t, hosttest.Link(t, "g++", "globals", "-O1", "-std=c++11", "tests/embed/hosts/globals.cpp"))
}

func TestEnvironmentOfTheFirstCall(t *testing.T) {
	proof{"pipe", "environment", 0}.run(t)
}
