// SPDX-License-Identifier: MIT

package mailer

import (
	"os"
	"path/filepath"
	"testing"

	"csmtp/smtp/smtptest"
	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// If a program changes the account, the authority or the server of a handle with an open
// session, Send does not use that session. It opens another session, or fails.
func TestSessionServesOnlyItsSettings(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "s3cret pass", "bob@test.example": "another"}})
	other := serve(t, smtptest.MailOptions{})
	foreign := filepath.Join(t.TempDir(), "foreign.pem")
	require.NoError(t, os.WriteFile(foreign, certs.New().PEM(), 0o600))
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	connect := func() {
		t.Helper()
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("localhost", uint16(server.Port()), useTLS, true, "alice@test.example", "s3cret pass")
		})
	}
	logins := func() (list []string) {
		for _, mail := range server.Mails() {
			list = append(list, mail.Login)
		}
		return list
	}
	connect()
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("changed, but not a setting of the session") })
	mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutCommand, 60_000) })
	mustCall(t, h, (*Mailer).Send)
	require.Len(t, server.Sessions(), 1)

	// Another account.
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("bob@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("another") })
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Sessions(), 2, "the new session stays open too")
	assert.Equal(t, []string{"alice@test.example", "alice@test.example", "bob@test.example", "bob@test.example"}, logins())
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("eve@test.example") })
	mustFail(t, h, badLoginPass, (*Mailer).Send)
	assert.Len(t, server.Mails(), 4)

	// Clearing the login and the password after they were used does not change the account.
	connect()
	sessions := len(server.Sessions())
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("") })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("") })
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Sessions(), sessions)

	// Send does not use the open session after a change of the authority, the pin or the
	// name in the certificate, or if the new security type requires TLS and the session has
	// none.
	for name, change := range map[string]func(*Mailer) error{
		"authority": func(m *Mailer) error { return m.SetCAFile(foreign) },
		"pin": func(m *Mailer) error {
			return m.SetPinnedPublicKey("sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
		},
		"name": func(m *Mailer) error { return m.SetTLSServerName("other.example") },
	} {
		connect()
		mustCall(t, h, change)
		mustFail(t, h, sslProblem, (*Mailer).Send)
		mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
		mustCall(t, h, func(m *Mailer) error { return m.SetPinnedPublicKey("") })
		mustCall(t, h, func(m *Mailer) error { return m.SetTLSServerName("") })
		assert.Len(t, server.Mails(), 5, name)
	}
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("localhost", uint16(server.Port()), noSecurity, false, "", "")
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
	mustCall(t, h, (*Mailer).Send)
	assert.NotEmpty(t, server.Mails()[5].TLS)

	// Another server.
	connect()
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(other.Port()), true) })
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Mails(), 6)
	assert.Len(t, other.Mails(), 1)
}

// SendBatch uses the account that is set for the sending handle, even if the handle's open
// session belongs to another account.
func TestBatchUsesAccountThatIsSet(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "s3cret pass", "bob@test.example": "another"}})
	h, mail := handle(t, server), handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	})
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("bob@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("another") })
	require.Equal(t, NoError, SendBatch(h, []uintptr{mail}, make([]Number, 1)))
	require.Len(t, server.Mails(), 1)
	assert.Equal(t, "bob@test.example", server.Mails()[0].Login)
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("wrong") })
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("alice@test.example") })
	numbers := make([]Number, 1)
	require.Equal(t, badLoginPass, SendBatch(h, []uintptr{mail}, numbers))
	assert.Equal(t, badLoginPass, numbers[0])
	assert.Len(t, server.Mails(), 1)
}

// If no login is set, a session is used only for mails with the same token.
func TestSessionServesOnlyItsToken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Tokens: map[string]string{"alice@test.example": "first-token"}, Mechanisms: []string{"OAUTHBEARER"}})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("") })
	mustCall(t, h, func(m *Mailer) error { return m.SetAuthorizationID("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("first-token") })
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	})
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("") })
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Sessions(), 1, "sessions after the token was cleared")
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("second-token") })
	mustFail(t, h, badLoginPass, (*Mailer).Send)
	assert.Len(t, server.Mails(), 2)
}

// TestPurpose changes each setting, and checks whether a session may be used afterwards.
func TestPurpose(t *testing.T) {
	token := func(n int) func(*settings) {
		return func(s *settings) {
			s.login.token, s.login.tokens = func(bool) (string, error) { return "t", nil }, n
		}
	}
	name := func(n string) func(*settings) { return func(s *settings) { s.login.name = n } }
	authz := func(n string) func(*settings) { return func(s *settings) { s.login.authzID = n } }
	noToken := func(s *settings) { s.login.token = nil }
	authenticate := func(on bool) func(*settings) { return func(s *settings) { s.authenticate = on } }
	for what, c := range map[string]struct {
		made, changed []func(*settings)
		serves        bool
	}{
		"nothing":                          {nil, nil, true},
		"a login":                          {nil, []func(*settings){name("a")}, false},
		"another login":                    {[]func(*settings){name("a")}, []func(*settings){name("b")}, false},
		"a login cleared":                  {[]func(*settings){name("a")}, []func(*settings){name("")}, true},
		"all of it cleared":                {[]func(*settings){name("a"), authz("z"), token(1)}, []func(*settings){name(""), authz(""), noToken}, true},
		"a login cleared, a token set":     {[]func(*settings){name("a")}, []func(*settings){name(""), token(1)}, false},
		"another token, no login now":      {[]func(*settings){name("a"), token(1)}, []func(*settings){name(""), token(2)}, false},
		"another token, no login":          {[]func(*settings){token(1)}, []func(*settings){token(2)}, false},
		"another token of the login":       {[]func(*settings){name("a"), token(1)}, []func(*settings){token(2)}, true},
		"a token cleared":                  {[]func(*settings){token(1)}, []func(*settings){noToken}, true},
		"another identity":                 {[]func(*settings){name("a"), authz("y")}, []func(*settings){authz("z")}, false},
		"a login cleared, an identity set": {[]func(*settings){name("a")}, []func(*settings){name(""), authz("z")}, false},
		"a login wanted":                   {[]func(*settings){authenticate(false)}, []func(*settings){authenticate(true)}, false},
		"a proxy":                          {nil, []func(*settings){func(s *settings) { s.proxy = "socks5://127.0.0.1:1" }}, false},
		"another name at EHLO":             {nil, []func(*settings){func(s *settings) { s.localName = "a.example" }}, false},
		"another local address":            {nil, []func(*settings){func(s *settings) { s.localAddress = "127.0.0.2" }}, false},
		"LMTP":                             {nil, []func(*settings){func(s *settings) { s.lmtp = true }}, false},
		"another mechanism":                {nil, []func(*settings){func(s *settings) { s.login.mechanisms = []string{"PLAIN"} }}, false},
		"no login in clear":                {nil, []func(*settings){func(s *settings) { s.login.clear = clearForbidden }}, false},
		"another mechanism, no login":      {[]func(*settings){authenticate(false)}, []func(*settings){func(s *settings) { s.login.mechanisms = []string{"PLAIN"} }}, true},
		"no login wanted":                  {[]func(*settings){authenticate(true)}, []func(*settings){authenticate(false)}, false},
	} {
		t.Run(what, func(t *testing.T) {
			s := defaultSettings()
			for _, f := range c.made {
				f(&s)
			}
			made := s.purpose()
			for _, f := range c.changed {
				f(&s)
			}
			assert.Equal(t, c.serves, made.serves(s.purpose()))
		})
	}
}
