// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

func (y *tally) listenToPool(t *testing.T, h uintptr) {
	t.Helper()
	mustPool(t, h, func(p *Pool) error { return p.SetEventCallback(y.add) })
}

// The method named 'of' returns the events of the given kind.
func (y *tally) of(kind EventKind) (found []Event) {
	for _, e := range y.all {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

func TestEventsOfAPool(t *testing.T) {
	first, second := serve(t, smtptest.MailOptions{}), serve(t, smtptest.MailOptions{})
	h, e, y := poolOf(t, uint16(first.Port()), uint16(second.Port())), &ends{}, &tally{}
	y.listenToPool(t, h)
	submit(t, h, 40, e)
	drained(t, h)
	Free(h)
	require.Empty(t, y.problem(40))
	require.Equal(t, 40, y.counts[eventSent])
	require.LessOrEqual(t, y.counts[eventConnected], 2*defaultSessions)
	byRelay := map[int]int{}
	for _, e := range y.of(eventSent) {
		byRelay[e.Relay]++
		port := []int{first.Port(), second.Port()}[e.Relay]
		require.Equal(t, fmt.Sprintf("127.0.0.1:%d", port), e.Server)
		require.Equal(t, e.Server, e.Name)
		require.Positive(t, e.Octets)
		require.Positive(t, e.Content)
	}
	require.Equal(t, 40, byRelay[0]+byRelay[1]) // the share of each relay is tested in package pool
	sessions := len(waitIdle(t, first, byRelay[0])) + len(waitIdle(t, second, byRelay[1]))
	require.Equal(t, sessions, y.counts[eventConnected])
}

// The first relay fails, and the second one sends the mails.
func TestEventsOfFailover(t *testing.T) {
	bad, good := faulty(t, "MAIL: 421 4.3.2 Closing"), serve(t, smtptest.MailOptions{})
	h, e, y := poolOf(t, uint16(bad.Port()), uint16(good.Port())), &ends{}, &tally{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	y.listenToPool(t, h)
	submit(t, h, 20, e)
	drained(t, h)
	Free(h)
	require.Empty(t, y.problem(20))
	require.Equal(t, 20, y.counts[eventSent])
	require.NotZero(t, y.counts[eventRetry])
	require.NotZero(t, y.counts[eventPaused])
	attempts := 0
	for _, e := range y.of(eventSent) {
		require.Equal(t, 1, e.Relay)
		attempts += e.Attempts - 1
	}
	require.Equal(t, y.counts[eventRetry], attempts, "each further attempt follows a failed one")
	require.Positive(t, y.of(eventPaused)[0].Total)
	for _, e := range y.of(eventRetry) {
		require.Equal(t, 0, e.Relay)
		require.Equal(t, 421, e.ReplyCode)
	}
}

func TestEventOfARelayThatComesBack(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "greeting", Nth: 1, Do: "close"}}})
	h, e, y := poolOf(t, uint16(server.Port())), &ends{}, &tally{}
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(soon.Milliseconds())) })
	y.listenToPool(t, h)
	submit(t, h, 1, e)
	drained(t, h)
	Free(h)
	require.Empty(t, y.problem(1))
	require.Equal(t, 1, y.counts[eventPaused])
	require.Equal(t, 1, y.counts[eventResumed])
	require.Equal(t, 1, y.counts[eventSent])
}

// With SetCallbacksInWait, events are reported on the thread that calls PoolWait. The event
// of a mail is reported before the mail's done callback runs.
func TestEventsInPoolWait(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, y, mail := poolOf(t, uint16(server.Port())), &tally{}, mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(true) })
	var waits, outside, early atomic.Bool
	mustPool(t, h, func(p *Pool) error {
		return p.SetEventCallback(func(e *Event) {
			if !waits.Load() {
				outside.Store(true)
			}
			y.add(e)
		})
	})
	done := 0
	for range 10 {
		mustPool(t, h, func(p *Pool) error {
			_, err := p.Submit(mail, "", -1, func(uint64, uintptr, Number) {
				done++
				if y.counts[eventSent] < done {
					early.Store(true)
				}
			})
			return err
		})
	}
	waitIdle(t, server, 0)
	waits.Store(true)
	drained(t, h)
	require.Equal(t, 10, done)
	Free(h)
	require.False(t, outside.Load(), "an event was reported outside of PoolWait")
	require.False(t, early.Load(), "a done callback preceded the event")
	require.Empty(t, y.problem(10))
	require.Equal(t, 10, y.counts[eventSent])
}

// When Free cancels mails, exactly one event reports the end of each of them, no matter whether
// the mail waits or is being sent.
func TestEventsOfCanceledMails(t *testing.T) {
	server := faulty(t, "end of data: stall")
	h, e, y := poolOf(t, uint16(server.Port())), &ends{}, &tally{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 2) })
	y.listenToPool(t, h)
	submit(t, h, 20, e)
	require.Eventually(t, func() bool { return counted(h, 0, countActive) == 2 }, soon, time.Millisecond)
	Free(h)
	require.Empty(t, y.problem(20))
	for _, e := range y.of(eventFailed) {
		require.Equal(t, canceled, e.Error)
	}
	require.GreaterOrEqual(t, y.counts[eventFailed], 18)
	n := 0
	for _, e := range y.of(eventFailed) {
		if e.Relay == NoEventRelay {
			require.Zero(t, e.Attempts)
			require.Equal(t, 1, e.Recipients)
			n++
		}
	}
	require.Equal(t, 18, n)
}

func TestEventsAfterReconcile(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Nth: 1, Do: "close"}, {Step: "end of data", Nth: 2, Do: "close"},
		{Step: "end of data", Nth: 3, Do: "close"}}})
	h, y := poolOf(t, uint16(server.Port())), &tally{}
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(soon.Milliseconds())) })
	answers := []int{reconcileNotDelivered, reconcileDelivered, reconcileUnknown}
	mustPool(t, h, func(p *Pool) error {
		return p.SetReconcile(func(uint64, string, int, string) int {
			answer := answers[0]
			answers = answers[1:]
			return answer
		})
	})
	y.listenToPool(t, h)
	for range 2 {
		PoolSend(h, mailHandle(t))
	}
	Free(h)
	require.Empty(t, y.problem(2))
	require.Equal(t, 1, y.counts[eventRetry])
	require.Equal(t, 1, y.counts[eventSent])
	require.Equal(t, 1, y.counts[eventDoubt])
	require.Equal(t, 2, y.of(eventSent)[0].Attempts)
}

// If the journal refuses to record an accepted mail, the event still has the true outcome.
func TestEventsAndTheJournal(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, y := poolOf(t, uint16(server.Port())), &tally{}
	begins := true
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{
			Sending: func(uint64, string, int, string) bool { return begins },
			Ended:   func(uint64, string, int, int, string, string) bool { return false },
		})
	})
	y.listenToPool(t, h)
	require.Equal(t, canceled, PoolSend(h, mailHandle(t)))
	begins = false
	require.Equal(t, canceled, PoolSend(h, mailHandle(t)))
	Free(h)
	require.Empty(t, y.problem(2))
	require.Equal(t, canceled, y.of(eventSent)[0].Error)
	require.Equal(t, canceled, y.of(eventFailed)[0].Error)
}

func TestEventsOfRelaysOverHTTPSAndIdleSessions(t *testing.T) {
	service, server := https(t), serve(t, smtptest.MailOptions{})
	h, y, e := poolOf(t, uint16(server.Port())), &tally{}, &ends{}
	relay := New()
	overHTTPS(t, relay, httpmail.Services()[0], service)
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "service") })
	for r := range uint32(2) {
		mustPool(t, h, func(p *Pool) error { return p.SetIdle(r, 1) })
	}
	y.listenToPool(t, h)
	submit(t, h, 20, e)
	drained(t, h)
	p := Lookup(h).pool
	require.Eventually(t, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return p.relays[0].open+p.relays[1].open+len(p.closing) == 0
	}, soon, time.Millisecond)
	require.Empty(t, y.problem(20), "the sessions have ended before Free")
	before := len(y.all)
	Free(h)
	Free(relay)
	require.Len(t, y.all, before)
	for _, e := range y.all {
		if e.Relay == 1 {
			require.Equal(t, "service", e.Name)
		}
	}
}

// A callback can be set and cleared while mails are being sent. After it is cleared, it gets
// no events.
func TestPoolEventCallbackIsReplaced(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	var late atomic.Bool
	var senders sync.WaitGroup
	senders.Go(func() {
		for range 10 {
			submit(t, h, 20, e)
		}
	})
	for range 50 {
		y, cleared := &tally{}, atomic.Bool{}
		mustPool(t, h, func(p *Pool) error {
			return p.SetEventCallback(func(e *Event) {
				if cleared.Load() {
					late.Store(true)
				}
				y.add(e)
			})
		})
		mustPool(t, h, func(p *Pool) error { return p.SetEventCallback(nil) })
		cleared.Store(true)
	}
	senders.Wait()
	drained(t, h)
	require.Equal(t, 200, e.count(smtp.Accepted))
	require.False(t, late.Load(), "a callback was called after it was cleared")
}

// The relays fail at random. The events agree with the outcomes of the mails, and with the
// sessions that the servers had.
func TestEventsOfAPoolWithRandomFaults(t *testing.T) {
	for seed := range uint64(30) {
		w := &world{delivered: map[string]int{}, ids: map[string]map[string]bool{}}
		var ports []uint16
		var servers []*flaky
		for i := range 3 {
			f := &flaky{world: w, name: string(rune('A' + i)), rnd: rand.New(rand.NewPCG(seed, uint64(i))), oneIn: []int{0, 4, 8}[(int(seed)+i)%3], extensions: []string{"PIPELINING"}}
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			go f.serve(l)
			servers = append(servers, f)
			ports = append(ports, uint16(l.Addr().(*net.TCPAddr).Port))
		}
		h, e, y := poolOf(t, ports...), &ends{}, &tally{}
		quickPauses(t, h)
		y.listenToPool(t, h)
		submit(t, h, 60, e)
		if seed%3 == 0 {
			Cancel(h)
		}
		drained(t, h)
		sums := map[int][3]int{}
		for r := range ports {
			sums[r] = [3]int{counted(h, uint32(r), countSent), counted(h, uint32(r), countRefused), counted(h, uint32(r), countDoubtful)}
		}
		Free(h)
		w.settle(t)
		require.Empty(t, y.problem(60), "seed %d", seed)
		require.Equal(t, e.count(smtp.Accepted), y.counts[eventSent], "seed %d", seed)
		require.Equal(t, e.count(smtp.InDoubt), y.counts[eventDoubt], "seed %d", seed)
		require.Equal(t, e.count(smtp.RejectedPermanent)+e.count(smtp.RejectedTemporary), y.counts[eventRefused], "seed %d", seed)
		sent := map[int]int{}
		for _, e := range y.of(eventSent) {
			sent[e.Relay]++
		}
		for r, f := range servers {
			require.Equal(t, sums[r][0], sent[r], "seed %d", seed)
			connected := 0
			for _, e := range y.of(eventConnected) {
				if e.Relay == r {
					connected++
				}
			}
			if seed%3 == 0 {
				// A connection attempt that is canceled may have reached the server, and the
				// server may accept a session after the client has ended it.
				require.Eventually(t, func() bool { return connected <= f.accepted() }, soon, time.Millisecond, "seed %d: sessions with relay %d", seed, r)
				continue
			}
			require.Equal(t, f.accepted(), connected, "seed %d: sessions with relay %d", seed, r)
		}
	}
}

// If a callback panics, the program continues and the mail is sent.
func TestEventCallbackPanics(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := poolOf(t, uint16(server.Port()))
	mustPool(t, h, func(p *Pool) error { return p.SetEventCallback(func(*Event) { panic(errors.New("a callback")) }) })
	require.Equal(t, NoError, PoolSend(h, mailHandle(t)))
}
