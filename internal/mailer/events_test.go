// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// tally collects events.
type tally struct {
	mu       sync.Mutex
	all      []Event
	counts   map[EventKind]int
	running  bool
	overlaps bool // whether two calls have run at the same time
}

func (y *tally) add(e *Event) {
	y.mu.Lock()
	if y.running {
		y.overlaps = true
	}
	y.running = true
	y.mu.Unlock()
	defer func() {
		y.mu.Lock()
		y.running = false
		y.mu.Unlock()
	}()
	if y.counts == nil {
		y.counts = map[EventKind]int{}
	}
	y.counts[e.Kind]++
	y.all = append(y.all, *e)
}

func (y *tally) listen(t *testing.T, h uintptr) {
	t.Helper()
	mustCall(t, h, func(m *Mailer) error { return m.SetEventCallback(y.add) })
}

// ended returns the number of mails that have ended.
func (y *tally) ended() int {
	return y.counts[eventSent] + y.counts[eventRefused] + y.counts[eventDoubt] + y.counts[eventFailed]
}

// problem describes an error in the events of n mails. It returns "" if there is none. The
// sessions of the mails must have ended.
func (y *tally) problem(n int) string {
	c := y.counts
	switch {
	case y.overlaps:
		return "two calls to an event callback overlap"
	case c[eventConnected] != c[eventDisconnected]:
		return fmt.Sprintf("%d connections were opened, and %d have ended", c[eventConnected], c[eventDisconnected])
	case c[eventReady] > c[eventConnected]:
		return fmt.Sprintf("%d sessions are ready, and there are %d connections", c[eventReady], c[eventConnected])
	case y.ended() != n:
		return fmt.Sprintf("%d of %d mails have ended: %v", y.ended(), n, c)
	}
	for _, e := range y.all {
		sum := e.Resolve + e.Connect + e.TLS + e.Greeting + e.EHLO + e.Login + e.Envelope + e.Content + e.Reply
		switch {
		case min(e.Resolve, e.Connect, e.TLS, e.Greeting, e.EHLO, e.Login, e.Envelope, e.Content, e.Reply) < 0:
			return fmt.Sprintf("a duration of %+v is negative", e)
		case e.Kind != eventRetry && sum > e.Total:
			return fmt.Sprintf("the steps of %+v take longer than %v", e, e.Total)
		case e.Accepted > e.Recipients:
			return fmt.Sprintf("%+v was accepted for more recipients than it has", e)
		case e.Kind >= eventRefused && e.Kind <= eventRetry && e.Error == NoError:
			return fmt.Sprintf("%+v has no cause", e)
		}
	}
	return ""
}

func TestEventsOfASession(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "s3cret pass"}})
	h, y := handle(t, server), &tally{}
	mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useTLS) })
	ca := caFile(t)
	mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(ca) })
	y.listen(t, h)
	mustCall(t, h, (*Mailer).Send)
	var kinds []EventKind
	for _, e := range y.all {
		kinds = append(kinds, e.Kind)
		require.Equal(t, fmt.Sprintf("127.0.0.1:%d", server.Port()), e.Server)
		require.Equal(t, NoError, e.Error)
	}
	require.Equal(t, []EventKind{eventConnected, eventTLS, eventLogin, eventReady, eventDisconnected, eventSent}, kinds)
	ready, sent := y.all[3], y.all[5]
	for step, d := range map[string]time.Duration{"connect": ready.Connect, "TLS": ready.TLS, "greeting": ready.Greeting, "EHLO": ready.EHLO, "login": ready.Login,
		"envelope": sent.Envelope, "content": sent.Content, "reply": sent.Reply} {
		require.Positive(t, d, step)
	}
	require.Zero(t, ready.Resolve, "an address needs no look-up")
	require.Equal(t, 221, y.all[4].ReplyCode)
	require.Equal(t, int(smtp.Accepted), sent.Outcome)
	require.Equal(t, 250, sent.ReplyCode)
	require.Equal(t, []int{1, 1, 1}, []int{sent.Attempts, sent.Recipients, sent.Accepted})
	require.EqualValues(t, server.Mails()[0].Size, sent.Octets)
	require.Empty(t, y.problem(1))
}

// A step of a session fails. The events show how far the session has got, and contain no
// text from the server.
func TestEventsOfASessionThatFails(t *testing.T) {
	for fault, want := range map[string][]EventKind{
		"greeting: 554 s3cret":      {eventConnected, eventDisconnected, eventFailed},
		"greeting: close":           {eventConnected, eventDisconnected, eventFailed},
		"greeting: garble":          {eventConnected, eventDisconnected, eventFailed},
		"EHLO: 421":                 {eventConnected, eventDisconnected, eventFailed},
		"AUTH: 535 5.7.8 s3cret":    {eventConnected, eventLoginFailed, eventDisconnected, eventRefused},
		"AUTH: 454 4.7.0 s3cret":    {eventConnected, eventLoginFailed, eventDisconnected, eventFailed},
		"AUTH: close":               {eventConnected, eventLoginFailed, eventDisconnected, eventFailed},
		"MAIL: 451 s3cret":          {eventConnected, eventLogin, eventReady, eventDisconnected, eventRefused},
		"RCPT: 550 5.1.1 s3cret":    {eventConnected, eventLogin, eventReady, eventDisconnected, eventRefused},
		"end of data: close":        {eventConnected, eventLogin, eventReady, eventDisconnected, eventDoubt},
		"end of data: 421 s3cret":   {eventConnected, eventLogin, eventReady, eventDisconnected, eventRefused},
		"QUIT: close":               {eventConnected, eventLogin, eventReady, eventDisconnected, eventSent},
		"QUIT: 421":                 {eventConnected, eventLogin, eventReady, eventDisconnected, eventSent},
		"end of data: 554 5.7.1 No": {eventConnected, eventLogin, eventReady, eventDisconnected, eventRefused},
	} {
		t.Run(fault, func(t *testing.T) {
			server := faulty(t, fault)
			h, y := handle(t, server), &tally{}
			y.listen(t, h)
			n := Call(h, (*Mailer).Send)
			var kinds []EventKind
			for _, e := range y.all {
				kinds = append(kinds, e.Kind)
				require.NotContains(t, fmt.Sprintf("%+v", e), "s3cret")
				if e.Kind >= eventSent && e.Kind <= eventFailed {
					require.Equal(t, n, e.Error)
				}
			}
			if strings.HasPrefix(fault, "AUTH: ") {
				want = append(want[:3:3], y.all[len(y.all)-1].Kind) // by the outcome
			}
			require.Equal(t, want, kinds)
			require.Equal(t, Value(h, (*Mailer).GetOutcome), y.all[len(y.all)-1].Outcome)
			require.Equal(t, 1, y.ended())
			require.Equal(t, y.counts[eventConnected], y.counts[eventDisconnected])
		})
	}
}

func TestEventsWithoutAServer(t *testing.T) {
	h, y := relayHandle(t, deadPort(t)), &tally{}
	y.listen(t, h)
	mail := mailHandle(t)
	y.listen(t, mail)
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustFail(t, h, undefRecipients, (*Mailer).Send)
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
	mustFail(t, h, wsaConnect, (*Mailer).Send)
	mustFail(t, mail, wsaGethostbyNameAddr, (*Mailer).Send)
	require.Equal(t, map[EventKind]int{eventFailed: 3, eventNotConnected: 1}, y.counts)
	require.Equal(t, wsaConnect, y.all[1].Error)
	require.Equal(t, eventNotConnected, y.all[1].Kind)
	require.Equal(t, 1, y.all[2].Recipients)

	raw := &tally{}
	raw.listen(t, h)
	to := "carol@test.example, dave@test.example"
	require.Equal(t, wsaConnect, Call(h, func(m *Mailer) error {
		return m.SendRaw([]byte("From: alice@test.example\r\n\r\nHello.\r\n"), nil, &to)
	}))
	require.Equal(t, 2, raw.all[len(raw.all)-1].Recipients)
	batch := &tally{}
	batch.listen(t, h)
	require.Equal(t, wsaConnect, SendBatch(h, []uintptr{mailHandle(t)}, make([]Number, 1)))
	require.Equal(t, 1, batch.all[len(batch.all)-1].Recipients)
}

// During an open session, the callback is replaced and later cleared. After it is cleared,
// it is not called.
func TestEventCallbackIsReplaced(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, first, second := handle(t, server), &tally{}, &tally{}
	connect := func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	}
	first.listen(t, h)
	mustCall(t, h, connect)
	second.listen(t, h)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).KeepAlive)
	mustCall(t, h, (*Mailer).DisconnectRemoteServer)
	require.Zero(t, first.counts[eventDisconnected])
	require.Equal(t, map[EventKind]int{eventSent: 1, eventDisconnected: 1}, second.counts)
	mustCall(t, h, func(m *Mailer) error { return m.SetEventCallback(nil) })
	mustCall(t, h, (*Mailer).Send)
	require.Len(t, second.all, 2)
	clone, n := Clone(h)
	require.Equal(t, NoError, n)
	defer Free(clone)
	require.Nil(t, Lookup(clone).settings.event)
}

// The server closes a session that is kept open. KeepAlive then fails, and Send sends the
// mail over a new session.
func TestEventsOfKeptSessions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "NOOP", Nth: 2, Do: "421"}, {Step: "MAIL", Nth: 3, Do: "close"}}})
	h, y := handle(t, server), &tally{}
	y.listen(t, h)
	connect := func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
	}
	mustCall(t, h, connect)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).KeepAlive)
	mustFail(t, h, connectionClosed, (*Mailer).KeepAlive)
	require.Equal(t, 1, y.counts[eventDisconnected])
	require.Equal(t, 421, y.all[len(y.all)-1].ReplyCode)
	mustCall(t, h, connect)
	mustCall(t, h, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send) // the third MAIL ends the session
	Free(h)
	require.Equal(t, 3, y.counts[eventConnected])
	require.Equal(t, 1, y.counts[eventRetry])
	require.Equal(t, 3, y.counts[eventSent])
	require.Empty(t, y.problem(3))
	last := y.all[len(y.all)-2]
	require.Equal(t, eventSent, last.Kind)
	require.Equal(t, 2, last.Attempts)
}

func TestEventsOfABatch(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Nth: 2, Do: "550 5.1.1 No"}, {Do: "close after 3"}}})
	h, mails := letters(t, server, 6)
	y, other := &tally{}, &tally{}
	y.listen(t, h)
	for _, mail := range mails {
		other.listen(t, mail)
	}
	numbers := make([]Number, len(mails))
	SendBatch(h, mails, numbers)
	Free(h)
	require.Empty(t, other.all, "the handle that sends the batch gets the events")
	require.Empty(t, y.problem(6))
	require.Equal(t, 5, y.counts[eventSent])
	require.Equal(t, 1, y.counts[eventRefused])
	require.Equal(t, 2, y.counts[eventConnected])

	refused := &tally{}
	h = handle(t, server)
	refused.listen(t, h)
	require.Equal(t, BadHandle, SendBatch(h, []uintptr{mails[0], 1 << 40, mails[1]}, make([]Number, 3)))
	require.Equal(t, 3, refused.counts[eventFailed])
}

func TestEventsOfAsynchronousSends(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	y := &tally{}
	var handles []uintptr
	var one sync.Mutex
	for range 5 {
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error {
			return m.SetEventCallback(func(e *Event) {
				one.Lock()
				defer one.Unlock()
				y.add(e)
			})
		})
		handles = append(handles, h)
	}
	for range 3 {
		for _, h := range handles {
			require.Equal(t, NoError, SendAsync(h, nil))
		}
		for _, h := range handles {
			require.Equal(t, NoError, WaitAsync(h, generous))
		}
	}
	require.Equal(t, 5, y.counts[eventConnected], "each handle has its own session")
	require.Zero(t, y.counts[eventDisconnected])
	mustCall(t, handles[0], func(m *Mailer) error { return m.SetEventCallback(nil) })
	require.Equal(t, 1, y.counts[eventDisconnected], "the old callback gets the end of its session")
	for _, h := range handles {
		Free(h)
	}
	require.Empty(t, y.problem(15))

	h := handle(t, server)
	y = &tally{}
	y.listen(t, h)
	lookup := Lookup(h)
	lookup.mu.Lock() // as by another call
	require.Equal(t, NoError, SendAsync(h, nil))
	freed := make(chan struct{})
	go func() {
		defer close(freed)
		Free(h)
	}()
	require.Eventually(t, lookup.freed.Load, soon, time.Millisecond)
	lookup.mu.Unlock()
	<-freed
	require.Equal(t, map[EventKind]int{eventFailed: 1}, y.counts)
	require.Equal(t, canceled, y.all[0].Error)
}

func TestEventsOverHTTPS(t *testing.T) {
	eachService(t, func(t *testing.T, name httpmail.Service) {
		service := https(t)
		h, y := mailHandle(t), &tally{}
		overHTTPS(t, h, name, service)
		y.listen(t, h)
		mustCall(t, h, (*Mailer).Send)
		require.Empty(t, y.problem(1))
		require.Equal(t, map[EventKind]int{eventConnected: 1, eventTLS: 1, eventReady: 1, eventDisconnected: 1, eventSent: 1}, y.counts)
		sent := y.all[len(y.all)-1]
		require.Equal(t, []int{1, 1, 1}, []int{sent.Attempts, sent.Recipients, sent.Accepted})
		require.Positive(t, sent.Octets)
		require.Contains(t, service.URL(), sent.Server)
		mustCall(t, h, func(m *Mailer) error { return m.SetAccessToken("wrong") })
		require.NotEqual(t, NoError, Call(h, (*Mailer).Send))
		require.Equal(t, 2, y.ended())
		require.Equal(t, y.counts[eventConnected], y.counts[eventDisconnected])
	})
}

// A callback that is set after the connection was opened is not called at the connection's
// end. A callback that replaces another one is called.
func TestEventCallbackOfAnOpenConnection(t *testing.T) {
	service, server := https(t), serve(t, smtptest.MailOptions{})
	for name, overHTTPS := range map[string]func(h uintptr){
		"smtp":  func(uintptr) {},
		"https": func(h uintptr) { overHTTPS(t, h, httpmail.Services()[0], service) },
	} {
		t.Run(name, func(t *testing.T) {
			for _, replaces := range []bool{false, true} {
				h, first, second := handle(t, server), &tally{}, &tally{}
				overHTTPS(h)
				if replaces {
					first.listen(t, h)
				}
				mustCall(t, h, func(m *Mailer) error {
					return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), noSecurity, true, "", "")
				})
				second.listen(t, h)
				mustCall(t, h, (*Mailer).Send)
				mustCall(t, h, (*Mailer).DisconnectRemoteServer)
				Free(h)
				want := first.counts[eventConnected]
				require.Equal(t, want, second.counts[eventDisconnected], "replaces: %v", replaces)
				require.Zero(t, first.counts[eventDisconnected])
				require.Equal(t, 1, second.counts[eventSent])
			}
		})
	}
}

// Without an event callback, the functions that report events allocate no memory.
func TestUnusedEventsCostNothing(t *testing.T) {
	m := newMailer(settings{})
	p := newPool(m)
	c, s, err := &pooled{Mailer: m}, &poolSession{Mailer: m}, error(fault{number: canceled})
	send := func() error { return nil }
	require.Zero(t, testing.AllocsPerRun(100, func() {
		_ = m.counted(send)
		m.retried(m, err)
		m.countBatch(nil, nil, err, time.Time{})
		p.noteAttempt(c, s, 0)
		p.attemptFailed(c, err)
		p.mailEnded(c)
		p.report(nil)
		if m.measure() != nil || p.healthEvent(0, 0, err) != nil {
			panic("there is no callback")
		}
	}))
}
