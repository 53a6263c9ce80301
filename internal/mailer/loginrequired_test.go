// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If a login is set and the server does not offer AUTH, the mail is sent without a login,
// as in CSmtp. The log and GetLoginSkipped report this.
func TestLoginSkipped(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true})
	h := handle(t, server)
	var lines []string
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { lines = append(lines, line) })
	})
	skipped := func() bool { return Value(h, (*Mailer).GetLoginSkipped) }
	assert.False(t, skipped())
	mustCall(t, h, (*Mailer).Send)
	assert.True(t, skipped())
	assert.Contains(t, strings.Join(lines, "\n"), "no login: the server does not offer AUTH, so mails are sent without one")

	// GetLoginSkipped returns false if authentication is off or no login is set.
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), false) })
	mustCall(t, h, (*Mailer).Send)
	assert.False(t, skipped())
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("") })
	mustCall(t, h, (*Mailer).Send)
	assert.False(t, skipped())

	other := serve(t, smtptest.MailOptions{})
	h = handle(t, other)
	mustCall(t, h, (*Mailer).Send)
	assert.False(t, skipped())
}

// After SetLoginRequired(1), no mail is sent without a login, no matter how the session is
// opened.
func TestSetLoginRequired(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true})
	h := handle(t, server)
	port := uint16(server.Port())
	connect := func(authenticate bool) func(*Mailer) error {
		return func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", port, doNotSet, authenticate, "", "")
		}
	}
	setRequired := func(on bool) {
		mustCall(t, h, func(m *Mailer) error { return m.SetLoginRequired(on) })
	}
	setRequired(true)
	text := mustFail(t, h, loginNotSupported, (*Mailer).Send)
	assert.Contains(t, text, "the server does not offer AUTH")
	mustFail(t, h, loginNotSupported, connect(true))
	assert.False(t, Value(h, (*Mailer).GetLoginSkipped))

	// Authentication is turned off.
	before := len(server.Sessions())
	text = mustFail(t, h, loginNotSupported, connect(false))
	assert.Contains(t, text, "SetLoginRequired")
	assert.Len(t, server.Sessions(), before, "it is found before connecting")

	// After SetLoginRequired(1), the client does not use a session that was opened without
	// a login.
	for _, authenticate := range []bool{true, false} {
		setRequired(false)
		mustCall(t, h, connect(authenticate))
		mustCall(t, h, (*Mailer).Send)
		setRequired(true)
		mustFail(t, h, loginNotSupported, (*Mailer).Send)
		clone, _ := Clone(h)
		mustFail(t, clone, loginNotSupported, (*Mailer).Send)
		numbers := []Number{0}
		setRequired(false)
		mustCall(t, h, connect(authenticate))
		setRequired(true)
		SendBatch(h, []uintptr{clone}, numbers)
		assert.Equal(t, loginNotSupported, numbers[0])
		Free(clone)
	}
	assert.Len(t, server.Mails(), 2)

	// A session with a login is used both for mails that require a login and for mails that
	// do not.
	other := serve(t, smtptest.MailOptions{})
	h = handle(t, other)
	setRequired(true)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(other.Port()), doNotSet, true, "", "")
	})
	mustCall(t, h, (*Mailer).Send)
	setRequired(false)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	assert.Len(t, waitIdle(t, other, 2), 1)
}

func TestLoginRequiredInConfiguration(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true})
	h := handle(t, server)
	path := filepath.Join(t.TempDir(), "csmtp.conf")
	t.Setenv(configVariable, path)
	write := func(text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	write("[127.0.0.1]\nlogin-required = yes\n")
	mustFail(t, h, loginNotSupported, (*Mailer).Send)
	write("[127.0.0.1]\nlogin-required = no\n")
	mustCall(t, h, (*Mailer).Send)
	write("[127.0.0.1]\nlogin-required = sometimes\n")
	assert.Contains(t, mustFail(t, h, badConfig, (*Mailer).Send), "login-required must be yes or no")
}
