// SPDX-License-Identifier: MIT

//go:build unix

package message

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A FIFO without a writer would hang an open that waits.
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

func TestUnreadableFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Log("root can read everything")
		return
	}
	path := fileOf(t, "secret", []byte("x"))
	require.NoError(t, os.Chmod(path, 0))
	m := simple()
	m.Attachments = []Attachment{{Path: path}}
	_, err := m.Render(Options{})
	require.ErrorIs(t, err, os.ErrPermission)
}
