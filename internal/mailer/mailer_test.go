// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestHandlesIncreaseAndAreNeverReused(t *testing.T) {
	a := New()
	Free(a)
	b := New()
	assert.Greater(t, b, a)
	assert.Equal(t, BadHandle, Call(a, (*Mailer).Send))
	Free(a)
	Free(0)
	Free(b)
	Free(b)
	assert.Equal(t, BadHandle, LastError(b))
	c, n := Clone(b)
	assert.Zero(t, c)
	assert.Equal(t, BadHandle, n)
}

func TestPanicAffectsOnlyItsHandle(t *testing.T) {
	a, b := New(), New()
	t.Cleanup(func() { Free(a); Free(b) })
	text := mustFail(t, a, Internal, func(*Mailer) error { panic("a password") })
	assert.NotContains(t, text, "a password")
	text = mustFail(t, a, Internal, func(m *Mailer) error { _ = m.message.Lines[5]; return nil })
	assert.Contains(t, text, "index out of range")
	mustCall(t, a, func(m *Mailer) error { return m.SetSubject("still here") })
	mustCall(t, b, func(m *Mailer) error { return m.SetSubject("untouched") })
}

func TestCloneHasSettingsAndMessageButNoConnection(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetLogCallback(func(int, string) {}) })
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	c, n := Clone(h)
	require.Equal(t, NoError, n)
	t.Cleanup(func() { Free(c) })
	mustCall(t, c, func(m *Mailer) error {
		assert.Nil(t, m.session)
		assert.Nil(t, m.settings.log.call)
		return m.AddMsgLine("one more")
	})
	assert.Equal(t, 1, Value(h, (*Mailer).GetMsgLines))
	mustCall(t, c, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, server.Mails(), 2)
}

func TestLinesAreCountedFromZero(t *testing.T) {
	h := New()
	t.Cleanup(func() { Free(h) })
	for _, line := range []string{"a", "b", "c"} {
		mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine(line) })
	}
	mustCall(t, h, func(m *Mailer) error { return m.DelMsgLine(1) })
	mustCall(t, h, func(m *Mailer) error { return m.ModMsgLine(1, "C") })
	mustCall(t, h, func(m *Mailer) error {
		s, err := m.GetMsgLineText(1)
		assert.Equal(t, "C", s)
		return err
	})
	mustFail(t, h, outOfMsgRange, func(m *Mailer) error { return m.DelMsgLine(2) })
	mustFail(t, h, outOfMsgRange, func(m *Mailer) error { return m.ModMsgLine(1<<32-1, "x") })
	mustFail(t, h, outOfMsgRange, func(m *Mailer) error { _, err := m.GetMsgLineText(2); return err })
}

func TestClearMessageKeepsSubjectAndSettings(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, (*Mailer).ClearMessage)
	Call(h, func(m *Mailer) error {
		assert.Zero(t, m.GetRecipientCount()+m.GetCCRecipientCount()+m.GetBCCRecipientCount()+m.GetMsgLines())
		assert.Equal(t, "A subject", m.GetSubject())
		assert.Equal(t, "alice@test.example", m.GetMailFrom())
		return nil
	})
}

func TestNumbersOutOfRange(t *testing.T) {
	h := New()
	t.Cleanup(func() { Free(h) })
	for name, f := range map[string]func(*Mailer) error{
		"SetSecurityType":    func(m *Mailer) error { return m.SetSecurityType(5) },
		"SetTimeout":         func(m *Mailer) error { return m.SetTimeout(9, 1) },
		"SetTLSMinVersion":   func(m *Mailer) error { return m.SetTLSMinVersion(9) },
		"SetTLSMaxVersion":   func(m *Mailer) error { return m.SetTLSMaxVersion(14) },
		"SetChunking":        func(m *Mailer) error { return m.SetChunking(3) },
		"SetMTPriority":      func(m *Mailer) error { return m.SetMTPriority(10) },
		"SetHoldUntil":       func(m *Mailer) error { return m.SetHoldUntil(253402300800) },
		"SetDeliverBy":       func(m *Mailer) error { return m.SetDeliverBy(60, "X") },
		"SetDSN":             func(m *Mailer) error { return m.SetDSN("SOMETIMES", "", "") },
		"SetAuthMechanism":   func(m *Mailer) error { return m.SetAuthMechanism("PLAIN MAGIC") },
		"SetPinnedPublicKey": func(m *Mailer) error { return m.SetPinnedPublicKey("sha256//short") },
	} {
		assert.Contains(t, mustFail(t, h, BadArgument, f), name)
	}
	assert.Equal(t, Internal, faultOf(errors.New("unheard of")).number)
}
