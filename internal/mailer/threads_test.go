// SPDX-License-Identifier: MIT

package mailer

import (
	"maps"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	for t, v := range threads.of {
		for before := (*perThread)(nil); v != nil; before, v = v, v.after {
			n++
			if v.thread != t || v.before != before || v.mailer.recordOf(t) != v {
				panic("the lists of records are wrong")
			}
		}
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

// A thread gets its own reports about the mails of its batch, even if other threads use the mails
// later. Until then, no record about the mails is kept.
func TestReportsOfABatch(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, bad := handle(t, server), handle(t, server)
	mustCall(t, bad, (*Mailer).DelRecipients)
	clones := func(count int) (all []uintptr) {
		for range count {
			all = append(all, cloneOf(t, h))
		}
		return all
	}
	mails := append([]uintptr{bad}, clones(5)...)
	tells := func(by Thread, mail int, n Number, o smtp.Outcome) {
		t.Helper()
		asThread(by, func() {
			assert.Equal(t, n, LastError(mails[mail]))
			r := Told(mails[mail], true)
			assert.Equal(t, o, smtp.Outcome(r.GetOutcome()))
			assert.Equal(t, n, r.last.number)
		})
	}
	batch := func(by Thread, mails ...uintptr) {
		asThread(by, func() { SendBatch(h, mails, make([]Number, len(mails))) })
	}
	before := kept()
	batch(1, mails...)
	assert.Equal(t, before+1, kept(), "only the carrier has a record")
	for i := range mails {
		for by := Thread(1); by < 3; by++ {
			if i == 0 {
				tells(by, i, undefRecipients, smtp.NotSent)
			} else {
				tells(by, i, NoError, smtp.Accepted)
			}
		}
	}
	for i, change := range []func(h uintptr){
		1: func(h uintptr) { Call(h, func(m *Mailer) error { return m.SetTimeout(99, 1) }) },
		2: func(h uintptr) { // the mail has no recipient any more
			mustCall(t, h, (*Mailer).DelRecipients)
			batch(2, h)
		},
		3: func(h uintptr) { Ask(h, func(*Mailer) error { return Faultf(BadArgument, "no") }) },
		4: func(h uintptr) { Attempt(h, func(*Mailer) error { return Faultf(BadArgument, "no") }) },
		5: func(h uintptr) { Fail(h, Faultf(BadArgument, "no")) },
	} {
		if change != nil {
			asThread(2, func() { change(mails[i]) })
			tells(1, i, NoError, smtp.Accepted)
		}
	}
	tells(2, 1, BadArgument, smtp.Accepted)
	tells(2, 2, undefRecipients, smtp.NotSent)
	tells(2, 3, BadArgument, smtp.Accepted)
	tells(2, 4, BadArgument, smtp.NotSent)
	tells(3, 4, BadArgument, smtp.NotSent)
	tells(2, 5, BadArgument, smtp.Accepted)

	// The thread itself makes another call, with an error and without one.
	mails = clones(3)
	batch(1, mails...)
	asThread(1, func() {
		Call(mails[0], func(m *Mailer) error { return m.SetTimeout(99, 1) })
		mustCall(t, mails[1], (*Mailer).DelRecipients)
		Fail(mails[2], Faultf(BadArgument, "no"))
	})
	tells(1, 0, BadArgument, smtp.Accepted)
	tells(1, 1, NoError, smtp.Accepted)
	tells(1, 2, BadArgument, smtp.Accepted)
	batch(1, mails...)
	tells(1, 0, NoError, smtp.Accepted)
	tells(1, 1, undefRecipients, smtp.NotSent)
	tells(1, 2, NoError, smtp.Accepted)

	// An asynchronous Send replaces the report of the thread that calls it.
	asThread(1, func() {
		require.Equal(t, NoError, SendAsync(mails[0], nil))
		assert.Equal(t, smtp.Accepted, smtp.Outcome(Value(mails[0], (*Mailer).GetOutcome)))
		require.Equal(t, NoError, WaitAsync(mails[0], soon))
	})
	batch(1, mails...)

	// A new thread that has the value of an ended thread does not get that thread's report.
	ended := Gate.Ended
	defer func() { Gate.Ended = ended }()
	Gate.Ended = func() []Thread { return []Thread{1} }
	asThread(4, func() { LastError(mails[0]) })
	Gate.Ended = ended
	asThread(2, func() { Call(mails[0], func(m *Mailer) error { return m.SetTimeout(99, 1) }) })
	tells(1, 0, BadArgument, smtp.Accepted)
}

// While another thread copies the report of a batch, the thread that it belongs to still has it.
func TestReportIsNeverMissing(t *testing.T) {
	missing := 0
	for range 1000 {
		m := newMailer(settings{})
		m.batcher.Store(&batcher{thread: 1})
		var copied atomic.Bool
		var all sync.WaitGroup
		all.Go(func() {
			m.keepReport()
			copied.Store(true)
		})
		for !copied.Load() {
			if !m.hasReport() {
				missing++
			}
		}
		all.Wait()
		require.True(t, m.hasReport())
		m.forgetAllThreads()
	}
	require.Zero(t, missing)
}

// Mailers and threads end in any order. The end of each removes only the records about it.
func TestRecordsAboutThreads(t *testing.T) {
	ended := Gate.Ended
	defer func() { Gate.Ended = ended }()
	before := kept()
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		const most = 6
		var handles []uintptr
		for range most {
			handles = append(handles, New())
		}
		has := map[[2]uintptr]bool{} // handle and thread
		for range 60 {
			i, thread := random.IntN(len(handles)), Thread(1+random.IntN(most))
			switch random.IntN(6) {
			case 0: // the thread ends
				Gate.Ended = func() []Thread { return []Thread{thread} }
				threads.Lock()
				forgetThreads()
				threads.Unlock()
				Gate.Ended = ended
				maps.DeleteFunc(has, func(k [2]uintptr, _ bool) bool { return k[1] == uintptr(thread) })
			case 1: // the mailer is freed, and another one is made
				Free(handles[i])
				maps.DeleteFunc(has, func(k [2]uintptr, _ bool) bool { return k[0] == handles[i] })
				handles[i] = New()
			default:
				asThread(thread, func() { Call(handles[i], func(m *Mailer) error { return m.SetTimeout(99, 1) }) })
				has[[2]uintptr{handles[i], uintptr(thread)}] = true
			}
			require.Equal(t, before+len(has), kept())
		}
		for _, h := range handles {
			Free(h)
		}
		require.Equal(t, before, kept())
	}
}
