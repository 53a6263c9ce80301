// SPDX-License-Identifier: MIT

package interop

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"csmtp/internal/mailer"
	"csmtp/tests/interop/servers"
)

// The tests in this file send mails through a pool to real servers. The logs of the servers show
// which mails they accepted, and when.

// These are the numbers of events in csmtp_c.h.
const (
	eventConnected    = 1
	eventDisconnected = 7
	eventSent         = 8
	eventFailed       = 11
	eventRetry        = 12
	eventPaused       = 13
	eventResumed      = 14
)

// timed is an event and the time at which it was reported.
type timed struct {
	mailer.Event
	at time.Time
}

// pooling is a pool that sends to real servers, and its events.
type pooling struct {
	t      *testing.T
	handle uintptr
	mail   uintptr
	mu     sync.Mutex
	events []timed
	stalls *stalls
}

// newPooling returns a pool with a relay for each server.
func newPooling(t *testing.T, relays ...*servers.Server) *pooling {
	t.Helper()
	p := &pooling{t: t, handle: mailer.NewPool(), mail: mailer.New(), stalls: watchStalls(t)}
	t.Cleanup(func() { mailer.Free(p.handle) })
	t.Cleanup(func() { mailer.Free(p.mail) })
	for i, s := range relays {
		h := mailer.New()
		p.call(h, func(m *mailer.Mailer) error {
			return m.SetSMTPServer("127.0.0.1", uint16(s.Endpoint("open").Port), true)
		})
		p.call(h, func(m *mailer.Mailer) error { return m.SetLogin(servers.Alice.Name) })
		p.call(h, func(m *mailer.Mailer) error { return m.SetPassword(servers.Alice.Password) })
		for step := range 8 {
			if i == 0 { // some tests stop this server
				p.call(h, func(m *mailer.Mailer) error { return m.SetTimeout(step, 4000) })
			}
		}
		p.do(func(p *mailer.Pool) error { return p.AddRelay(h, s.Name) })
		mailer.Free(h)
	}
	p.call(p.mail, func(m *mailer.Mailer) error { return m.SetSenderMail("alice@" + servers.Domain) })
	p.call(p.mail, func(m *mailer.Mailer) error { return m.AddRecipient("sink@elsewhere.example", "") })
	p.call(p.mail, func(m *mailer.Mailer) error { return m.AddMsgLine("Hello.") })
	p.do(func(pool *mailer.Pool) error {
		return pool.SetEventCallback(func(e *mailer.Event) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.events = append(p.events, timed{*e, time.Now()})
		})
	})
	return p
}

func (p *pooling) call(h uintptr, f func(*mailer.Mailer) error) {
	p.t.Helper()
	require.Equal(p.t, mailer.NoError, mailer.Call(h, f), mailer.Told(h, false).GetLastErrorText())
}

func (p *pooling) do(f func(*mailer.Pool) error) {
	p.t.Helper()
	require.Equal(p.t, mailer.NoError, mailer.PoolDo(p.handle, f), mailer.Told(p.handle, false).GetLastErrorText())
}

// send sends n mails, waits until all of them have ended, and returns their Message-IDs.
func (p *pooling) send(n int) (ids []string) {
	p.t.Helper()
	for range n {
		p.do(func(pool *mailer.Pool) error {
			_, err := pool.Submit(p.mail, "", -1, nil)
			return err
		})
		ids = append(ids, strings.Trim(mailer.Value(p.mail, (*mailer.Mailer).GetMessageID), "<>"))
	}
	p.do(func(pool *mailer.Pool) error { return pool.Wait(5 * time.Minute) })
	return ids
}

// The method named 'of' returns the events of the given kind.
func (p *pooling) of(kind mailer.EventKind) (found []timed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.events {
		if e.Kind == kind {
			found = append(found, e)
		}
	}
	return found
}

// started returns the time at which the last attempt to send the mail began.
func (e timed) started() time.Time { return e.at.Add(-e.Envelope - e.Content - e.Reply) }

// stalls measures the time during which the machine did not run this process.
type stalls struct {
	mu    sync.Mutex
	total time.Duration
}

func watchStalls(t *testing.T) *stalls {
	s, stop := &stalls{}, make(chan struct{})
	t.Cleanup(func() { close(stop) })
	go func() {
		const nap = 10 * time.Millisecond
		for before := time.Now(); ; {
			select {
			case <-stop:
				return
			case <-time.After(nap):
			}
			now := time.Now()
			if late := now.Sub(before) - 2*nap; late > 0 {
				s.mu.Lock()
				s.total += late
				s.mu.Unlock()
			}
			before = now
		}
	}()
	return s
}

func (s *stalls) sum() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total
}

// acceptedLine matches the line of the log that Postfix (cleanup) or Exim (<=) writes for
// each mail that it accepts.
var acceptedLine = map[string]*regexp.Regexp{
	"postfix": regexp.MustCompile(`(?m)^(\w{3} +\d+ [\d:]{8}) .*: message-id=<(.*)>$`),
	"exim":    regexp.MustCompile(`(?m)^(\d{4}-\d\d-\d\d [\d:]{8}) \S+ <= .* id=(\S+)`),
}

// accepted returns how many mails the server's log shows as accepted, for each Message-ID and
// for each second.
func accepted(s *servers.Server) (ids, seconds map[string]int) {
	ids, seconds = map[string]int{}, map[string]int{}
	for _, m := range acceptedLine[s.Name].FindAllStringSubmatch(s.Log(), -1) {
		seconds[m[1]]++
		ids[m[2]]++
	}
	return ids, seconds
}

// awaitAccepted waits until the servers' logs contain all given Message-IDs, and returns how
// many of these mails each server accepted. Each Message-ID must be in the logs exactly once.
func awaitAccepted(t *testing.T, ids []string, relays ...*servers.Server) []int {
	t.Helper()
	counts := make([]int, len(relays))
	require.Eventually(t, func() bool {
		all := map[string]int{}
		for i, s := range relays {
			found, _ := accepted(s)
			counts[i] = 0
			for _, id := range ids {
				counts[i] += found[id]
				all[id] += found[id]
			}
		}
		for _, id := range ids {
			if all[id] > 1 {
				panic(fmt.Sprintf("%s was accepted %d times", id, all[id]))
			}
		}
		return sum(counts) == len(ids)
	}, time.Minute, 100*time.Millisecond, "%d mails, accepted %v", len(ids), &counts)
	return counts
}

func sum(list []int) (n int) {
	for _, i := range list {
		n += i
	}
	return n
}

// A relay has a rate of 10 mails per second. According to the server's log, at most 11 mails
// start in any second. The mean rate is within 5 % of 10 mails per second. The time during
// which the test did not run, and the time lost to slow replies, are not counted.
func TestPoolRate(t *testing.T) {
	const rate, mails = 10, 160
	s := servers.Start(t, servers.Postfix)
	p := newPooling(t, s)
	p.do(func(p *mailer.Pool) error { return p.SetRate(0, rate, 1) })
	ids := p.send(mails)
	require.Equal(t, []int{mails}, awaitAccepted(t, ids, s))

	sent := p.of(eventSent)
	require.Len(t, sent, mails)
	first, last := sent[0].started(), sent[0].started()
	var slow time.Duration
	underway := map[string]int{} // for each second, the number of mails that were under way when it began
	for _, e := range sent {
		if e.started().Before(first) {
			first = e.started()
		}
		if e.started().After(last) {
			last = e.started()
		}
		slow += max(e.Envelope+e.Content+e.Reply-200*time.Millisecond, 0)
		for second := e.started().Truncate(time.Second).Add(time.Second); !second.After(e.at); second = second.Add(time.Second) {
			underway[second.Format(time.Stamp)]++
		}
	}
	_, seconds := accepted(s)
	for second, n := range seconds {
		require.LessOrEqual(t, n, rate+1+underway[second], "%s", second)
	}
	ideal := time.Duration(mails-1) * time.Second / rate
	took, stalled := last.Sub(first), p.stalls.sum()
	t.Logf("%d mails in %v, ideally %v; the machine did not run the test for %v; slow replies: %v", mails, took, ideal, stalled, slow)
	require.GreaterOrEqual(t, took, ideal*95/100)
	require.LessOrEqual(t, took, ideal*105/100+stalled+slow)
}

// Two relays with the weights 3 and 1 accept their shares of the mails, within 5 %. The test
// sends only a few mails at a time: if a relay has no free session, its mails go to the
// other relay.
func TestPoolWeights(t *testing.T) {
	const mails = 800
	first, second := servers.Start(t, servers.Postfix), servers.Start(t, servers.Exim)
	p := newPooling(t, first, second)
	p.do(func(p *mailer.Pool) error { return p.SetWeight(0, 3) })
	var ids []string
	for len(ids) < mails {
		ids = append(ids, p.send(4)...)
	}
	counts := awaitAccepted(t, ids, first, second)
	require.InEpsilon(t, mails*3/4, counts[0], 0.05, "%v", counts)
	require.InEpsilon(t, mails/4, counts[1], 0.05, "%v", counts)
	require.Len(t, p.of(eventSent), mails)
	require.Empty(t, p.of(eventRetry))
}

// A relay stops: it no longer replies (SIGSTOP), or it is killed. This delays one mail by the
// timeout, and later one more mail each time the pool checks whether the relay works again.
// All mails arrive exactly once, through the other relay. When the relay works again, it gets
// mails again.
func TestPoolWithARelayThatStops(t *testing.T) {
	stopped := func(s *servers.Server) error { return s.Signal(syscall.SIGSTOP) }
	continued := func(s *servers.Server) error { return s.Signal(syscall.SIGCONT) }
	for name, x := range map[string]struct {
		kind       *servers.Kind
		stop, goOn func(*servers.Server) error
		closed     int // the number of idle sessions that are found closed; this is not a failure of the relay
	}{
		"Postfix is stopped": {servers.Postfix, stopped, continued, 0},
		"Exim is stopped":    {servers.Exim, stopped, continued, 0},
		"Postfix is killed":  {servers.Postfix, (*servers.Server).Kill, (*servers.Server).Restart, 1},
		"Exim is killed":     {servers.Exim, (*servers.Server).Kill, (*servers.Server).Restart, 1},
	} {
		t.Run(name, func(t *testing.T) {
			bad, good := servers.Start(t, x.kind), servers.Start(t, servers.Postfix)
			p := newPooling(t, bad, good)
			p.do(func(p *mailer.Pool) error { return p.SetSessions(0, 1) })
			p.do(func(p *mailer.Pool) error { return p.SetPause(2000, 8000) })
			require.NotZero(t, awaitAccepted(t, p.send(20), bad, good)[0])
			failed, pauses := len(p.of(eventRetry)), len(p.of(eventPaused))

			require.NoError(t, x.stop(bad))
			ids := p.send(100)
			require.Equal(t, []int{0, 100}, awaitAccepted(t, ids, bad, good))
			retries, paused := p.of(eventRetry)[failed:], p.of(eventPaused)[pauses:]
			t.Logf("%d attempts with the relay, pauses: %v", len(retries), lengths(paused))
			require.NotEmpty(t, paused)
			require.GreaterOrEqual(t, len(retries), len(paused))
			require.LessOrEqual(t, len(retries), len(paused)+x.closed, "only one mail at a time waits for the relay: %v", retries)
			for i, e := range paused {
				require.Equal(t, 0, e.Relay)
				planned := time.Duration(min(2000<<i, 8000)) * time.Millisecond
				require.LessOrEqual(t, e.Total, planned, "pause %d", i)
				require.Greater(t, e.Total, planned/2, "the pauses grow: pause %d", i)
			}

			require.NoError(t, x.goOn(bad))
			for deadline := time.Now().Add(2 * time.Minute); len(p.of(eventResumed)) == 0; time.Sleep(100 * time.Millisecond) {
				require.True(t, time.Now().Before(deadline), "the relay was not used again: %v", lengths(p.of(eventPaused)))
				ids = append(ids, p.send(2)...)
			}
			require.NotZero(t, awaitAccepted(t, p.send(20), bad, good)[0])
			awaitAccepted(t, ids, bad, good)
			require.Empty(t, p.of(eventFailed))
			mailer.Free(p.handle)
			require.Equal(t, len(p.of(eventConnected)), len(p.of(eventDisconnected)), "each connection has ended")
		})
	}
}

// lengths returns the lengths of the given pauses of a relay.
func lengths(events []timed) (d []time.Duration) {
	for _, e := range events {
		d = append(d, e.Total.Round(time.Millisecond))
	}
	return d
}
