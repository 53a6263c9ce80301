// SPDX-License-Identifier: MIT

package test

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTranscripts plays every transcript to class CSmtp and to the C functions, and
// compares the results with the transcript's header. The server's text is delivered
// whole, by line and by octet.
func TestTranscripts(t *testing.T) {
	paths, err := filepath.Glob("../../smtp/testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	clients := map[string]string{
		"C++": link(t, "g++", "transcripts", append(sanitized, "-std=c++11", "tools/transcripts.cpp")...),
		"C":   link(t, "gcc", "transcripts", append(sanitized, "-std=c99", "tools/transcripts.c")...),
	}
	for _, path := range paths {
		script, err := smtptest.Load(path)
		require.NoError(t, err)
		for language, client := range clients {
			t.Run(script.Name+" "+language, func(t *testing.T) {
				t.Parallel()
				for _, mode := range script.Modes() {
					playTranscript(t, client, script, path, mode)
				}
			})
		}
	}
}

func playTranscript(t *testing.T, client string, script *smtptest.Script, path string, mode smtptest.Mode) {
	path, err := filepath.Abs(path)
	require.NoError(t, err)
	server, err := script.Start(mode)
	require.NoError(t, err)
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
	if said["peer"] != "" { // the connection was made
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
}
