// SPDX-License-Identifier: MIT

package mailer

import (
	"io"
	"net"
	"strconv"
	"sync"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tokenSetters contains a call to each function that sets where tokens come from. The keys
// are the names of these functions in error texts.
func tokenSetters(t *testing.T, url string) map[string]func(*Mailer) error {
	p := makeGrantFiles(t, t.TempDir(), url)
	file := loginFile(t, url, "refresh")
	return map[string]func(*Mailer) error{
		"SetAccessToken": func(m *Mailer) error { return m.SetAccessToken("good-token") },
		"SetTokenCallback": func(m *Mailer) error {
			return m.SetTokenCallback(func(bool) (string, error) { return "good-token", nil })
		},
		"SetOAuth2ClientCredentials": func(m *Mailer) error { return m.SetOAuth2ClientCredentials(url, "id", "client-secret", "") },
		"SetOAuth2RefreshToken":      func(m *Mailer) error { return m.SetOAuth2RefreshToken(url, "id", "", "refresh", "") },
		"SetOAuth2Certificate":       func(m *Mailer) error { return m.SetOAuth2Certificate(url, "id", p.pair, "", "", "") },
		"SetOAuth2AssertionFile":     func(m *Mailer) error { return m.SetOAuth2AssertionFile(url, "id", p.assertion, "") },
		"SetOAuth2ServiceAccount":    func(m *Mailer) error { return m.SetOAuth2ServiceAccount(p.account, "", "") },
		"SetOAuth2ManagedIdentity":   func(m *Mailer) error { return m.SetOAuth2ManagedIdentity("azure:"+url, "", "") },
		"SetOAuth2TokenFile":         func(m *Mailer) error { return m.SetOAuth2TokenFile(file) },
	}
}

// TestTokenInClearNeedsSetClearLogin checks that a token is sent without TLS only after
// SetClearLogin(1). It is not sent by default or after SetClearLogin(0). A clone keeps the
// setting.
func TestTokenInClearNeedsSetClearLogin(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, requests := tokens(t, "good-token")
	allow := func(on bool) func(*testing.T, uintptr) uintptr {
		return func(t *testing.T, h uintptr) uintptr {
			mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(on) })
			return h
		}
	}
	clone := func(t *testing.T, h uintptr) uintptr {
		c, n := Clone(h)
		require.Equal(t, NoError, n)
		t.Cleanup(func() { Free(c) })
		return c
	}
	for name, set := range tokenSetters(t, url) {
		for what, c := range map[string]struct {
			steps []func(*testing.T, uintptr) uintptr
			goes  bool
		}{
			"nothing said":            {nil, false},
			"a clone of that":         {[]func(*testing.T, uintptr) uintptr{clone}, false},
			"allowed":                 {[]func(*testing.T, uintptr) uintptr{allow(true)}, true},
			"allowed, then cloned":    {[]func(*testing.T, uintptr) uintptr{allow(true), clone}, true},
			"forbidden":               {[]func(*testing.T, uintptr) uintptr{allow(false)}, false},
			"allowed, then forbidden": {[]func(*testing.T, uintptr) uintptr{allow(true), allow(false)}, false},
			"forbidden in a clone":    {[]func(*testing.T, uintptr) uintptr{allow(true), clone, allow(false)}, false},
		} {
			sessions, asked := len(server.Sessions()), requests.Load()
			h := handle(t, server)
			for _, step := range c.steps {
				h = step(t, h)
			}
			mustCall(t, h, set) // the last step, because Clone does not copy callbacks
			if c.goes {
				mustCall(t, h, (*Mailer).Send)
				continue
			}
			text := mustFail(t, h, loginNotSupported, (*Mailer).Send)
			for _, part := range []string{name + ": ", "needs TLS", "SetSecurityType", "SetClearLogin(1)"} {
				assert.Contains(t, text, part, "%s, %s", name, what)
			}
			mustFail(t, h, loginNotSupported, func(m *Mailer) error {
				return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "alice@test.example", "")
			})
			assert.Equal(t, 0, Value(h, (*Mailer).GetOutcome))
			assert.Len(t, server.Sessions(), sessions, "%s, %s: sessions at the server", name, what)
			assert.Equal(t, asked, requests.Load(), "%s, %s: token requests", name, what)
		}
	}
}

// By default, a token from a configuration file is not sent without TLS.
func TestConfiguredTokenNeedsTLS(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	url, requests := tokens(t, "good-token")
	h := handle(t, server)
	text := "[*]\noauth2-client-id = id\noauth2-client-secret = client-secret\noauth2-token-url = " + url + "\n"
	for _, security := range []string{"", "security = none\n"} {
		configureBy(t, text+security)
		said := mustFail(t, h, loginNotSupported, (*Mailer).Send)
		assert.Contains(t, said, "oauth2-token-url: an access token needs TLS")
		assert.Contains(t, said, "set security to starttls or ssl")
	}
	assert.Empty(t, server.Sessions())
	assert.Zero(t, requests.Load())
	configureBy(t, text+"security = starttls\ntls-server-name = localhost\nca-file = "+caFile(t)+"\n")
	mustCall(t, h, (*Mailer).Send)
}

// A token that is set but not used does not make Send fail. It is not used if there is no
// login, or if the client logs in with a password.
func TestUnusedTokenIsIgnored(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("good-token") })
	mustCall(t, h, func(m *Mailer) error { return m.SetAuthMechanism("XOAUTH2 PLAIN") })
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetAuthMechanism("") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), false) })
	n := Call(h, (*Mailer).Send)
	assert.NotEqual(t, loginNotSupported, n)
	sessions := waitIdle(t, server, 1)
	assert.Equal(t, "PLAIN", sessions[0].Mechanism)
}

// TestUseTLSIfOfferedNeedsTLSForLogin checks that the client neither logs in nor sends if
// the server does not offer STARTTLS, even after SetClearLogin(1). The test covers every
// way to log in, with Send, SendRaw, SendAsync, SendBatch, a pool and ConnectRemoteServer.
func TestUseTLSIfOfferedNeedsTLSForLogin(t *testing.T) {
	url, _ := tokens(t, "good-token")
	logins := tokenSetters(t, url)
	logins["SetPassword"] = func(*Mailer) error { return nil }
	for _, mechanism := range []string{"CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "PLAIN", "LOGIN", "ANONYMOUS", "EXTERNAL"} {
		logins[mechanism] = func(m *Mailer) error { return m.SetAuthMechanism(mechanism) }
	}
	for name, set := range logins {
		for _, byFile := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				server := serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
				h := handle(t, server)
				mustCall(t, h, set)
				mustCall(t, h, func(m *Mailer) error { return m.SetClearLogin(true) })
				if byFile {
					configureBy(t, "[127.0.0.1]\nsecurity = starttls-if-offered\n")
				} else {
					mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLSIfOffered) })
				}
				text := mustFail(t, h, loginNotSupported, (*Mailer).Send)
				assert.Contains(t, text, "did not offer STARTTLS")
				assert.Contains(t, text, "require TLS")
				raw := []byte("From: alice@test.example\r\nTo: bob@test.example\r\n\r\nHello.\r\n")
				mustFail(t, h, loginNotSupported, func(m *Mailer) error { return m.SendRaw(raw, nil, nil) })
				require.Equal(t, NoError, SendAsync(h, nil))
				assert.Equal(t, loginNotSupported, WaitAsync(h, soon))
				pool := poolOf(t)
				mustPool(t, pool, func(p *Pool) error { return p.AddRelay(h, "") })
				assert.Equal(t, loginNotSupported, PoolSend(pool, mailHandle(t)))
				numbers := []Number{0}
				c, _ := Clone(h)
				t.Cleanup(func() { Free(c) })
				mustCall(t, c, set)
				assert.Equal(t, loginNotSupported, SendBatch(h, []uintptr{c}, numbers))
				mustFail(t, h, loginNotSupported, func(m *Mailer) error {
					return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
				})
				for _, s := range waitIdle(t, server, 0) {
					dialogue := s.Dialogue.String()
					assert.NotContains(t, dialogue, "C: AUTH")
				}
				assert.Empty(t, server.Mails())
			})
		}
	}
}

// TestReplacedSessionKeepsTLS checks that, if the server closes an idle session that uses
// TLS, the session that replaces it uses TLS too.
func TestReplacedSessionKeepsTLS(t *testing.T) {
	good, stripped := serve(t, smtptest.MailOptions{}), serve(t, smtptest.MailOptions{Hide: []string{"STARTTLS"}})
	port, cut := relay(t, good.Port(), stripped.Port())
	h := handle(t, good)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", port, false) })
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	mustCall(t, h, func(m *Mailer) error { return m.ConnectRemoteServer("localhost", port, useTLSIfOffered, false, "", "") })
	mustCall(t, h, (*Mailer).Send)
	cut()
	mustFail(t, h, startTLSNotSupported, (*Mailer).Send)
	assert.Len(t, good.Mails(), 1)
	assert.Empty(t, stripped.Mails())
	mustCall(t, h, (*Mailer).Send) // without a login, a new session need not use TLS
	assert.Len(t, stripped.Mails(), 1)
}

// relay starts a server on 'port'. It forwards its first connection to the port 'first', and
// every later connection to the port 'others'. The function cut closes all connections.
func relay(t *testing.T, first, others int) (port uint16, cut func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var mu sync.Mutex
	var open []net.Conn
	cut = func() {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range open {
			c.Close()
		}
		open = nil
	}
	t.Cleanup(func() { l.Close(); cut() })
	go func() {
		for to := first; ; to = others {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(to)))
			if err != nil {
				in.Close()
				continue
			}
			mu.Lock()
			open = append(open, in, out)
			mu.Unlock()
			go func() { io.Copy(out, in); out.Close() }()
			go func() { io.Copy(in, out); in.Close() }()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port), cut
}
