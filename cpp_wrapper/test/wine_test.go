// SPDX-License-Identifier: MIT

package test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mayCrash is how often Wine may crash in ExitProcess in one run of the tests.
//
// Wine 8 for i386 sometimes crashes in ExitProcess, while it ends the other threads of
// the process: a signal handler in Wine's ntdll.so runs with GS = 0, and the process
// dies from SIGSEGV. On a busy machine, a C program that only starts eight threads and
// returns crashed in 13 of 600 runs; a program without threads never crashed. Each
// program for Win32 therefore contains tools/ended.c, which records the exit status
// just before ExitProcess. If Wine crashes after that, the recorded status is the
// result of the program. A crash before that fails the test.
const mayCrash = 5

// crashes counts the processes that crashed after their program had ended. The file
// wine-crashes has a line for each of them; packaging/windows/build.sh counts the
// lines.
var crashes struct {
	sync.Mutex
	count int
}

// recordsEnd reports whether link adds tools/ended.c to each program, so that the program
// records its exit status.
func recordsEnd() bool { return targetName == "Win32" }

var endObject = sync.OnceValues(func() (string, error) {
	object := filepath.Join(hosttest.Folder(), "ended.o")
	return object, hosttest.Command(".", nil, targets[targetName].compilers["gcc"], "-O1", "-Wall", "-Wextra", "-Werror",
		"-c", "-o", object, "tools/ended.c")
})

// ending returns the linker arguments that add tools/ended.c to a program.
func ending(t *testing.T, args []string) []string {
	t.Helper()
	for _, a := range args {
		if a == "-shared" {
			return nil
		}
	}
	if !recordsEnd() {
		return nil
	}
	object, err := endObject()
	require.NoError(t, err)
	return []string{object, "-Wl,--wrap=main,--wrap=exit"}
}

// ownErrors matches what Wine prints when it crashes in ExitProcess.
var ownErrors = regexp.MustCompile(`wine client error:[0-9a-f]+: `)

// afterEnd returns the exit status that a program recorded in a file, and whether the
// process died from SIGSEGV after recording it. 'record' is the path of the file.
func afterEnd(err error, record string) (status int, crashed bool) {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return 0, false
	}
	if s, ok := exit.Sys().(syscall.WaitStatus); !ok || !s.Signaled() || s.Signal() != syscall.SIGSEGV {
		return 0, false
	}
	text, err := os.ReadFile(record)
	if err != nil {
		return 0, false
	}
	number, whole := strings.CutSuffix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n")
	if !whole {
		return 0, false
	}
	status, err = strconv.Atoi(number)
	return status, err == nil
}

// countCrash counts a crash of Wine in ExitProcess. It fails the test if there are more
// than mayCrash.
func countCrash(t *testing.T, program string, status int) {
	t.Helper()
	crashes.Lock()
	defer crashes.Unlock()
	crashes.count++
	log, err := os.OpenFile(filepath.Join(os.Getenv("CSMTP_BUILD_DIR"), "wine-crashes"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	require.NoError(t, err)
	defer log.Close()
	_, err = fmt.Fprintf(log, "%s %s %d\n", t.Name(), filepath.Base(program), status)
	require.NoError(t, err)
	t.Logf("Wine crashed after %s had ended with status %d", filepath.Base(program), status)
	require.LessOrEqual(t, crashes.count, mayCrash, "Wine crashed too often in ExitProcess")
}

// TestWineCrash runs a program that dies as it would in a crash of Wine. The result of
// the program is used only if it dies from SIGSEGV after its status was recorded.
func TestWineCrash(t *testing.T) {
	if !recordsEnd() {
		t.Logf("CSMTP_TARGET is %q", targetName)
		return
	}
	program := link(t, "g++", "wine_crash", "-std=c++11", "tools/wine_crash.cpp")
	dll := link(t, "g++", "wine_crash_dll", "-std=c++11", "-shared", "-DCRASH_DLL", "tools/wine_crash.cpp")
	for _, c := range []struct {
		when, status string
		want         int
		accepted     bool
	}{
		{"detach", "0", 0, true},
		{"detach", "7", 7, true},
		{"destructor", "0", 0, false},
		{"main", "0", 0, false},
		{"killed", "0", 0, false},
	} {
		t.Run(c.when+" "+c.status, func(t *testing.T) {
			record := filepath.Join(t.TempDir(), "ended")
			g, _ := cross()
			cmd := exec.Command(g.runner[0], append(g.runner[1:len(g.runner):len(g.runner)], program, c.when, c.status, onDrive(dll))...)
			cmd.Env = append(g.env(t, library(t)), append(os.Environ(), "CSMTP_TEST_ENDED="+onDrive(record))...)
			out, err := os.Create(filepath.Join(t.TempDir(), "output")) // a file and not a pipe, for the reason given in execute
			require.NoError(t, err)
			defer out.Close()
			cmd.Stdout, cmd.Stderr = out, out
			err = cmd.Run()
			said, readErr := os.ReadFile(out.Name())
			require.NoError(t, readErr)
			require.ErrorContains(t, err, "signal: ", string(said))
			status, crashed := afterEnd(err, record)
			assert.Equal(t, c.accepted, crashed)
			assert.Equal(t, c.want, status)
			if crashed {
				assert.Equal(t, "the whole report\r\n", string(said))
			}
		})
	}
}
