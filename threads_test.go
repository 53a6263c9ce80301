// SPDX-License-Identifier: MIT

package main

import (
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
)

// asThread has the calls of f come from a thread.
func asThread(t thread, f func()) {
	before := gate.self
	defer func() { gate.self = before }()
	gate.self = func() thread { return t }
	f()
}

// kept counts what is kept for threads, over all mailers.
func kept() (n int) {
	visits.Lock()
	defer visits.Unlock()
	for _, of := range visits.of {
		n += len(of)
	}
	return n
}

func TestWhatAThreadIsTold(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	told := func() (number, smtp.Outcome) {
		return lastError(h), smtp.Outcome(value(h, (*mailer).GetOutcome))
	}
	tells := func(by thread, n number, o smtp.Outcome) {
		t.Helper()
		asThread(by, func() {
			gotNumber, gotOutcome := told()
			assert.Equal(t, n, gotNumber)
			assert.Equal(t, o, gotOutcome)
		})
	}
	before := kept()
	asThread(1, func() { ok(t, h, (*mailer).Send) })
	asThread(2, func() { call(h, func(m *mailer) error { return m.SetTimeout(99, 1) }) })
	asThread(3, func() {
		call(h, func(m *mailer) error { m.begin(); return faultf(canceled, "cancelled before anything was sent") })
	})
	tells(1, noError, smtp.Accepted)
	tells(2, badArgument, smtp.NotSent) // its own error, the last mail's outcome
	tells(3, canceled, smtp.NotSent)
	tells(4, canceled, smtp.NotSent) // it has not called
	asThread(1, func() { ok(t, h, func(m *mailer) error { return m.SetSubject("x") }) })
	tells(1, canceled, smtp.NotSent) // its last call went well, and sent nothing
	asThread(1, func() { ok(t, h, (*mailer).Send) })
	tells(3, canceled, smtp.NotSent)
	tells(2, badArgument, smtp.Accepted)

	ended := gate.ended
	defer func() { gate.ended = ended }()
	gate.ended = func() []thread { return []thread{2, 3} }
	asThread(1, func() { call(h, func(m *mailer) error { return m.SetTimeout(99, 1) }) })
	gate.ended = ended
	tells(3, badArgument, smtp.Accepted) // a new thread of an old one's identity
	assert.Equal(t, before+1, kept())
	freeMailer(h)
	assert.Equal(t, before, kept())
}
