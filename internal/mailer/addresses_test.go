// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// addressSetters are the setters that take one address.
var addressSetters = map[string]func(m *Mailer, email string) error{
	"AddRecipient":    func(m *Mailer, email string) error { return m.AddRecipient(email, "") },
	"AddCCRecipient":  func(m *Mailer, email string) error { return m.AddCCRecipient(email, "Name") },
	"AddBCCRecipient": func(m *Mailer, email string) error { return m.AddBCCRecipient(email, "") },
	"SetSenderMail":   func(m *Mailer, email string) error { return m.SetSenderMail(email) },
	"AddFrom":         func(m *Mailer, email string) error { return m.AddFrom(email, "") },
	"SetSender":       func(m *Mailer, email string) error { return m.SetSender(email, "") },
	"SetEnvelopeFrom": func(m *Mailer, email string) error { return m.SetEnvelopeFrom(email) },
}

// refusedBeforeMAIL calls set, which must succeed, and then send, which must fail before
// the client sends MAIL. It returns the error text.
func refusedBeforeMAIL(t *testing.T, set func(m *Mailer) error, send func(m *Mailer) error) string {
	t.Helper()
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(noSecurity) })
	mustCall(t, h, set)
	text := mustFail(t, h, badInput, send)
	Free(h)
	for _, s := range waitIdle(t, server, 0) {
		require.NotRegexp(t, `(?m)^C: (MAIL|RCPT|DATA|BDAT)`, s.Dialogue.String())
	}
	return text
}

func TestOneAddressPerCall(t *testing.T) {
	for name, set := range addressSetters {
		for _, several := range []string{"T: a@x.example, victim@y.example;", "a@x.example, b@y.example", "a@x.example;b@y.example", "Name <a@x.example>"} {
			text := refusedBeforeMAIL(t, func(m *Mailer) error { return set(m, several) }, (*Mailer).Send)
			want := "one "
			if strings.HasPrefix(name, "Add") && strings.HasSuffix(name, "Recipient") {
				want = "one address per call, and the name with the second argument"
			}
			if several[0] == 'N' && name != "SetReplyTo" && name != "SetEnvelopeFrom" {
				want = `is a name and an address: set "a@x.example" as the address, and the name with`
			}
			require.Contains(t, text, want, "%s %q", name, several)
		}
	}
}

func TestAmbiguousAddressIsRefused(t *testing.T) {
	for email, names := range map[string]string{
		"a\ufeff@x.example": "U+FEFF", "\u200ba@x.example": "U+200B", "a\uff20x.example": "U+FF20", "a@x\u3002example": "U+3002",
		"a@x.example\u00a0": "U+00A0",
	} {
		for name, set := range addressSetters {
			text := refusedBeforeMAIL(t, func(m *Mailer) error { return set(m, email) }, (*Mailer).Send)
			require.Contains(t, text, names, name)
		}
		good := "a@x.example"
		for _, both := range [][2]*string{{&email, &good}, {&good, &email}} {
			text := refusedBeforeMAIL(t, func(*Mailer) error { return nil }, func(m *Mailer) error {
				return m.SendRaw([]byte("From: a@x.example\n\ntext"), both[0], both[1])
			})
			require.Contains(t, text, names)
		}
		text := refusedBeforeMAIL(t, func(m *Mailer) error { return m.SetRecipientDSN("bob@test.example", "NEVER", email) }, (*Mailer).Send)
		require.Contains(t, text, names)
		text = refusedBeforeMAIL(t, func(m *Mailer) error { return m.SetReplyTo(email) }, (*Mailer).Send)
		require.Contains(t, text, names)
	}
	server := serve(t, smtptest.MailOptions{})
	for host, names := range map[string]string{"127.0.0.1\u200b": "U+200B", "\uff4dail.example": "U+FF4D", "a\u00adb.example": "U+00AD"} {
		for _, set := range []func(m *Mailer) error{
			func(m *Mailer) error { return m.SetSMTPServer(host, 2525, true) },
			func(m *Mailer) error { return m.SetLocalHostName(host) },
			func(m *Mailer) error { return m.SetProxy("socks5://" + host + ":1080") },
		} {
			h := handle(t, server)
			mustCall(t, h, set)
			require.NotEqual(t, NoError, Call(h, (*Mailer).Send))
			require.Contains(t, Value(h, (*Mailer).GetLastErrorText), names)
			Free(h)
		}
	}
}
