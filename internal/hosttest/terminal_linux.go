// SPDX-License-Identifier: MIT

package hosttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// openTerminal gives both ends of a new pseudo-terminal of 80 columns.
func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { ours.Close() })
	control := func(request uintptr, value unsafe.Pointer) {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), request, uintptr(value))
		require.Zero(t, e, "%v", e)
	}
	var locked, number int32
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	control(syscall.TIOCGPTN, unsafe.Pointer(&number))
	size := [4]uint16{24, 80}
	control(syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	theirs, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	return ours, theirs
}

// screen is what a terminal has shown, while it goes on.
type screen struct {
	mu    sync.Mutex
	shown bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// RunOnTerminal runs a program whose standard error and controlling terminal
// are a pseudo-terminal; its standard input and output are not. When question
// has been shown, answer is typed; both may be "". What the terminal showed is
// in Errors.
func (c Call) RunOnTerminal(t *testing.T, question, answer string) Result {
	t.Helper()
	ours, theirs := openTerminal(t)
	ctx, cancel := context.WithTimeout(context.Background(), Deadline)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.Program, c.Args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(append(os.Environ(), "ASAN_OPTIONS=detect_leaks=0"), c.Env...)
	cmd.Stdin = c.Input
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	require.NoError(t, cmd.Start())
	theirs.Close()
	var seen screen
	read := make(chan struct{})
	go func() {
		io.Copy(&seen, ours) // ends by an error when the last program has gone
		close(read)
	}()
	for question != "" && !strings.Contains(seen.String(), question) {
		require.NoError(t, ctx.Err(), "%q was not asked: %s", question, &seen)
		time.Sleep(5 * time.Millisecond)
	}
	if answer != "" {
		_, err := io.WriteString(ours, answer)
		require.NoError(t, err)
	}
	err := cmd.Wait()
	require.NoError(t, ctx.Err(), "%s hangs", c.Program)
	if cmd.ProcessState == nil || !cmd.ProcessState.Exited() {
		require.NoError(t, err)
	}
	<-read
	return Result{Status: cmd.ProcessState.ExitCode(), Out: out.String(), Errors: seen.String()}
}
