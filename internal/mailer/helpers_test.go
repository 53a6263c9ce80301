// SPDX-License-Identifier: MIT

package mailer

import (
	"path/filepath"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"csmtp/tests/hosttest"

	"github.com/stretchr/testify/require"
)

// serve starts a mail server that is stopped at the end of the test.
func serve(t *testing.T, options smtptest.MailOptions) *smtptest.MailServer {
	t.Helper()
	server, err := smtptest.NewMailServer(options)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

// handle returns a mailer with a small mail and a login for server. It is not connected.
func handle(t *testing.T, server *smtptest.MailServer) uintptr {
	t.Helper()
	h := New()
	require.NotZero(t, h)
	t.Cleanup(func() { Free(h) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("s3cret pass") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "Bob") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("A subject") })
	mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("Hello.") })
	return h
}

// mustCall calls a method, which must succeed.
func mustCall(t *testing.T, h uintptr, f func(*Mailer) error) {
	t.Helper()
	n := Call(h, f)
	require.Equal(t, NoError, n, "%d: %s", n, Value(h, (*Mailer).GetLastErrorText))
}

// mustFail calls a method, which must fail with the number want, and returns the error text.
func mustFail(t *testing.T, h uintptr, want Number, f func(*Mailer) error) string {
	t.Helper()
	n := Call(h, f)
	text := Value(h, (*Mailer).GetLastErrorText)
	require.Equal(t, want, n, "%s", text)
	require.Equal(t, want, LastError(h))
	require.NotEmpty(t, text)
	return text
}

// waitIdle waits until n mails have arrived and all sessions have ended. It returns the
// sessions.
func waitIdle(t *testing.T, server *smtptest.MailServer, n int) []smtptest.SessionRecord {
	t.Helper()
	require.NoError(t, server.WaitIdle(n, 20*time.Second))
	return server.Sessions()
}

func caFile(t *testing.T) string {
	t.Helper()
	path, err := smtptest.WriteCA(t.TempDir())
	require.NoError(t, err)
	return filepath.Clean(path)
}

// deadPort returns a port of 127.0.0.1 on which nobody listens.
func deadPort(t *testing.T) uint16 { return uint16(hosttest.ClosedPort(t)) }

// cloneOf returns a clone of h, which is freed when the test ends.
func cloneOf(t *testing.T, h uintptr) uintptr {
	t.Helper()
	c, n := Clone(h)
	require.Equal(t, NoError, n)
	t.Cleanup(func() { Free(c) })
	return c
}
