// SPDX-License-Identifier: MIT

package main

import (
	"errors"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHandlesGoUpAndAreNeverReused(t *testing.T) {
	a := newMailer()
	freeMailer(a)
	b := newMailer()
	assert.Greater(t, b, a)
	assert.Equal(t, badHandle, call(a, (*mailer).Send))
	freeMailer(a)
	freeMailer(0)
	freeMailer(b)
	freeMailer(b)
	assert.Equal(t, badHandle, lastError(b))
	c, n := cloneMailer(b)
	assert.Zero(t, c)
	assert.Equal(t, badHandle, n)
}

func TestAPanicTouchesItsOwnHandleOnly(t *testing.T) {
	a, b := newMailer(), newMailer()
	t.Cleanup(func() { freeMailer(a); freeMailer(b) })
	text := no(t, a, internal, func(*mailer) error { panic("a password") })
	assert.NotContains(t, text, "a password")
	text = no(t, a, internal, func(m *mailer) error { _ = m.message.Lines[5]; return nil })
	assert.Contains(t, text, "index out of range")
	ok(t, a, func(m *mailer) error { return m.SetSubject("still here") })
	ok(t, b, func(m *mailer) error { return m.SetSubject("untouched") })
}

func TestACopyHasSettingsAndMessageButNotTheConnection(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	ok(t, h, func(m *mailer) error { return m.SetLogCallback(func(int, string) {}) })
	ok(t, h, func(m *mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	c, n := cloneMailer(h)
	require.Equal(t, noError, n)
	t.Cleanup(func() { freeMailer(c) })
	ok(t, c, func(m *mailer) error {
		assert.Nil(t, m.session)
		assert.Nil(t, m.settings.log.call)
		return m.AddMsgLine("one more")
	})
	assert.Equal(t, 1, value(h, (*mailer).GetMsgLines))
	ok(t, c, (*mailer).Send)
	ok(t, h, (*mailer).Send)
	assert.Len(t, server.Mails(), 2)
}

func TestLinesAreCountedFromZero(t *testing.T) {
	h := newMailer()
	t.Cleanup(func() { freeMailer(h) })
	for _, line := range []string{"a", "b", "c"} {
		ok(t, h, func(m *mailer) error { return m.AddMsgLine(line) })
	}
	ok(t, h, func(m *mailer) error { return m.DelMsgLine(1) })
	ok(t, h, func(m *mailer) error { return m.ModMsgLine(1, "C") })
	ok(t, h, func(m *mailer) error {
		s, err := m.GetMsgLineText(1)
		assert.Equal(t, "C", s)
		return err
	})
	no(t, h, outOfMsgRange, func(m *mailer) error { return m.DelMsgLine(2) })
	no(t, h, outOfMsgRange, func(m *mailer) error { return m.ModMsgLine(1<<32-1, "x") })
	no(t, h, outOfMsgRange, func(m *mailer) error { _, err := m.GetMsgLineText(2); return err })
}

func TestClearMessageKeepsSubjectAndSettings(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	ok(t, h, (*mailer).ClearMessage)
	call(h, func(m *mailer) error {
		assert.Zero(t, m.GetRecipientCount()+m.GetCCRecipientCount()+m.GetBCCRecipientCount()+m.GetMsgLines())
		assert.Equal(t, "A subject", m.GetSubject())
		assert.Equal(t, "alice@test.example", m.GetMailFrom())
		return nil
	})
}

func TestNumbersThatAreOutOfRange(t *testing.T) {
	h := newMailer()
	t.Cleanup(func() { freeMailer(h) })
	for name, f := range map[string]func(*mailer) error{
		"SetSecurityType":    func(m *mailer) error { return m.SetSecurityType(5) },
		"SetTimeout":         func(m *mailer) error { return m.SetTimeout(9, 1) },
		"SetTLSMinVersion":   func(m *mailer) error { return m.SetTLSMinVersion(9) },
		"SetTLSMaxVersion":   func(m *mailer) error { return m.SetTLSMaxVersion(14) },
		"SetChunking":        func(m *mailer) error { return m.SetChunking(3) },
		"SetMTPriority":      func(m *mailer) error { return m.SetMTPriority(10) },
		"SetDeliverBy":       func(m *mailer) error { return m.SetDeliverBy(60, "X") },
		"SetDSN":             func(m *mailer) error { return m.SetDSN("SOMETIMES", "", "") },
		"SetAuthMechanism":   func(m *mailer) error { return m.SetAuthMechanism("PLAIN MAGIC") },
		"SetPinnedPublicKey": func(m *mailer) error { return m.SetPinnedPublicKey("sha256//short") },
	} {
		assert.Contains(t, no(t, h, badArgument, f), name)
	}
	assert.Equal(t, internal, faultOf(errors.New("unheard of")).number)
}
