// SPDX-License-Identifier: MIT

package mailer

import (
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
)

// asThread runs f as if it ran on the thread t.
func asThread(t Thread, f func()) {
	before := Gate.Self
	defer func() { Gate.Self = before }()
	Gate.Self = func() Thread { return t }
	f()
}

// kept returns the number of records about threads in all mailers.
func kept() (n int) {
	threads.Lock()
	defer threads.Unlock()
	for _, of := range threads.of {
		n += len(of)
	}
	return n
}

func TestResultsOfThreads(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	told := func() (Number, smtp.Outcome) {
		return LastError(h), smtp.Outcome(Value(h, (*Mailer).GetOutcome))
	}
	tells := func(by Thread, n Number, o smtp.Outcome) {
		t.Helper()
		asThread(by, func() {
			gotNumber, gotOutcome := told()
			assert.Equal(t, n, gotNumber)
			assert.Equal(t, o, gotOutcome)
		})
	}
	before := kept()
	asThread(1, func() { mustCall(t, h, (*Mailer).Send) })
	asThread(2, func() { Call(h, func(m *Mailer) error { return m.SetTimeout(99, 1) }) })
	asThread(3, func() {
		Call(h, func(m *Mailer) error { m.begin(); return Faultf(canceled, "canceled before anything was sent") })
	})
	tells(1, NoError, smtp.Accepted)
	tells(2, BadArgument, smtp.NotSent) // this thread's own error, and the outcome of the last mail
	tells(3, canceled, smtp.NotSent)
	tells(4, canceled, smtp.NotSent) // this thread has made no call
	asThread(1, func() { mustCall(t, h, func(m *Mailer) error { return m.SetSubject("x") }) })
	tells(1, canceled, smtp.NotSent) // this thread's last call succeeded and sent nothing
	asThread(1, func() { mustCall(t, h, (*Mailer).Send) })
	tells(3, canceled, smtp.NotSent)
	tells(2, BadArgument, smtp.Accepted)

	ended := Gate.Ended
	defer func() { Gate.Ended = ended }()
	Gate.Ended = func() []Thread { return []Thread{2, 3} }
	asThread(1, func() { Call(h, func(m *Mailer) error { return m.SetTimeout(99, 1) }) })
	Gate.Ended = ended
	tells(3, BadArgument, smtp.Accepted) // a new thread with the value of a thread that has ended
	assert.Equal(t, before+1, kept())
	Free(h)
	assert.Equal(t, before, kept())
}
