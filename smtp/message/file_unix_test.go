// SPDX-License-Identifier: MIT

//go:build unix

package message

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A FIFO or another special file is refused. The library does not wait for a writer of the
// FIFO.
func TestSpecialFilesAreRefusedAtOnce(t *testing.T) {
	dir, err := os.MkdirTemp("", "m") // a socket's path has to be short
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	for path, what := range map[string]string{fifo: "a FIFO", socket: "a socket", "/dev/zero": "a device", dir: "a directory"} {
		m := simple()
		m.Attachments = []Attachment{{Path: path}}
		done := make(chan error, 1)
		go func() {
			_, err := m.Render(Options{})
			done <- err
		}()
		select {
		case err := <-done:
			require.ErrorIs(t, err, ErrNotRegular)
			require.ErrorContains(t, err, what)
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: Render waits", path)
		}
	}
}

// Root can read every file, so root runs this test as the user nobody.
func TestUnreadableFile(t *testing.T) {
	const variable = "CSMTP_UNREADABLE_FILE"
	path := os.Getenv(variable)
	if path == "" {
		dir, err := os.MkdirTemp("", "m")
		require.NoError(t, err)
		defer os.RemoveAll(dir)
		require.NoError(t, os.Chmod(dir, 0o755))
		path = filepath.Join(dir, "secret")
		require.NoError(t, os.WriteFile(path, []byte("x"), 0))
	}
	if os.Getuid() == 0 {
		again := exec.Command("/proc/self/exe", "-test.run", "^TestUnreadableFile$", "-test.v")
		again.Dir, again.Env = "/", append(os.Environ(), variable+"="+path)
		again.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, err := again.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "--- PASS: TestUnreadableFile")
		return
	}
	m := simple()
	m.Attachments = []Attachment{{Path: path}}
	_, err := m.Render(Options{})
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, "Attachments", string(e.Field))
	require.ErrorIs(t, err, os.ErrPermission)
}
