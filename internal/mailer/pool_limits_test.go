// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/internal/pool"
	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// A mail that returns to the queue after Reconcile no longer counts as a mail that has
// ended, so the queue does not become full.
func TestPoolQueueAfterReconcile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Step: "end of data", Do: "close"}}})
	h := poolOf(t, uint16(server.Port()))
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(1) })
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(soon.Milliseconds())) })
	asked := 0
	mustPool(t, h, func(p *Pool) error {
		return p.SetReconcile(func(uint64, string, int, string) int {
			if asked++; asked%2 == 0 {
				return reconcileDelivered
			}
			return reconcileNotDelivered
		})
	})
	for range mostCallbacks + 2 {
		require.Equal(t, NoError, PoolSend(h, mailHandle(t)))
	}
	e := &ends{}
	submitOne(t, h, mailHandle(t), e.told)
	drained(t, h)
	p := Lookup(h).pool
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Zero(t, p.ending)
}

// At most mostCallbacks calls to Reconcile run at the same time. Otherwise, many mails in
// doubt could use up the threads of the process.
func TestPoolReconcilesFewAtATime(t *testing.T) {
	const mails = 2 * mostCallbacks
	server := serve(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Step: "end of data", Do: "close"}}})
	h := poolOf(t, uint16(server.Port()))
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(soon.Milliseconds())) })
	var running, most atomic.Int32
	var begun atomic.Int32
	release := make(chan struct{})
	mustPool(t, h, func(p *Pool) error {
		return p.SetReconcile(func(uint64, string, int, string) int {
			begun.Add(1)
			n := running.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			<-release
			running.Add(-1)
			return reconcileDelivered
		})
	})
	e := &ends{}
	for range mails {
		submitOne(t, h, mailHandle(t), e.told)
	}
	doubtful := func() bool {
		p := Lookup(h).pool
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.sched.Queued() == 0 && begun.Load() >= mostCallbacks
	}
	require.Eventually(t, doubtful, time.Minute, 5*time.Millisecond)
	time.Sleep(50 * time.Millisecond)
	close(release)
	drained(t, h)
	require.EqualValues(t, mails, begun.Load())
	require.EqualValues(t, mostCallbacks, most.Load())
}

// Wait returns after its limit, even if each done callback submits another mail.
func TestPoolWaitEndsWhileCallbacksCome(t *testing.T) {
	for _, limit := range []time.Duration{0, time.Millisecond, 50 * time.Millisecond} {
		server := serve(t, smtptest.MailOptions{})
		h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
		mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(true) })
		var stop atomic.Bool
		var again func(uint64, uintptr, Number)
		again = doneAs(func(uintptr, Number) {
			if !stop.Load() {
				PoolDo(h, func(p *Pool) error { _, err := p.Submit(mail, "", 0, again); return err })
			}
		})
		for range 40 {
			submitOne(t, h, mail, again)
		}
		within(t, "Wait", func() { require.Equal(t, busy, PoolDo(h, func(p *Pool) error { return p.Wait(limit) })) })
		stop.Store(true)
		drained(t, h)
	}
}

// await returns after its limit, even if an event callback is slow and there is always
// another event.
func TestPoolWaitEndsWhileEventsCome(t *testing.T) {
	for _, limit := range []time.Duration{0, 20 * time.Millisecond} {
		p, ran := newPool(nil), 0
		require.NoError(t, p.SetCallbacksInWait(true))
		require.NoError(t, p.SetEventCallback(func(*Event) {
			ran++
			time.Sleep(time.Millisecond)
			p.report(&Event{}) // so that there is always another event
		}))
		for range 3 {
			p.report(&Event{})
		}
		within(t, "await", func() { require.False(t, p.await(limit, func() bool { return false })) })
		require.Positive(t, ran)
		if limit == 0 {
			require.Equal(t, 3, ran, "the events that were waiting")
		}
	}
}

// If timers are always late, a mail reserves a time at most twice.
func TestPoolWaitTurn(t *testing.T) {
	turns := 0
	late := func(d time.Duration) error { time.Sleep(d + overslept); return nil }
	reserve := func() (time.Time, time.Duration) { turns++; return time.Now(), time.Millisecond }
	within(t, "waitTurn", func() { require.NoError(t, waitTurn(reserve, late)) })
	require.Equal(t, 2, turns)
	failed := errors.New("canceled")
	require.ErrorIs(t, waitTurn(reserve, func(time.Duration) error { return failed }), failed)
}

// While PoolSend builds the message, other calls on the mail's handle return BUSY at once.
func TestPoolSendKeepsTheMailBusyWhileItIsBuilt(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	reading, read := make(chan struct{}, 10), make(chan struct{})
	release := sync.OnceFunc(func() { close(read) })
	defer release()
	mustCall(t, mail, func(m *Mailer) error {
		return m.AddAttachmentReader("a.txt", "text/plain", 1, func() (io.ReadCloser, error) {
			reading <- struct{}{}
			<-read
			return io.NopCloser(strings.NewReader("a")), nil
		})
	})
	sent := make(chan Number, 1)
	go func() { sent <- PoolSend(h, mail) }()
	within(t, "the calls", func() {
		<-reading
		require.Equal(t, busy, LastError(mail))
		require.Equal(t, busy, Call(mail, func(*Mailer) error { return nil }))
		require.Equal(t, busy, Ask(mail, func(*Mailer) error { return nil }))
	})
	release()
	require.Equal(t, NoError, <-sent)
	require.Equal(t, NoError, LastError(mail))
}

// A mail needs a new session. A session that is being closed counts towards the limit of
// the relay. If a new session would exceed the limit, the mail is sent over an idle
// session.
func TestPoolFreshSessionAndAClosingOne(t *testing.T) {
	p := newPool(nil)
	p.sched.AddRelay(time.Now(), pool.Limits{Sessions: 2})
	idle := &poolSession{Mailer: newMailer(settings{})}
	r := &poolRelay{idle: []*poolSession{idle}, open: 1}
	p.sched.Closing(0, 1)
	require.Same(t, idle, p.take(r, true))
}

// For a relay over HTTPS, the pool gets a token and opens the connection before it calls the
// journal.
func TestPoolPreparesHTTPSFirst(t *testing.T) {
	// The service closes the connection after each mail.
	service, h, relay := https(t, smtptest.HTTPFault{Status: 202, Header: map[string]string{"Connection": "close"}}), poolOf(t), New()
	defer Free(relay)
	overHTTPS(t, relay, httpmail.Services()[0], service)
	var mu sync.Mutex
	var steps []string
	step := func(name string) {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, name)
	}
	mustCall(t, relay, func(m *Mailer) error {
		return m.SetTokenCallback(func(bool) (string, error) {
			step("token")
			return httpsToken, nil
		})
	})
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{
			Sending: func(uint64, string, int, string) bool {
				step(fmt.Sprint("connection ", service.Connections()))
				step("sending")
				return true
			},
			Ended: func(uint64, string, int, int, string, string) bool { step("ended"); return true },
		})
	})
	e := &ends{}
	submit(t, h, 3, e)
	drained(t, h)
	require.Equal(t, 3, e.count(smtp.Accepted))
	require.Equal(t, []string{
		"token", "connection 1", "sending", "ended",
		"token", "connection 2", "sending", "ended",
		"token", "connection 3", "sending", "ended",
	}, steps)
}

// If several calls to PoolSubmit wait for room in the queue, each of them gets it in the
// end, no matter how small the queue is.
func TestPoolWaitersAreWoken(t *testing.T) {
	server := serve(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Do: "latency 1ms"}}})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	for _, queue := range []uint32{1, 2, 3, 100} {
		mustPool(t, h, func(p *Pool) error { return p.SetQueue(queue) })
		var submitters sync.WaitGroup
		for range 4 {
			submitters.Go(func() { submit(t, h, 40, e) })
		}
		within(t, "the calls to PoolSubmit", submitters.Wait)
	}
	drained(t, h)
	require.Equal(t, 4*4*40, e.count(smtp.Accepted))
}
