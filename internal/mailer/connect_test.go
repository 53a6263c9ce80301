// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachSecurityType(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	for security, port := range map[int]int{
		noSecurity: server.Port(), useTLS: server.Port(), useSSL: server.TLSPort(), useTLSIfOffered: server.Port(),
	} {
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(port), true) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
		mustCall(t, h, (*Mailer).Send)
		mails := server.Mails()
		last := mails[len(mails)-1]
		assert.Equal(t, security != noSecurity, last.TLS != "", "security type %d", security)
		assert.Equal(t, "alice@test.example", last.Login)
	}
}

func TestCertificatesAreChecked(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	for _, port := range []int{server.Port(), server.TLSPort()} {
		h := handle(t, server)
		security := useTLS
		if port == server.TLSPort() {
			security = useSSL
		}
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(port), true) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(security) })
		text := mustFail(t, h, sslProblem, (*Mailer).Send)
		assert.Contains(t, text, "SetCAFile")
		mustCall(t, h, func(m *Mailer) error { return m.SetVerifyPeer(false) })
		mustCall(t, h, (*Mailer).Send)
	}
	assert.Len(t, server.Mails(), 2)
}

func TestTLSSessionsAreResumedOnlyWithSameSettings(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(caFile(t)) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("localhost", uint16(server.TLSPort()), true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useSSL) })
	resumed := func() (did bool) {
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("localhost", uint16(server.TLSPort()), useSSL, true, "", "")
		})
		mustCall(t, h, (*Mailer).Send)
		did = Value(h, func(m *Mailer) bool { return m.session.TLSState().DidResume })
		mustCall(t, h, (*Mailer).DisconnectRemoteServer)
		return did
	}
	assert.False(t, resumed())
	assert.True(t, resumed())
	mustCall(t, h, func(m *Mailer) error { return m.SetTLSMinVersion(13) })
	assert.False(t, resumed(), "sessions are not resumed with another minimum version")
	assert.True(t, resumed())
	mustCall(t, h, func(m *Mailer) error { return m.SetAuthorizationID("alice@test.example") })
	assert.False(t, resumed())
}

func TestConnectionNumbers(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", deadPort(t), true) })
	mustFail(t, h, wsaConnect, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("no-such-host.invalid", 25, true) })
	mustFail(t, h, wsaGethostbyNameAddr, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("", 25, true) })
	mustFail(t, h, wsaGethostbyNameAddr, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", uint16(server.Port()), true) })
	mustFail(t, h, undefLogin, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogin("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.SetPassword("") })
	mustFail(t, h, undefPassword, (*Mailer).Send)
	mustFail(t, h, connectionClosed, (*Mailer).KeepAlive)
}

func TestKeepAliveAndExtensions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	mustCall(t, h, (*Mailer).KeepAlive)
	Call(h, func(m *Mailer) error {
		size, offered := m.GetExtension("size")
		assert.True(t, offered)
		assert.Equal(t, "67108864", size)
		_, offered = m.GetExtension("NO-SUCH")
		assert.False(t, offered)
		all := strings.Split(m.GetExtensions(), "\n")
		assert.Contains(t, all, "SIZE 67108864")
		assert.Contains(t, all, "STARTTLS")
		assert.True(t, slices.IsSorted(all[:len(all)-1]), "%q", all)
		assert.Empty(t, all[len(all)-1])
		assert.Equal(t, "127.0.0.1", m.GetLocalHostIP())
		assert.Empty(t, m.GetTLSInfo())
		return nil
	})
}

func TestServerLists(t *testing.T) {
	for _, row := range []struct {
		list     string
		port     uint16
		security int
		want     []smtp.Server
	}{
		{"a.example", 0, noSecurity, []smtp.Server{{Host: "a.example", Port: 25}}},
		{"a.example", 0, useTLS, []smtp.Server{{Host: "a.example", Port: 25}}},
		{"a.example", 0, useSSL, []smtp.Server{{Host: "a.example", Port: 465}}},
		{"a.example", 587, useTLS, []smtp.Server{{Host: "a.example", Port: 587}}},
		{"::1", 25, noSecurity, []smtp.Server{{Host: "::1", Port: 25}}},
		{"[::1]", 25, noSecurity, []smtp.Server{{Host: "::1", Port: 25}}},
		{"[::1]:2525", 25, noSecurity, []smtp.Server{{Host: "::1", Port: 2525}}},
		{" a.example:587 , b.example:465,", 0, useTLS, []smtp.Server{{Host: "a.example", Port: 587}, {Host: "b.example", Port: 465, ImplicitTLS: true}}},
	} {
		got, err := parseServers(row.list, row.port, row.security)
		require.NoError(t, err)
		assert.Equal(t, row.want, got, row.list)
	}
	for _, bad := range []string{"", " , ", "a.example:0", "a.example:65536", "a.example:mail"} {
		_, err := parseServers(bad, 25, noSecurity)
		assert.Error(t, err, bad)
	}
}

func TestServersAreTriedInOrder(t *testing.T) {
	alive := serve(t, smtptest.MailOptions{})
	list := fmt.Sprintf("127.0.0.1:%d, %s", deadPort(t), alive.Addr())
	h := handle(t, alive)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer(list, 0, true) })
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, alive.Mails(), 1)
}

// If a URL is set as the server, Send fails. The error text says how to call the setters
// with the parts of the URL.
func TestServerIsAURL(t *testing.T) {
	for server, want := range map[string]string{
		"smtp://mail.example.com":              `use SetSMTPServer("mail.example.com", 587)`,
		"SMTP://mail.example.com:2525/":        `use SetSMTPServer("mail.example.com", 2525)`,
		"ssl://mail.example.com":               `use SetSMTPServer("mail.example.com", 465) and SetSecurityType(USE_SSL)`,
		"smtps://[2001:db8::1]:465":            `use SetSMTPServer("2001:db8::1", 465) and SetSecurityType(USE_SSL)`,
		"tls://mail.example.com:587":           `use SetSMTPServer("mail.example.com", 587) and SetSecurityType(USE_TLS)`,
		"https://mail.example.com/owa":         "a web URL",
		"socks5://proxy.example.com:1080":      "with SetProxy",
		"mail://mail.example.com":              `the server is a URL ("mail://")`,
		"smtp://alice:s3cret@mail.example.com": "without a login",
	} {
		h := New()
		defer Free(h)
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer(server, 587, true) })
		mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
		mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
		text := mustFail(t, h, BadArgument, (*Mailer).Send)
		require.Contains(t, text, want)
		require.NotContains(t, text, "s3cret")
	}
}
