// SPDX-License-Identifier: MIT

//go:build unix

package oauth

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If the program sets a token instead of the path of its file, New returns an error that does
// not show the token.
func TestAssertionFileIsNoToken(t *testing.T) {
	for _, token := range []string{
		"eyJhbGciOiJSUzI1NiJ9." + strings.Repeat("x", 40) + ".signature",
		"ewogICJhbGciOiAiUlMyNTYiCn0." + strings.Repeat("x", 40) + ".signature",
	} {
		_, err := New(Config{Endpoint: "https://a.example/t", ClientID: "a", AssertionFile: token})
		require.ErrorContains(t, err, "set the path of a file")
		assert.NotContains(t, err.Error(), "signature")
	}
	for _, path := range []string{"eyJ.token", "/var/run/secrets/azure/tokens/azure-identity-token", "token", `C:\tokens\ey.a.b`} {
		_, err := New(Config{Endpoint: "https://a.example/t", ClientID: "a", AssertionFile: path})
		assert.NoError(t, err, path)
	}
}

// openRegular does not block if the file was replaced by a FIFO just before the call.
func TestOpenRegularDoesNotBlock(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	_, err := openRegular(fifo)
	require.EqualError(t, err, "it is not a regular file")
}

// Only a regular file is read: a FIFO would block, and a device has no end.
func TestAssertionFileIsRegular(t *testing.T) {
	s := newServer(t, false, numbered)
	c := s.clientConfig()
	c.ClientSecret = ""
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	for path, want := range map[string]string{
		fifo:                         "not a regular file",
		dir:                          "not a regular file",
		"/dev/zero":                  "not a regular file",
		filepath.Join(dir, "absent"): "the assertion file " + filepath.Join(dir, "absent") + ": no such file",
		"relative s3cret":            "the assertion file: no such file",
	} {
		c.AssertionFile = path
		e := wantError(t, c)
		assert.Contains(t, e.Error(), want)
		assert.NotContains(t, e.Error(), "s3cret")
		assert.False(t, e.Temporary())
	}
	assert.Zero(t, s.count())
}
