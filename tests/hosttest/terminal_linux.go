// SPDX-License-Identifier: MIT

package hosttest

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// ownMultiplexer creates a devpts file system without mounting it, and opens its
// pseudo-terminal multiplexer. With this multiplexer, root can create pseudo-terminals in a
// chroot whose /dev has none.
func ownMultiplexer() (*os.File, error) {
	const fsopen, fsconfig, fsmount = 430, 431, 432 // the same on every architecture
	const create = 6                                // FSCONFIG_CMD_CREATE
	name := []byte("devpts\x00")
	context, _, e := syscall.Syscall(fsopen, uintptr(unsafe.Pointer(&name[0])), 0, 0)
	if e != 0 {
		return nil, os.NewSyscallError("fsopen devpts", e)
	}
	defer syscall.Close(int(context))
	if _, _, e = syscall.Syscall6(fsconfig, context, create, 0, 0, 0, 0); e != 0 {
		return nil, os.NewSyscallError("fsconfig devpts", e)
	}
	mount, _, e := syscall.Syscall(fsmount, context, 0, 0)
	if e != 0 {
		return nil, os.NewSyscallError("fsmount devpts", e)
	}
	defer syscall.Close(int(mount))
	fd, err := syscall.Openat(int(mount), "ptmx", syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("open ptmx", err)
	}
	return os.NewFile(uintptr(fd), "ptmx"), nil
}

// openMultiplexer opens a multiplexer of pseudo-terminals. If there is none, the test is
// skipped or, if CI=true, fails.
func openMultiplexer(t *testing.T) *os.File {
	t.Helper()
	f, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err == nil {
		return f
	}
	own, ownErr := ownMultiplexer()
	if ownErr == nil {
		return own
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("no pseudo-terminal: %v; %v", err, ownErr)
	}
	t.Skipf("no pseudo-terminal: %v; %v", err, ownErr)
	return nil
}

// openTerminal returns both ends of a new pseudo-terminal with 80 columns.
func openTerminal(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours = openMultiplexer(t)
	t.Cleanup(func() { ours.Close() })
	control := func(request uintptr, value unsafe.Pointer) {
		_, _, e := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), request, uintptr(value))
		require.Zero(t, e, "%v", e)
	}
	var locked int32
	control(syscall.TIOCSPTLCK, unsafe.Pointer(&locked))
	size := [4]uint16{24, 80}
	control(syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	// Open it through the descriptor, because its name can be missing from /dev.
	const peer = 0x5441 // TIOCGPTPEER
	fd, _, e := syscall.Syscall(syscall.SYS_IOCTL, ours.Fd(), peer, syscall.O_RDWR|syscall.O_NOCTTY|syscall.O_CLOEXEC)
	require.Zero(t, e, "the other end of the pseudo-terminal: %v", e)
	return ours, os.NewFile(fd, "terminal")
}

// screen collects the text that a terminal shows. It can be read while the terminal is
// in use.
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

// RunOnTerminal runs a program. A pseudo-terminal is its controlling terminal and its
// standard error, but not its standard input or output. When the terminal shows
// 'question', RunOnTerminal types 'answer'; both can be "". In the result, Errors contains
// the text that the terminal showed.
func (c Call) RunOnTerminal(t *testing.T, question, answer string) Result {
	t.Helper()
	ours, theirs := openTerminal(t)
	cmd, ctx, cancel := c.command(t)
	defer cancel()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, theirs
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 2}
	require.NoError(t, cmd.Start())
	theirs.Close()
	var seen screen
	read := make(chan struct{})
	go func() {
		io.Copy(&seen, ours) // ends when the last program closes its end of the terminal
		close(read)
	}()
	for question != "" && !strings.Contains(seen.String(), question) {
		require.NoError(t, ctx.Err(), "the terminal did not show %q: %s", question, &seen)
		time.Sleep(5 * time.Millisecond)
	}
	if answer != "" {
		_, err := io.WriteString(ours, answer)
		require.NoError(t, err)
	}
	err := cmd.Wait()
	require.NoError(t, ctx.Err(), "the time limit expired: %s", c.Program)
	if cmd.ProcessState == nil || !cmd.ProcessState.Exited() {
		require.NoError(t, err)
	}
	<-read
	return Result{Status: cmd.ProcessState.ExitCode(), Out: out.String(), Errors: seen.String()}
}
