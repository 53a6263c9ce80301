// SPDX-License-Identifier: MIT

package test

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTranscripts plays every transcript to a program with class CSmtp and to one with
// the C functions, and compares the results with those in the header of the transcript.
// It does so in each delivery mode: the server sends each text as a whole, line by
// line, or octet by octet.
func TestTranscripts(t *testing.T) {
	playAll(t, "../../smtp/testdata/*.txt")
}

// TestReadyScripts does the same with the built-in scripts of csmtp-testserver, played
// by the mail server of package smtptest.
func TestReadyScripts(t *testing.T) { playAll(t, scripts+"*.txt") }

const scripts = "../../smtp/smtptest/scripts/"

func playAll(t *testing.T, pattern string) {
	paths, err := filepath.Glob(pattern)
	require.NoError(t, err)
	require.Greater(t, len(paths), 9)
	clients := map[string]string{
		"C++": link(t, "g++", "transcripts", append(sanitized, "-std=c++11", "tools/transcripts.cpp")...),
		"C":   link(t, "gcc", "transcripts", append(sanitized, "-std=c99", "tools/transcripts.c")...),
	}
	for _, path := range paths {
		script, err := smtptest.Load(path)
		require.NoError(t, err)
		t.Run(script.Name, func(t *testing.T) {
			t.Parallel()
			for _, mode := range script.Modes() {
				inC := playTranscript(t, clients["C"], script, path, mode)
				inCpp := playTranscript(t, clients["C++"], script, path, mode)
				assert.Equal(t, inC, inCpp, "C and C++ differ: %s by %s", script.Name, mode)
			}
		})
	}
}

// scripted is a server that plays a script.
type scripted interface {
	Port() int
	Wait() error
	Close()
}

// hosted implements scripted with a mail server.
type hosted struct{ *smtptest.MailServer }

func (h hosted) Wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	return h.WaitPlayed(ctx)
}

func startScript(t *testing.T, script *smtptest.Script, mode smtptest.Mode, ready bool) scripted {
	t.Helper()
	if !ready {
		server, err := script.Start(mode)
		require.NoError(t, err)
		return server
	}
	server, err := smtptest.NewMailServer(smtptest.MailOptions{})
	require.NoError(t, err)
	require.NoError(t, server.Play(script, mode))
	return hosted{server}
}

// playTranscript plays a transcript to a client program, and compares the results that the
// program prints with the header of the transcript. It returns the results without port
// numbers.
func playTranscript(t *testing.T, client string, script *smtptest.Script, path string, mode smtptest.Mode) map[string]string {
	ready := strings.HasPrefix(path, scripts)
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	server := startScript(t, script, mode, ready)
	defer server.Close()
	got := execute(t, t.TempDir(), client, strconv.Itoa(server.Port()), authorityFile(t), path)
	where := script.Name + " by " + mode.String() + ":\n" + got.output
	require.Zero(t, got.status, where)
	require.NoError(t, server.Wait(), where)

	said := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(got.output), "\n") {
		key, value, found := strings.Cut(line, ": ")
		require.True(t, found, where)
		said[key] = value
	}
	h := script.Header
	assert.Equal(t, h.Get("expect"), said["expect"], where)
	for _, key := range []string{"outcome", "safe-to-retry", "accepted", "reply-code", "enhanced-code"} {
		if h.Has("expect-" + key) {
			assert.Equal(t, h.Get("expect-"+key), said[key], "%s of %s", key, where)
		}
	}
	assert.Equal(t, h.Get("expect-op"), said["phase"], where)
	assert.Equal(t, h.Get("expect-kind"), said["kind"], where)
	if h.Get("expect") == "ok" {
		assert.Equal(t, "no", said["login-error"], where)
	} else {
		assert.Regexp(t, `^[A-Z][^.?]*[.?]`, said["text"], "the sentence of the number: %s", where)
	}
	if said["peer"] != "" { // there was a connection
		assert.Regexp(t, fmt.Sprintf(`^(127\.0\.0\.1|\[::1\]):%d$`, server.Port()), said["peer"], where)
	}
	for _, text := range append(h.All("expect-text"), h.All("expect-recipient")...) {
		assert.Contains(t, said["text"], text, where)
	}
	for _, secret := range []string{h.Get("password"), h.Get("token")} {
		if len(secret) > 3 {
			assert.NotContains(t, got.output, secret, where)
		}
	}
	for key, value := range said {
		said[key] = ports.ReplaceAllString(value, "$1:PORT")
	}
	// The client can notice the end of the connection in several ways, depending on the
	// timing.
	if before, _, found := strings.Cut(said["text"], ": connection closed"); found {
		said["text"] = before
	}
	said["text"] = endings.ReplaceAllString(said["text"], "the connection ended")
	return said
}

// endings matches the texts with which a client can report that the server has closed the
// connection.
var endings = regexp.MustCompile(`(?i)the server sent no reply|(read|write) tcp \S+: [a-z: ]*(reset by peer|broken pipe)\.?`)

var ports = regexp.MustCompile(`(127\.0\.0\.1|\[::1\]|localhost):\d+`)
