// SPDX-License-Identifier: MIT

package test

import (
	"strconv"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

func poolRelays(t *testing.T) []string {
	refusals := []smtptest.Fault{}
	for i := 1; i < 400; i += 7 {
		refusals = append(refusals, smtptest.Fault{Step: "MAIL", Do: "451 4.3.0 Not now", Nth: i})
	}
	first := receiver(t, smtptest.MailOptions{NoAuth: true})
	second := receiver(t, smtptest.MailOptions{NoAuth: true, Faults: refusals})
	return []string{"127.0.0.1", strconv.Itoa(first.Port()), strconv.Itoa(second.Port())}
}

func TestPool(t *testing.T) {
	got := execute(t, t.TempDir(), link(t, "g++", "pool", append(sanitized, "-std=c++11", "tools/pool.cpp")...), poolRelays(t)...)
	require.Zero(t, got.status, got.output)
}

// TestPoolThreads checks with ThreadSanitizer that class CSmtpPool has no data races.
func TestPoolThreads(t *testing.T) {
	notOn(t, "no ThreadSanitizer", "x64", "Win32", "arm64", "armhf")
	got := execute(t, t.TempDir(), link(t, "g++", "pool-tsan", "-g", "-O1", "-fsanitize=thread", "-std=c++17", "tools/pool.cpp"), poolRelays(t)...)
	require.Zero(t, got.status, got.output)
}
