// SPDX-License-Identifier: MIT

package embed

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

func TestForkBeforeUse(t *testing.T) {
	runAll(t, []proof{
		{"forks", "before", 2},
		{"forks", "daemon", 1},
		{"forks", "twice", 1},
		{"forks", "prefork", 17},
		{"forks", "idle-child", 1},
		{"forks", "first-call", 80},
		{"forks", "raw", -2},
		{"forks", "closes-all", 3},
	})
}

func TestForkAfterUse(t *testing.T) {
	runAll(t, []proof{
		{"used", "after-use", 3},
		{"used", "grandchildren", 24},
		{"used", "raw", -2},
		{"used", "prefork", 13},
		{"used", "daemon", 2},
		{"used", "storm", -100},
		{"used", "thread-ends", -20},
		{"used", "exit", 1},
		{"used", "loader", -1},
		{"used", "dlclose", 1},
		{"used", "callback", 2},
	})
}

// The library's file is a copy that the program may replace.
func TestForkAfterUseWithoutACopy(t *testing.T) {
	for _, p := range []proof{
		{"away", "no-proc", 2},
		{"away", "chroot", 1},
		{"away", "replaced", 2},
		{"away", "closed", 2},
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

func TestOtherProgramsAreStarted(t *testing.T) {
	runAll(t, []proof{
		{"spawn", "all-ways", -4},
		{"spawn", "inherits", 1},
		{"spawn", "exec", -2},
	})
}

// A process without an environment, or on a system that knows no authority.
func TestNextToNothing(t *testing.T) {
	proof{"bare", "no-environment", 2}.run(t)
	needChroot(t)
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "etc"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "etc", "hosts"), []byte("127.0.0.1 localhost\n"), 0o644))
	proof{"bare", "no-authorities", 1}.run(t, "CSMTP_ROOT="+root)
}

func TestTooLittleRoom(t *testing.T) {
	runAll(t, []proof{
		{"limits", "address-space", -20},
		{"limits", "threads", -13},
		{"limits", "descriptors", -12},
		{"limits", "descriptors-at-start", -14},
	})
}

// Python forks its workers after use: multiprocessing's old default.
func TestPythonsPool(t *testing.T) {
	hosttest.Need(t, "python3")
	python, err := exec.LookPath("python3")
	require.NoError(t, err)
	script, err := filepath.Abs("hosts/pool.py")
	require.NoError(t, err)
	wrapper := filepath.Join(t.TempDir(), "pool")
	require.NoError(t, os.WriteFile(wrapper, []byte("#!/bin/sh\nexec "+python+" "+script+" \"$@\"\n"), 0o755))
	proof{"python", "pool", 1 + 3*8}.runFile(t, wrapper)
}
