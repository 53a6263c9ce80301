// SPDX-License-Identifier: MIT

package embed

import (
	"os"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestForkBeforeUse(t *testing.T) {
	runAll(t, []proof{
		{program: "forks", mode: "before", mails: 2},
		{program: "forks", mode: "daemon", mails: 1},
		{program: "forks", mode: "twice", mails: 1},
		{program: "forks", mode: "prefork", mails: 17},
		{program: "forks", mode: "idle-child", mails: 1},
		{program: "forks", mode: "first-call", mails: 80},
		{program: "forks", mode: "raw", atLeast: 2},
		{program: "forks", mode: "closes-all", mails: 3},
	})
}

func TestForkAfterUse(t *testing.T) {
	runAll(t, []proof{
		{program: "used", mode: "after-use", mails: 4},
		{program: "used", mode: "grandchildren", mails: 36},
		{program: "used", mode: "raw", atLeast: 2},
		{program: "used", mode: "prefork", mails: 19},
		{program: "used", mode: "daemon", mails: 2},
		{program: "used", mode: "storm", atLeast: 100},
		{program: "used", mode: "thread-ends", atLeast: 4},
		{program: "used", mode: "exit", mails: 1},
		{program: "used", mode: "loader", atLeast: 1},
		{program: "used", mode: "dlclose", mails: 1},
		{program: "used", mode: "callback", mails: 3},
	})
}

// A child has the settings and messages of its parent's handles.
func TestForkAfterConfiguring(t *testing.T) {
	runAll(t, []proof{
		{program: "inherited", mode: "configured", mails: 2},
		{program: "inherited", mode: "daemon", mails: 1},
		{program: "inherited", mode: "twice", mails: 2},
		{program: "inherited", mode: "generations", mails: 5},
		{program: "inherited", mode: "session", mails: 7, sessions: 5},
		{program: "inherited", mode: "during-a-call", mails: 2},
		{program: "inherited", mode: "during-changes"},
		{program: "inherited", mode: "freed", mails: 4},
		{program: "inherited", mode: "cloned", mails: 5},
		{program: "inherited", mode: "many", mails: 1},
		{program: "continued", mode: "callbacks", mails: 3},
		{program: "continued", mode: "in-callback", mails: 3},
		{program: "continued", mode: "half-built", mails: 2},
		{program: "continued", mode: "raw", mails: 1},
		{program: "continued", mode: "threaded", mails: 1},
	})
}

// CSmtp objects that were configured before a fork send in the child.
func TestForkAfterConfiguringObjects(t *testing.T) {
	hosttest.Need(t, "g++")
	proof{program: "inherited", mode: "objects", mails: 6}.runFile(t, hosttest.Link(t, "g++", "inherited-objects", "-O1", "-std=c++11", "tests/embed/hosts/inherited.cpp"))
}

// Each of these programs uses its own copy of the library's file, because some of them
// replace the file.
func TestForkAfterUseWithoutACopy(t *testing.T) {
	for _, p := range []proof{
		{program: "away", mode: "no-proc", mails: 2},
		{program: "away", mode: "chroot", mails: 1},
		{program: "away", mode: "replaced", mails: 2},
		{program: "away", mode: "closed", mails: 2},
	} {
		t.Run(p.mode, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			folder := t.TempDir()
			path := filepath.Join(folder, "libcsmtp.so.1")
			places := []string{path}
			switch p.mode {
			case "no-proc":
				needChroot(t)
				places = append(places, filepath.Join(root, path))
			case "chroot":
				needChroot(t)
			}
			content, err := os.ReadFile(libraryFile(t))
			require.NoError(t, err)
			for _, place := range places {
				require.NoError(t, os.MkdirAll(filepath.Dir(place), 0o755))
				require.NoError(t, os.WriteFile(place, content, 0o755))
			}
			p.run(t, "LD_LIBRARY_PATH="+folder, "CSMTP_LIBRARY="+path, "CSMTP_ROOT="+root)
		})
	}
}

func TestStartingOtherPrograms(t *testing.T) {
	runAll(t, []proof{
		{program: "spawn", mode: "all-ways", atLeast: 4},
		{program: "spawn", mode: "inherits", mails: 1},
		{program: "spawn", mode: "exec", atLeast: 2},
	})
}

// The library works without environment variables. If the system has no CA certificates,
// sending over TLS returns an error.
func TestNoEnvironmentOrAuthorities(t *testing.T) {
	proof{program: "bare", mode: "no-environment", mails: 2}.run(t)
	needChroot(t)
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "etc"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "hosts"), []byte("127.0.0.1 localhost\n"), 0o644))
	proof{program: "bare", mode: "no-authorities", mails: 1}.run(t, "CSMTP_ROOT="+root)
}

func TestResourceLimits(t *testing.T) {
	runAll(t, []proof{
		{program: "limits", mode: "address-space", atLeast: 20},
		{program: "limits", mode: "threads", atLeast: 13},
		{program: "limits", mode: "descriptors", atLeast: 12},
		{program: "limits", mode: "descriptors-at-start", atLeast: 14},
	})
}

// If a sandbox refuses a system call, the library returns an error and does not end the
// process.
func TestSandboxes(t *testing.T) {
	runAll(t, []proof{
		{program: "sandbox", mode: "needed", mails: 1},
		{program: "sandbox", mode: "first", atLeast: 50},
		{program: "sandbox", mode: "second", atLeast: 50},
		{program: "sandbox", mode: "third", atLeast: 50},
		{program: "sandbox", mode: "last", atLeast: 20},
	})
}

// Python's multiprocessing forks its workers after the process has used the library.
// Before Python 3.14, fork was the default start method.
func TestPythonForkPool(t *testing.T) {
	python := hosttest.Need(t, "python3")
	script, err := filepath.Abs("hosts/pool.py")
	require.NoError(t, err)
	wrapper := filepath.Join(t.TempDir(), "pool")
	require.NoError(t, os.WriteFile(wrapper, []byte("#!/bin/sh\nexec "+python+" "+script+" \"$@\"\n"), 0o755))
	proof{program: "python", mode: "pool", mails: 1 + 3*(8+4)}.runFile(t, wrapper)
}
