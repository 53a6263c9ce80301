// SPDX-License-Identifier: MIT

package test

import (
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCallbacks(t *testing.T) {
	program := link(t, "g++", "callbacks", append(sanitized, "-std=c++11", "tools/callbacks.cpp")...)
	server := receiver(t, smtptest.MailOptions{NoAuth: true})
	got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
	require.NoError(t, server.WaitIdle(15, deadline))
	assert.Len(t, server.Mails(), 15)
}

// TestThreads looks for data races in the C++ class with ThreadSanitizer, which does
// not check Go's memory.
func TestThreads(t *testing.T) {
	notOn(t, "no ThreadSanitizer", "x64", "Win32", "arm64", "armhf")
	program := link(t, "g++", "callbacks-tsan", "-g", "-O1", "-fsanitize=thread", "-std=c++17", "tools/callbacks.cpp")
	server := receiver(t, smtptest.MailOptions{NoAuth: true})
	got := execute(t, t.TempDir(), program, "127.0.0.1", strconv.Itoa(server.Port()))
	require.Zero(t, got.status, got.output)
}
