// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// settingsOfASession contains a change of each setting that affects a session. After the
// change, the next mail needs another session. If the field 'fails' is set, that session
// cannot be opened: Send returns the number in 'fails', and no mail is sent.
var settingsOfASession = map[string]struct {
	change func(*Mailer) error
	fails  Number
}{
	"proxy":                {func(m *Mailer) error { return m.SetProxy("socks5://127.0.0.1:1") }, wsaConnect},
	"local address":        {func(m *Mailer) error { return m.SetLocalAddress("127.0.0.2") }, NoError},
	"local name":           {func(m *Mailer) error { return m.SetLocalHostName("other.example") }, NoError},
	"LMTP":                 {func(m *Mailer) error { return m.SetLMTP(true) }, commandEHLO},
	"extensions off":       {func(m *Mailer) error { return m.SetExtensionOff("pipelining") }, NoError},
	"security":             {func(m *Mailer) error { return m.SetSecurityType(useTLSIfOffered) }, sslProblem},
	"server":               {func(m *Mailer) error { return m.SetSMTPServer("no.such.host.invalid", 25, true) }, wsaGethostbyNameAddr},
	"no login":             {func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", 1, false) }, wsaConnect},
	"login":                {func(m *Mailer) error { return m.SetLogin("bob@test.example") }, badLoginPass},
	"password":             {func(m *Mailer) error { return m.SetPassword("wrong") }, badLoginPass},
	"identity":             {func(m *Mailer) error { return m.SetAuthorizationID("alice@test.example") }, NoError},
	"mechanism":            {func(m *Mailer) error { return m.SetAuthMechanism("PLAIN") }, NoError},
	"verification":         {func(m *Mailer) error { return m.SetVerifyPeer(false) }, NoError},
	"pins":                 {func(m *Mailer) error { return m.SetPinnedPublicKey("sha256//" + strings.Repeat("A", 43) + "=") }, NoError},
	"TLS at least":         {func(m *Mailer) error { return m.SetTLSMinVersion(13) }, NoError},
	"TLS at most":          {func(m *Mailer) error { return m.SetTLSMaxVersion(12) }, NoError},
	"name of certificate":  {func(m *Mailer) error { return m.SetTLSServerName("other.example") }, NoError},
	"servers of a domain":  {func(m *Mailer) error { return m.SetServerDomain("127.0.0.1") }, badInput},
	"certificates trusted": {func(m *Mailer) error { return nil }, NoError}, // the test sets the function
}

func TestEverySettingEndsOldSession(t *testing.T) {
	ca := caFile(t)
	for name, c := range settingsOfASession {
		t.Run(name, func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "s3cret pass", "bob@test.example": "another"}})
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error {
				return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
			})
			mustCall(t, h, (*Mailer).Send)
			change := c.change
			if name == "certificates trusted" {
				change = func(m *Mailer) error { return m.SetCAFile(ca) }
			}
			mustCall(t, h, change)
			n := Call(h, (*Mailer).Send)
			if c.fails != NoError {
				assert.Equal(t, c.fails, n, Value(h, (*Mailer).GetLastErrorText))
				assert.Len(t, server.Mails(), 1, "a mail was sent in the old session")
				return
			}
			require.Equal(t, NoError, n, Value(h, (*Mailer).GetLastErrorText))
			assert.Len(t, server.Mails(), 2)
			assert.Len(t, server.Sessions(), 2, "a mail was sent in the old session")
		})
	}
}

// After SetProxy, SendBatch and SendRaw do not use a session that was opened before SetProxy.
func TestBatchAndSendRawFollowProxy(t *testing.T) {
	numbers := make([]Number, 2)
	for name, send := range map[string]func(h uintptr, mails []uintptr) Number{
		"SendBatch": func(h uintptr, mails []uintptr) Number { return SendBatch(h, mails, numbers) },
		"SendRaw": func(h uintptr, _ []uintptr) Number {
			raw := []byte("From: alice@test.example\r\nTo: bob@test.example\r\nSubject: A subject\r\n\r\nHello.\r\n")
			return Call(h, func(m *Mailer) error { return m.SendRaw(raw, nil, nil) })
		},
	} {
		server := serve(t, smtptest.MailOptions{})
		h, mails := letters(t, server, 2)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
		})
		require.Equal(t, NoError, send(h, mails), name)
		sent := len(server.Mails())
		require.NotZero(t, sent, name)
		mustCall(t, h, func(m *Mailer) error { return m.SetProxy("socks5://127.0.0.1:1") })
		require.Equal(t, wsaConnect, send(h, mails), name)
		require.Len(t, server.Mails(), sent, name)
	}
	require.Equal(t, []Number{wsaConnect, wsaConnect}, numbers)
}

// After a change of the timeouts or the log, the open session is still used.
func TestTimeoutsAndLogKeepOpenSession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "stall", Nth: 2}}})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	})
	var lines []string
	mustCall(t, h, func(m *Mailer) error {
		return m.SetLogCallback(func(_ int, line string) { lines = append(lines, line) })
	})
	mustCall(t, h, (*Mailer).Send)
	assert.Contains(t, strings.Join(lines, "\n"), "RCPT TO:<bob@test.example>")
	lines = nil
	mustCall(t, h, func(m *Mailer) error { return m.SetLogCallback(nil) })
	mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutCommand, 100) })
	mustFail(t, h, serverNotResponding, (*Mailer).Send)
	assert.Empty(t, lines)
	assert.Len(t, server.Sessions(), 1)
}

// If a proxy is set, the client sends no DNS queries, either for the addresses of a host or
// for the servers of a domain.
func TestNoLookupBehindProxy(t *testing.T) {
	asked := make(chan string, 100)
	resolver := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = resolver })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, server string) (net.Conn, error) {
		asked <- server
		return nil, errors.New("the client must not ask the name server")
	}}
	server := serve(t, smtptest.MailOptions{})
	for _, proxy := range []string{"socks5://127.0.0.1:1", "http://127.0.0.1:1"} {
		for _, domain := range []string{"", "test.example"} {
			h := handle(t, server)
			mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("mail.remote.example", 587, true) })
			mustCall(t, h, func(m *Mailer) error { return m.SetServerDomain(domain) })
			mustCall(t, h, func(m *Mailer) error { return m.SetProxy(proxy) })
			want := wsaConnect
			if domain != "" {
				want = BadArgument
			}
			text := mustFail(t, h, want, (*Mailer).Send)
			if domain != "" {
				assert.Contains(t, text, "SetSMTPServer")
			}
			assert.Empty(t, Value(h, (*Mailer).GetLocalHostIP))
			require.Empty(t, asked, fmt.Sprintf("%s, domain %q", proxy, domain))
		}
	}
}
