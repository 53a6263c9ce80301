// SPDX-License-Identifier: MIT

//go:build linux

package hosttest

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunOnTerminal(t *testing.T) {
	got := Call{Program: "/bin/sh", Args: []string{"-c", `printf 'name? ' >/dev/tty; read -r n </dev/tty; echo "$n"; test -t 2`}}.
		RunOnTerminal(t, "name? ", "alice\r")
	assert.Zero(t, got.Status)
	assert.Equal(t, "alice\n", got.Out)

	dir := t.TempDir()
	got = Call{Program: "/bin/pwd", Folder: dir}.RunOnTerminal(t, "", "")
	assert.Equal(t, dir+"\n", got.Out)
}

// root can use pseudo-terminals even if /dev has none.
func TestTerminalWithoutDevpts(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may mount")
	}
	ours, err := ownMultiplexer()
	if os.IsPermission(err) {
		t.Skipf("root is not allowed to mount here: %v", err)
	}
	require.NoError(t, err)
	ours.Close()
}
