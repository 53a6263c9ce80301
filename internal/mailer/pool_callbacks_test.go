// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

func after() <-chan time.Time { return time.After(soon) }

// doneAs returns a done callback that runs f in inCallback.
func doneAs(f func(mail uintptr, n Number)) func(uint64, uintptr, Number) {
	return func(id uint64, mail uintptr, n Number) { inCallback(id, func() { f(mail, n) }) }
}

func submitOne(t *testing.T, h, mail uintptr, told func(uint64, uintptr, Number)) (copied uintptr) {
	t.Helper()
	mustPool(t, h, func(p *Pool) (err error) { copied, err = p.Submit(mail, "", 0, told); return err })
	return copied
}

// If Free is called in the done callback of one mail, it waits for the callbacks of the
// other mails, although the last attempts of all mails ended at the same moment.
func TestPoolFreeInACallbackOfManyMails(t *testing.T) {
	for _, inWait := range []bool{false, true} {
		for round, end := range []string{"cancel", "no relay works", "cancel", "no relay works"} {
			h, mail := poolOf(t, deadPort(t)), mailHandle(t)
			mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(inWait) })
			if end == "cancel" {
				h = poolOf(t, stallingPort(t))
				mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(inWait) })
			}
			var ended, late atomic.Int32
			var freed, freeing atomic.Bool
			submitted := make(chan struct{})
			for i := range 100 { // more than mostCallbacks
				submitOne(t, h, mail, doneAs(func(uintptr, Number) {
					<-submitted
					if freed.Load() {
						late.Add(1)
					}
					// Twice, several callbacks call Free at the same time.
					if n := ended.Add(1); round < 2 && i == 20 || round >= 2 && n < 40 {
						freeing.Store(true)
						Free(h)
					}
				}))
			}
			close(submitted)
			if end == "cancel" {
				require.Equal(t, NoError, Cancel(h))
			}
			within(t, "Free", func() {
				if inWait {
					PoolDo(h, func(p *Pool) error { return p.Wait(soon) })
				}
				for !freeing.Load() {
					time.Sleep(time.Millisecond)
				}
				Free(h)
				freed.Store(true)
			})
			require.EqualValues(t, 100, ended.Load())
			require.Zero(t, late.Load(), "no callback runs after Free")
		}
	}
}

// stallingPort returns the port of a server that accepts connections and sends nothing.
func stallingPort(t *testing.T) uint16 {
	t.Helper()
	return uint16(faulty(t, "greeting: stall").Port())
}

// If Free is called in a callback that runs inside PoolWait, Free waits until the other
// callbacks have returned. Once Free has been called, callbacks run on threads of the library.
func TestPoolFreeInACallbackInWait(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(true) })
	var ended, late atomic.Int32
	var freed atomic.Bool
	for range 50 {
		submitOne(t, h, mail, doneAs(func(uintptr, Number) {
			if freed.Load() {
				late.Add(1)
			}
			if ended.Add(1) == 3 {
				Free(h)
				freed.Store(true)
			} else {
				time.Sleep(time.Millisecond)
			}
		}))
	}
	within(t, "Wait", func() { PoolDo(h, func(p *Pool) error { return p.Wait(soon) }) })
	require.Eventually(t, freed.Load, soon, time.Millisecond)
	require.Zero(t, late.Load())
	require.EqualValues(t, 50, ended.Load())
}

// At the end, Free sends QUIT, and the log callback of the relay gets this line. The callback
// is not called after Free has returned.
func TestPoolFreeWaitsForTheLog(t *testing.T) {
	for name, set := range map[string]func(*Pool) error{
		"canceled before its turn": func(p *Pool) error { return p.SetRate(0, 1, 1) },
		"last mail of a session":   func(p *Pool) error { return p.SetSessionMails(0, 1) },
		"idle":                     func(p *Pool) error { return p.SetIdle(0, 1) },
	} {
		t.Run(name, func(t *testing.T) {
			server := faulty(t, "latency 5ms")
			relay := relayHandle(t, uint16(server.Port()))
			var freed, late, quits atomic.Bool
			logAs(t, relay, func(line string) {
				if freed.Load() {
					late.Store(true)
				}
				if line == "QUIT" {
					quits.Store(true)
					time.Sleep(20 * time.Millisecond)
				}
			})
			h, mail, e := poolOf(t), mailHandle(t), &ends{}
			mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
			mustPool(t, h, set)
			for range 6 {
				submitOne(t, h, mail, e.told)
			}
			require.Eventually(t, func() bool { return len(server.Mails()) > 0 && (quits.Load() || name != "idle") }, soon, time.Millisecond)
			Free(h)
			freed.Store(true)
			require.NoError(t, server.WaitIdle(0, soon))
			require.False(t, late.Load())
		})
	}
}

// In a log callback, functions that would wait for the session of the logged line return
// BUSY. Free does not wait for this session, but it waits for all others.
func TestPoolLogCallbackCallsThePool(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	relay := relayHandle(t, uint16(server.Port()))
	h, mail, other, e := poolOf(t), mailHandle(t), mailHandle(t), &ends{}
	var numbers [3]Number
	var once, freeing atomic.Bool
	submitted := make(chan struct{})
	logAs(t, relay, func(line string) {
		<-submitted
		switch {
		case strings.HasPrefix(line, "MAIL"):
			if once.CompareAndSwap(false, true) {
				numbers[0] = PoolDo(h, func(p *Pool) error { return p.Wait(-1) })
				numbers[1] = PoolSend(h, other)
				numbers[2] = PoolDo(h, func(p *Pool) error { return p.Drain(-1) })
			}
		case strings.HasPrefix(line, "QUIT"):
			if freeing.CompareAndSwap(false, true) {
				Free(h)
			}
		}
	})
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
	for range 6 {
		submitOne(t, h, mail, e.told)
	}
	close(submitted)
	require.Eventually(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return len(e.all) == 6 }, soon, time.Millisecond)
	require.Equal(t, [3]Number{busy, busy, busy}, numbers)
	within(t, "Free", func() { Free(h) })
}

func TestPoolLogCallbackWithAFullQueue(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	relay := relayHandle(t, uint16(server.Port()))
	h, mail, other, e := poolOf(t), mailHandle(t), mailHandle(t), &ends{}
	var n atomic.Int32
	logAs(t, relay, func(line string) {
		if strings.HasPrefix(line, "EHLO") {
			for n.Store(int32(NoError)); Number(n.Load()) == NoError; {
				n.Store(int32(PoolDo(h, func(p *Pool) error { _, err := p.Submit(other, "", -1, nil); return err })))
			}
		}
	})
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(3) })
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	submitOne(t, h, mail, e.told)
	drained(t, h)
	require.Equal(t, busy, Number(n.Load()))
}

// While PoolSend sends a mail, the callbacks of the journal can call functions on the
// handle of the mail: most return BUSY at once, and Cancel cancels the mail.
func TestPoolSendKeepsTheMailBusy(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	var numbers []Number
	atOnce := false
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{Sending: func(call uint64, _ string, _ int, _ string) bool {
			inCallback(call, func() {
				numbers = append(numbers, Ask(mail, func(*Mailer) error { return nil }), Call(mail, func(*Mailer) error { return nil }),
					SendAsync(mail, nil), PoolSend(h, mail), LastError(mail), Cancel(mail))
				p.mu.Lock()
				defer p.mu.Unlock()
				for c := range p.mails {
					atOnce = c.call.op.wasCanceled()
				}
			})
			return true
		}})
	})
	within(t, "PoolSend", func() { require.Equal(t, canceled, PoolSend(h, mail)) })
	require.Equal(t, []Number{busy, busy, busy, busy, busy, NoError}, numbers)
	require.True(t, atOnce, "the mail is canceled before Cancel returns")
	require.Empty(t, server.Mails())
	require.Equal(t, canceled, LastError(mail))
}

// Free waits for the callbacks even if another call to Free is already waiting for them.
func TestPoolSecondFreeWaits(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	hold, begun := make(chan struct{}), make(chan struct{})
	var returned atomic.Bool
	submitOne(t, h, mail, doneAs(func(uintptr, Number) { close(begun); <-hold; returned.Store(true) }))
	<-begun
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() { Free(h); require.True(t, returned.Load()) })
	}
	require.Eventually(t, func() bool { return LastError(h) == BadHandle }, soon, time.Millisecond)
	time.Sleep(20 * time.Millisecond)
	close(hold)
	within(t, "Free", both.Wait)
}

// If a mail in the pool has not ended, Free on the handle of its copy cancels the mail and
// does not wait. WaitAsync on this handle returns BUSY.
func TestPoolFreesACopy(t *testing.T) {
	for _, inWait := range []bool{false, true} {
		h, mail, e := poolOf(t, stallingPort(t)), mailHandle(t), &ends{}
		mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(inWait) })
		mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
		var copies []uintptr
		for range 50 {
			copies = append(copies, submitOne(t, h, mail, e.told))
		}
		require.Equal(t, busy, WaitAsync(copies[0], soon))
		within(t, "Free", func() {
			for _, c := range copies {
				Free(c)
			}
		})
		drained(t, h)
		require.Len(t, e.all, 50)
		require.Equal(t, canceled, e.all[0].n)
	}
	// Callbacks can free other copies.
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	var mu sync.Mutex
	var copies []uintptr
	told := doneAs(func(uintptr, Number) {
		mu.Lock()
		all := copies
		mu.Unlock()
		for _, c := range all {
			Free(c)
		}
	})
	for range 100 {
		c := submitOne(t, h, mail, told)
		mu.Lock()
		copies = append(copies, c)
		mu.Unlock()
	}
	drained(t, h)
}

// Callbacks wait for each other: those of two pools, or those of a pool and of SendAsync.
// None of them waits forever.
func TestPoolsWaitForEachOther(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	a, b, mail := poolOf(t, uint16(server.Port())), poolOf(t, uint16(server.Port())), mailHandle(t)
	var both sync.WaitGroup
	both.Add(2)
	var numbers sync.Map
	waitFor := func(other uintptr) func(uint64, uintptr, Number) {
		return doneAs(func(uintptr, Number) {
			both.Done()
			both.Wait()
			numbers.Store(other, PoolDo(other, func(p *Pool) error { return p.Wait(-1) }))
		})
	}
	submitOne(t, a, mail, waitFor(b))
	submitOne(t, b, mail, waitFor(a))
	drained(t, a)
	drained(t, b)
	first, _ := numbers.Load(a)
	second, _ := numbers.Load(b)
	require.Contains(t, [][2]any{{busy, NoError}, {NoError, busy}, {busy, busy}}, [2]any{first, second})

	h := handle(t, server)
	both.Add(2)
	require.Equal(t, NoError, SendAsync(h, func(id uint64, _ Number) {
		inCallback(id, func() {
			both.Done()
			both.Wait()
			PoolDo(a, func(p *Pool) error { return p.Wait(-1) })
		})
	}))
	submitOne(t, a, mail, doneAs(func(uintptr, Number) { both.Done(); both.Wait(); Free(h) }))
	drained(t, a)
	within(t, "Free", func() { Free(h) })
}

// While PoolSend waits for room in the queue, Cancel on the handle of the mail ends the
// call to PoolSend.
func TestPoolSendCanceledWhileTheQueueIsFull(t *testing.T) {
	h, mail, e := poolOf(t, stallingPort(t)), mailHandle(t), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(1) })
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	submitOne(t, h, mailHandle(t), e.told)
	submitOne(t, h, mailHandle(t), e.told)
	within(t, "PoolSend", func() {
		sent := make(chan Number)
		go func() { sent <- PoolSend(h, mail) }()
		p := Lookup(h).pool
		require.Eventually(t, func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.waiters) == 1
		}, soon, time.Millisecond)
		require.Equal(t, busy, LastError(mail))
		require.Equal(t, NoError, Cancel(mail))
		require.Equal(t, canceled, <-sent)
	})
}

// Wait with the limit 0 runs the callbacks that are waiting to be run.
func TestPoolWaitWithoutLimitOfTime(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(true) })
	ended := 0
	for range 20 {
		submitOne(t, h, mail, func(uint64, uintptr, Number) { ended++ })
	}
	require.Eventually(t, func() bool { return PoolDo(h, func(p *Pool) error { return p.Wait(0) }) == NoError }, soon, time.Millisecond)
	require.Equal(t, 20, ended)
}

// The journal and Reconcile cannot be replaced while the pool has mails.
func TestPoolJournalStaysTheSame(t *testing.T) {
	h, e := poolOf(t, stallingPort(t)), &ends{}
	submitOne(t, h, mailHandle(t), e.told)
	require.Equal(t, busy, PoolDo(h, func(p *Pool) error { return p.SetJournal(Journal{}) }))
	require.Equal(t, busy, PoolDo(h, func(p *Pool) error { return p.SetReconcile(nil) }))
	Cancel(h)
	drained(t, h)
	mustPool(t, h, func(p *Pool) error { return p.SetJournal(Journal{}) })
}
