// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/internal/pool"
	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

// The only relay of a pool refuses one mail with 421 at each attempt. The mail ends after at
// most four attempts. Meanwhile, the relay accepts other mails.
func TestPool421ForOneMail(t *testing.T) {
	for _, step := range []string{"MAIL", "RCPT", "DATA", "end of data"} {
		t.Run(step, func(t *testing.T) {
			var tries, mails atomic.Int32
			bad := serveWith(t, func(c net.Conn) { scripted(c, &mails, step, &tries) })
			h, e := poolOf(t, bad), &ends{}
			mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 4) })
			normal, odd := mailHandle(t), mailHandle(t)
			mustCall(t, odd, func(m *Mailer) error { return m.SetSenderMail("odd@test.example") })
			done := make(chan struct{})
			var busyFor sync.WaitGroup
			busyFor.Go(func() { // the relay always has other mails
				for {
					select {
					case <-done:
						return
					default:
						PoolDo(h, func(p *Pool) error { _, err := p.Submit(normal, "", -1, nil); return err })
					}
				}
			})
			require.Eventually(t, func() bool { return mails.Load() > 20 }, soon, time.Millisecond)
			mustPool(t, h, func(p *Pool) error { _, err := p.Submit(odd, "", -1, e.told); return err })
			require.Eventually(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return len(e.all) == 1 }, soon, time.Millisecond)
			close(done)
			busyFor.Wait()
			require.Equal(t, smtp.RejectedTemporary, e.all[0].outcome)
			require.LessOrEqual(t, tries.Load(), int32(4))
		})
	}
}

// scripted is a server that refuses the mails of odd@test.example with 421 at the given
// step, and accepts all other mails. It counts both kinds.
func scripted(c net.Conn, mails *atomic.Int32, step string, tries *atomic.Int32) {
	defer c.Close()
	say := func(s string) { io.WriteString(c, s+"\r\n") }
	lines := newLines(c)
	odd, refused := false, false
	at := func(now string) bool {
		if refused = odd && now == step; refused {
			tries.Add(1)
			say("421 4.7.0 Not this mail")
		}
		return refused
	}
	say("220 ready")
	for !refused {
		line, err := lines()
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(line[:4]); verb {
		case "QUIT":
			say("221 bye")
			return
		case "MAIL":
			if odd = strings.Contains(line, "odd@"); !at(verb) {
				say("250 ok")
			}
		case "DATA":
			if at(verb) {
				return
			}
			say("354 go on")
			for line != "." {
				if line, err = lines(); err != nil {
					return
				}
			}
			if !at("end of data") {
				mails.Add(1)
				say("250 ok")
			}
		default:
			if !at(verb) {
				say("250 ok")
			}
		}
	}
}

// newLines returns a function that reads lines from c.
func newLines(c net.Conn) func() (string, error) {
	var rest []byte
	return func() (string, error) {
		for {
			if line, after, ok := bytes.Cut(rest, []byte("\r\n")); ok {
				rest = after
				return string(line), nil
			}
			chunk := make([]byte, 4096)
			n, err := c.Read(chunk)
			if err != nil {
				return "", err
			}
			rest = append(rest, chunk[:n]...)
		}
	}
}

// A relay refuses MAIL and then accepts the recipient, perhaps in an earlier transaction.
// So no other relay gets the mail.
func TestPoolRecipientWithoutMAIL(t *testing.T) {
	bad := serveWith(t, func(c net.Conn) {
		defer c.Close()
		lines := newLines(c)
		io.WriteString(c, "220 ready\r\n")
		for {
			line, err := lines()
			switch {
			case err != nil:
				return
			case strings.HasPrefix(line, "EHLO"):
				io.WriteString(c, "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n")
			case strings.HasPrefix(line, "MAIL"):
				io.WriteString(c, "451 4.3.0 Error\r\n")
			case strings.HasPrefix(line, "BDAT"):
				return
			default:
				io.WriteString(c, "250 ok\r\n")
			}
		}
	})
	good := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, bad, uint16(good.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetWeight(0, mostWeight) })
	mustCall(t, mail, func(m *Mailer) error { return m.SetChunking(useBDAT) })
	require.NotEqual(t, NoError, PoolSend(h, mail))
	require.Empty(t, good.Mails())
}

// If a relay consists of two servers and the first one refuses mails, the second one gets
// them.
func TestPoolRelayOfTwoServers(t *testing.T) {
	bad, good := faulty(t, "MAIL: 451 4.3.0 Error"), serve(t, smtptest.MailOptions{})
	relay := relayHandle(t, 0)
	mustCall(t, relay, func(m *Mailer) error {
		return m.SetSMTPServer(fmt.Sprintf("127.0.0.1:%d,127.0.0.1:%d", bad.Port(), good.Port()), 25, false)
	})
	h, e := poolOf(t), &ends{}
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "") })
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(20_000) })
	submit(t, h, 20, e)
	drained(t, h)
	require.Equal(t, 20, e.count(smtp.Accepted), "%v", e.all)
	require.Len(t, good.Mails(), 20)
}

// If Reconcile returns CSMTP_NOT_DELIVERED and the pool has only one relay, this relay gets
// the mail again, even if the patience is 0.
func TestPoolReconcileWithOneRelay(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "close", Nth: 1}}})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	quickPauses(t, h)
	mustPool(t, h, func(p *Pool) error {
		return p.SetReconcile(func(uint64, string, int, string) int { return reconcileNotDelivered })
	})
	require.Equal(t, NoError, PoolSend(h, mail), "%s", poolError(h))
}

// Until a mail has ended, the getters of its handle do not say that it is safe to send
// again.
func TestPoolCopyIsSilentBeforeTheEnd(t *testing.T) {
	bad, hold := faulty(t, "MAIL: 451 4.3.0 Error"), make(chan struct{})
	good := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(bad.Port()), uint16(good.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetWeight(0, mostWeight) })
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{Sending: func(_ uint64, _ string, relay int, _ string) bool {
			if relay == 1 {
				<-hold
			}
			return true
		}})
	})
	copied := submitOne(t, h, mailHandle(t), e.told)
	require.Eventually(t, func() bool { return counted(h, 0, countRefused) == 1 }, soon, time.Millisecond)
	for range 50 {
		r := Told(copied, true)
		require.False(t, r.IsSafeToRetry())
		require.Zero(t, r.GetOutcome())
		require.Zero(t, LastError(copied))
		time.Sleep(time.Millisecond)
	}
	close(hold)
	drained(t, h)
	require.Equal(t, 1, e.count(smtp.Accepted))
}

// panics is a message that panics while it is being sent.
type panics struct{ rendered }

func (panics) WriteTo(io.Writer) (int64, error) { panic("in the content") }

// After a panic within a transaction, the session is not used again, and the mail is in
// doubt.
func TestPoolPanicInATransaction(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	p := Lookup(h).pool
	c := snapshotOf(t, mailHandle(t))
	c.built, c.told = panics{c.built}, e.told
	require.True(t, p.enqueue(c, 0))
	submit(t, h, 3, e)
	drained(t, h)
	require.Equal(t, 1, e.count(smtp.InDoubt), "%v", e.all)
	require.Equal(t, 3, e.count(smtp.Accepted), "%v", e.all)
	for _, m := range server.Mails() {
		require.NotContains(t, string(m.Data), "MAIL FROM")
	}
}

func snapshotOf(t *testing.T, mail uintptr) (c *pooled) {
	t.Helper()
	mustCall(t, mail, func(m *Mailer) (err error) { c, err = m.snapshot(); return err })
	return c
}

func TestPoolFateOfErrorsOfThisHost(t *testing.T) {
	c := &pooled{call: newAsyncSend()}
	move, health := c.fate(Faultf(cannotStart, "no descriptor is left"), connecting, false)
	require.Equal(t, [2]any{pool.Other, pool.Failed}, [2]any{move, health})
	move, health = c.fate(Faultf(BadArgument, "no server"), connecting, false)
	require.Equal(t, [2]any{pool.Other, pool.Rejected}, [2]any{move, health})
	c.call.op.cancel() // during a lookup, whose error does not say that it was canceled
	move, health = c.fate(&smtp.Error{Op: smtp.OpResolve, Kind: smtp.KindResolve, Err: context.Canceled}, connecting, false)
	require.Equal(t, [2]any{pool.End, pool.Unknown}, [2]any{move, health})
}

// The number of sessions never exceeds the limit, even while the client waits for the reply
// to QUIT.
func TestPoolNeverExceedsItsSessions(t *testing.T) {
	var open, most atomic.Int32
	port := serveWith(t, func(c net.Conn) {
		if n := open.Add(1); n > most.Load() {
			most.Store(n)
		}
		var mails, tries atomic.Int32
		scripted(slowQuit{c, &open}, &mails, "", &tries)
	})
	h, e := poolOf(t, port), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 2) })
	mustPool(t, h, func(p *Pool) error { return p.SetSessionMails(0, 1<<30) })
	submit(t, h, 20, e)
	for range 20 {
		drained(t, h)
		mustPool(t, h, func(p *Pool) error { return p.SetIdle(0, 0) }) // ends the idle sessions
		submit(t, h, 2, e)
	}
	drained(t, h)
	require.Equal(t, 60, e.count(smtp.Accepted))
	require.LessOrEqual(t, most.Load(), int32(2))
}

// slowQuit is the server's side of a connection. It delays the reply to QUIT, and stops
// counting the session as open just before the reply.
type slowQuit struct {
	net.Conn
	open *atomic.Int32
}

func (c slowQuit) Write(b []byte) (int, error) {
	if strings.HasPrefix(string(b), "221") {
		time.Sleep(10 * time.Millisecond)
		c.open.Add(-1)
	}
	return c.Conn.Write(b)
}
