// SPDX-License-Identifier: MIT

package test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// visit does what a browser does: it opens the address that the program in BROWSER has
// received, reads the mail, and closes the page.
func visit(t *testing.T, folder string, subject *string) (env []string, done <-chan error) {
	t.Helper()
	script, file := filepath.Join(folder, "browser"), filepath.Join(folder, "address")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho \"$1\" >"+file+".coming && mv "+file+".coming "+file+"\n"), 0o755))
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), hosttest.Deadline)
	t.Cleanup(cancel)
	go func() {
		defer close(ended)
		var text []byte
		for err := error(os.ErrNotExist); err != nil; time.Sleep(10 * time.Millisecond) {
			if ctx.Err() != nil {
				ended <- ctx.Err()
				return
			}
			text, err = os.ReadFile(file)
		}
		get := func(address string) (*http.Response, error) {
			r, err := http.NewRequestWithContext(ctx, "GET", address, nil)
			if err != nil {
				return nil, err
			}
			return http.DefaultClient.Do(r)
		}
		first, err := get(strings.TrimSpace(string(text)))
		if err != nil {
			ended <- err
			return
		}
		first.Body.Close()
		page := first.Request.URL.String()
		events, err := get(page + "events")
		if err != nil {
			ended <- err
			return
		}
		defer events.Body.Close() // the page is closed
		mail, err := get(page + "mails/1")
		if err != nil {
			ended <- err
			return
		}
		defer mail.Body.Close()
		var m struct{ Subject string }
		if err := json.NewDecoder(io.LimitReader(mail.Body, 64<<20)).Decode(&m); err != nil {
			ended <- err
			return
		}
		*subject = m.Subject
	}()
	return []string{"BROWSER=" + script}, ended
}

// --preview=browser runs csmtp-testserver, which is in PATH or in the folder of csmtp-send.
func TestPreviewInBrowser(t *testing.T) {
	viewer := compiled(t, "testserver")
	beside := filepath.Join(t.TempDir(), "csmtp-send")
	program, err := os.ReadFile(compiled(t, "send"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(beside, program, 0o755))
	require.NoError(t, os.Symlink(viewer, filepath.Join(filepath.Dir(beside), "csmtp-testserver")))
	large := filepath.Join(t.TempDir(), "large.bin")
	require.NoError(t, os.WriteFile(large, make([]byte, 3<<20), 0o600))
	for _, c := range []struct {
		program, path string
		more          []string
	}{
		{compiled(t, "send"), filepath.Dir(viewer), nil},
		{beside, "/nonexistent", []string{"-a", large}}, // larger than the buffer of a pipe
	} {
		subject := ""
		env, done := visit(t, t.TempDir(), &subject)
		got := hosttest.Call{Program: c.program, Env: append(env, "PATH="+c.path+":/bin:/usr/bin"), Input: strings.NewReader("text"),
			Args: append([]string{"-f", user, "-t", user, "-s", "Grüße", "--preview=browser"}, c.more...)}.Run(t)
		require.NoError(t, <-done)
		assert.Zero(t, got.Status, got.Errors)
		assert.Regexp(t, `^http://127\.0\.0\.1:\d+/[a-z0-9]{26}/\n$`, got.Out)
		assert.Empty(t, got.Errors)
		assert.Equal(t, "Grüße", subject)
	}
}

func TestPreviewInBrowserFails(t *testing.T) {
	got := mail(t, []string{"PATH=/nonexistent"}, "text", "-t", user, "--preview=browser")
	assert.Equal(t, 1, got.Status)
	assert.Equal(t, "csmtp-send: --preview=browser needs csmtp-testserver, which cannot be run: No such file or directory. Install csmtp-testserver beside csmtp-send, or use --preview.\n", got.Errors)
	assert.Empty(t, got.Out)

	// The viewer fails immediately, and does not read the message.
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "csmtp-testserver"), []byte("#!/bin/sh\necho failed >&2\nexit 3\n"), 0o755))
	large := filepath.Join(folder, "large.bin")
	require.NoError(t, os.WriteFile(large, make([]byte, 3<<20), 0o600))
	got = mail(t, []string{"PATH=" + folder + ":/bin:/usr/bin"}, "text", "-t", user, "-a", large, "--preview=browser")
	assert.Equal(t, 1, got.Status)
	assert.Equal(t, "failed\n", got.Errors)

	// If no browser opens the page, the viewer ends by itself.
	require.NoError(t, os.WriteFile(filepath.Join(folder, "csmtp-testserver"), []byte("#!/bin/sh\necho \"$@\"\n"), 0o755))
	got = mail(t, []string{"PATH=" + folder + ":/bin:/usr/bin"}, "text", "-t", user, "--preview=browser")
	assert.Equal(t, "--render --for 1h\n", got.Out)

	got = mail(t, nil, "text", "-t", user, "--preview=paper")
	assert.Equal(t, 2, got.Status)
	assert.Contains(t, got.Errors, "--preview takes no value except browser")
	// The value of --preview must follow "=". Here, "browser" is the name of the server.
	got = mail(t, nil, "text", "-t", user, "--preview", "browser")
	assert.Zero(t, got.Status, got.Errors)
	assert.Contains(t, got.Out, "Subject: A subject\r\n")
}
