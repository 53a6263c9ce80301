// SPDX-License-Identifier: MIT

//go:build unix

package mailer

import (
	"fmt"
	"path/filepath"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
)

// Send fails if a setting cannot be used with a Unix socket. The error text says which one.
func TestSettingsThatUnixSocketRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sink")
	heard := sink(t, path, "")
	settings := map[string]struct {
		set   func(m *Mailer, value string) error
		value string
		want  Number
		texts []string
	}{
		"domain": {(*Mailer).SetServerDomain, "test.example", BadArgument,
			[]string{"SetServerDomain: ", "Unix socket", "clear the domain with SetServerDomain", "SetSMTPServer"}},
		"proxy":         {(*Mailer).SetProxy, "socks5://127.0.0.1:1", badInput, []string{"unix socket", "proxy"}},
		"local address": {(*Mailer).SetLocalAddress, "127.0.0.1", badInput, []string{"unix socket", "local address"}},
	}
	for name, c := range settings {
		h := mailHandle(t)
		mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("unix:"+path, 0, false) })
		mustCall(t, h, func(m *Mailer) error { return c.set(m, c.value) })
		text := mustFail(t, h, c.want, (*Mailer).Send)
		for _, part := range c.texts {
			assert.Contains(t, text, part, name)
		}
		mustCall(t, h, func(m *Mailer) error { return c.set(m, "") })
		mustCall(t, h, (*Mailer).Send)
	}
	assert.Len(t, heard().messages, len(settings))
}

// A domain does not matter if ConnectRemoteServer or the configuration file names a Unix
// socket.
func TestUnixSocketThatReplacesDomain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sink")
	heard := sink(t, path, "")
	h := mailHandle(t)
	mustCall(t, h, func(m *Mailer) error { return m.SetServerDomain("test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.ConnectRemoteServer("unix:"+path, 0, noSecurity, false, "", "") })
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	configureBy(t, "[*]\nserver = unix:"+path+"\n")
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, heard().messages, 2)
}

// A server in the configuration file replaces the domain of the program too.
func TestConfiguredServerReplacesDomain(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetServerDomain("test.example") })
	configureBy(t, fmt.Sprintf("[*]\nserver = 127.0.0.1:%d\n", server.Port()))
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Mails(), 1)
	configureBy(t, "[*]\nserver =\n")
	mustCall(t, h, func(m *Mailer) error { return m.SetServerDomain("127.0.0.1") })
	text := mustFail(t, h, badInput, (*Mailer).Send)
	assert.Contains(t, text, "127.0.0.1", "an empty server does not replace the domain")
}
