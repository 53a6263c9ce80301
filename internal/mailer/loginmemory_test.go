// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attempts returns the mechanisms that the client tried in each session, separated by
// spaces.
func attempts(t *testing.T, server *smtptest.MailServer) (sessions []string) {
	t.Helper()
	require.NoError(t, server.WaitIdle(0, 20*time.Second))
	for _, s := range server.Sessions() {
		var names []string
		for line := range strings.Lines(s.Dialogue.String()) {
			if _, auth, found := strings.Cut(line, "AUTH "); found && strings.HasPrefix(line, "C: ") {
				names = append(names, strings.Fields(auth)[0])
			}
		}
		sessions = append(sessions, strings.Join(names, " "))
	}
	return sessions
}

const bothTried = "CRAM-MD5 PLAIN"

// unserved starts a server that offers CRAM-MD5, but whose password store does not support
// it.
func unserved(t *testing.T, faults ...smtptest.Fault) *smtptest.MailServer {
	return serve(t, smtptest.MailOptions{Mechanisms: []string{"CRAM-MD5", "PLAIN", "LOGIN"}, Unserved: []string{"CRAM-MD5"}, Faults: faults})
}

// A handle remembers which mechanism succeeded, no matter how it opens sessions.
func TestHandleRemembersMechanism(t *testing.T) {
	server := unserved(t)
	h := handle(t, server)
	port := uint16(server.Port())
	send := func(h uintptr) { mustCall(t, h, (*Mailer).Send) }
	connect := func(login, password string) {
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", port, doNotSet, true, login, password)
		})
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	}
	send(h)
	send(h)
	connect("", "")
	connect("alice@test.example", "s3cret pass")
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("s3cret pass") })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", port, true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("Another mail") })
	send(h)
	clone, n := Clone(h)
	require.Equal(t, NoError, n)
	defer Free(clone)
	send(clone)
	numbers := make([]Number, 1)
	require.Equal(t, NoError, SendBatch(h, []uintptr{clone}, numbers))
	assert.Equal(t, []string{bothTried, "PLAIN", "PLAIN", "PLAIN", "PLAIN", "PLAIN", "PLAIN"}, attempts(t, server))
}

// If the server has closed a session, the session that replaces it tries only the mechanism
// that succeeded in the closed session.
func TestReconnectRemembersMechanism(t *testing.T) {
	server := unserved(t, smtptest.Fault{Do: "close after 1"})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	assert.Equal(t, "PLAIN", Value(h, (*Mailer).GetAuthMechanismUsed))
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	assert.Equal(t, []string{bothTried, "PLAIN"}, attempts(t, server))
}

// With a wrong password, the first session tries two mechanisms. Later sessions try only
// one, until a setting is changed.
func TestWrongPasswordCostsTwoFailuresOnce(t *testing.T) {
	server := unserved(t)
	h := handle(t, server)
	fail := func(h uintptr, want string) {
		t.Helper()
		before := len(attempts(t, server))
		text := mustFail(t, h, badLoginPass, (*Mailer).Send)
		assert.Equal(t, []string{want}, attempts(t, server)[before:])
		if want == bothTried {
			assert.Contains(t, text, "AUTH PLAIN: server said 535 5.7.8")
			assert.Contains(t, text, "earlier, the server refused CRAM-MD5: 535 5.7.8")
		}
		assert.NotContains(t, text, "wrong pass")
	}
	set := func(f func(m *Mailer) error) { t.Helper(); mustCall(t, h, f) }
	set(func(m *Mailer) error { return m.SetPassword("wrong pass") })
	fail(h, bothTried)
	fail(h, "CRAM-MD5")
	clone, _ := Clone(h)
	defer Free(clone)
	fail(clone, "CRAM-MD5")
	fail(h, "CRAM-MD5")
	set(func(m *Mailer) error { return m.SetPassword("another wrong pass") })
	fail(h, bothTried)
	fail(h, "CRAM-MD5")
	set(func(m *Mailer) error { return m.SetLogin("bob@test.example") })
	fail(h, bothTried)
	n := Call(h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "third wrong pass")
	})
	assert.Equal(t, badLoginPass, n)
	sessions := attempts(t, server)
	assert.Equal(t, bothTried, sessions[len(sessions)-1], "a password given to ConnectRemoteServer is a change")
	fail(h, "CRAM-MD5")
	set(func(m *Mailer) error { return m.SetClearLogin(false) })
	fail(h, "CRAM-MD5")
	set(func(m *Mailer) error { return m.SetClearLogin(true) })
	fail(h, bothTried)
	set(func(m *Mailer) error { return m.SetAuthMechanism("CRAM-MD5 PLAIN") })
	fail(h, "CRAM-MD5")
	set(func(m *Mailer) error { return m.SetAuthMechanism("") })
	fail(h, bothTried)
}

// Over TLS, after a refused SCRAM login, the client sends the password itself only to a
// server whose certificate is verified.
func TestOtherMechanismNeedsVerifiedTLS(t *testing.T) {
	for _, security := range []int{useTLS, useTLSIfOffered, useSSL} {
		for _, verified := range []bool{true, false} {
			server := serve(t, smtptest.MailOptions{Mechanisms: []string{"SCRAM-SHA-256", "LOGIN"}, Unserved: []string{"SCRAM-SHA-256"}})
			h := handle(t, server)
			port := server.Port()
			if security == useSSL {
				port = server.TLSPort()
			}
			mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(port), true) })
			mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
			mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
			mustCall(t, h, func(m *Mailer) error { return m.SetVerifyPeer(verified) })
			if verified {
				mustCall(t, h, (*Mailer).Send)
				assert.Equal(t, []string{"SCRAM-SHA-256 LOGIN"}, attempts(t, server))
				continue
			}
			text := mustFail(t, h, badLoginPass, (*Mailer).Send)
			assert.Contains(t, text, "select LOGIN with SetAuthMechanism")
			assert.Equal(t, []string{"SCRAM-SHA-256"}, attempts(t, server))
		}
	}
}
