// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// soon is a generous deadline.
const soon = 30 * time.Second

// relayHandle returns a handle with the settings of a relay on this host at port.
func relayHandle(t *testing.T, port uint16) uintptr {
	t.Helper()
	h := New()
	t.Cleanup(func() { Free(h) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", port, false) })
	return h
}

// poolOf returns a pool. Its relays are servers on this host at ports.
func poolOf(t *testing.T, ports ...uint16) uintptr {
	t.Helper()
	h := NewPool()
	require.NotZero(t, h)
	t.Cleanup(func() { Free(h) })
	for _, port := range ports {
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, port), "") })
	}
	return h
}

func mustPool(t *testing.T, h uintptr, f func(*Pool) error) {
	t.Helper()
	n := PoolDo(h, f)
	require.Equal(t, NoError, n, "%s", poolError(h))
}

func poolError(h uintptr) string { return Told(h, false).GetLastErrorText() }

// mailHandle returns a handle with a mail to bob. The handle has no server.
func mailHandle(t *testing.T) uintptr {
	t.Helper()
	h := New()
	t.Cleanup(func() { Free(h) })
	mustCall(t, h, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
	mustCall(t, h, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "Bob") })
	mustCall(t, h, func(m *Mailer) error { return m.SetSubject("A subject") })
	mustCall(t, h, func(m *Mailer) error { return m.AddMsgLine("Hello.") })
	return h
}

// ends contains the outcomes of the mails, as the done callbacks get them.
type ends struct {
	mu   sync.Mutex
	all  []ended
	seen map[uintptr]bool
}

type ended struct {
	n       Number
	outcome smtp.Outcome
	text    string
	queueID string
	retry   bool
}

func (e *ends) told(_ uint64, mail uintptr, n Number) {
	r := Told(mail, true)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.seen == nil {
		e.seen = map[uintptr]bool{}
	}
	if e.seen[mail] {
		panic("a mail has ended twice")
	}
	e.seen[mail] = true
	e.all = append(e.all, ended{n, smtp.Outcome(r.GetOutcome()), r.GetLastErrorText(), r.GetQueueID(), r.IsSafeToRetry()})
}

func (e *ends) count(want smtp.Outcome) (n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, one := range e.all {
		if one.outcome == want {
			n++
		}
	}
	return n
}

// submit submits n mails.
func submit(t *testing.T, h uintptr, n int, e *ends) {
	t.Helper()
	mail := mailHandle(t)
	for i := range n {
		mustPool(t, h, func(p *Pool) error {
			_, err := p.Submit(mail, fmt.Sprint(i), -1, e.told)
			return err
		})
	}
}

func drained(t *testing.T, h uintptr) {
	t.Helper()
	mustPool(t, h, func(p *Pool) error { return p.Wait(soon) })
}

func counted(h uintptr, relay uint32, what int) int {
	return PoolValue(h, func(p *Pool) (int, error) { return p.GetCount(relay, what) })
}

func TestPoolSendsOverKeptSessions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	submit(t, h, 200, e)
	drained(t, h)
	require.Equal(t, 200, e.count(smtp.Accepted))
	require.NotEmpty(t, e.all[0].queueID)
	require.Equal(t, 200, counted(h, 0, countSent))
	require.Equal(t, 200, counted(h, 0, countRate))
	require.LessOrEqual(t, counted(h, 0, countSessions), defaultSessions)
	require.Zero(t, counted(h, 0, countActive))
	Free(h)
	sessions := waitIdle(t, server, 200)
	require.LessOrEqual(t, len(sessions), defaultSessions)
	for _, s := range sessions {
		require.Empty(t, s.Violations)
		require.True(t, strings.HasSuffix(strings.TrimSpace(s.Dialogue.String()), "221 2.0.0 Bye") || strings.Contains(s.Dialogue.String(), "QUIT"), "Free ends the sessions with QUIT")
	}
	ids := map[string]bool{}
	for _, m := range server.Mails() {
		_, id, _ := strings.Cut(string(m.Data), "Message-ID: ")
		id, _, _ = strings.Cut(id, "\r\n")
		ids[id] = true
	}
	require.Len(t, ids, 200, "each mail has its own Message-ID")
}

func TestPoolSend(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 No such user", Nth: 2}}})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	require.Equal(t, NoError, PoolSend(h, mail))
	require.Equal(t, int(smtp.Accepted), Told(mail, true).GetOutcome())
	first := Value(mail, (*Mailer).GetMessageID)
	require.NotEmpty(t, first)
	require.Equal(t, commandRcptTo, PoolSend(h, mail))
	require.Equal(t, int(smtp.RejectedPermanent), Told(mail, true).GetOutcome())
	require.Equal(t, 550, Told(mail, false).GetLastReplyCode())
	require.Contains(t, poolError(h), "No such user")
	refused := Value(mail, (*Mailer).GetMessageID)
	require.NotEqual(t, first, refused)
	require.Equal(t, NoError, PoolSend(h, mail))
	require.Equal(t, refused, Value(mail, (*Mailer).GetMessageID), "a further attempt has the same Message-ID")
	Free(h)
	require.Len(t, waitIdle(t, server, 2), 1, "a refusal does not end the session")
}

// PoolSubmit copies the mail. If the program then changes the mail of its handle, the copy
// does not change.
func TestPoolTakesASnapshot(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	file := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(file, []byte("first"), 0o600))
	h, mail, e := poolOf(t), mailHandle(t), &ends{}
	mustCall(t, mail, func(m *Mailer) error { return m.AddAttachment(file) })
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, uint16(server.Port())), "") })
	hold := make(chan struct{})
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{Sending: func(uint64, string, int, string) bool { <-hold; return true }})
	})
	mustPool(t, h, func(p *Pool) error { _, err := p.Submit(mail, "", 0, e.told); return err })
	mustCall(t, mail, func(m *Mailer) error { return m.SetSubject("Another subject") })
	mustCall(t, mail, func(m *Mailer) error { return m.DelAttachments() })
	Free(mail)
	close(hold)
	drained(t, h)
	require.Equal(t, 1, e.count(smtp.Accepted))
	require.Contains(t, string(server.Mails()[0].Data), "Subject: A subject")
	require.Contains(t, string(server.Mails()[0].Data), "filename=a.txt")
}

func TestPoolRefusesAChangedAttachment(t *testing.T) {
	for name, change := range map[string]func(string) error{
		"changed":  func(path string) error { return os.WriteFile(path, []byte("second and longer"), 0o600) },
		"removed":  os.Remove,
		"replaced": func(path string) error { os.Remove(path); return os.WriteFile(path, []byte("first"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, smtptest.MailOptions{})
			file := filepath.Join(t.TempDir(), "a.txt")
			require.NoError(t, os.WriteFile(file, []byte("first"), 0o600))
			h, mail, e := poolOf(t, uint16(server.Port())), mailHandle(t), &ends{}
			mustCall(t, mail, func(m *Mailer) error { return m.AddAttachment(file) })
			// The server offers 8BITMIME, so this setting makes the library build the message a
			// second time when it is sent.
			mustCall(t, mail, func(m *Mailer) error { return m.SetEightBit(true) })
			hold := make(chan struct{})
			mustPool(t, h, func(p *Pool) error {
				return p.SetJournal(Journal{Sending: func(uint64, string, int, string) bool { <-hold; return true }})
			})
			mustPool(t, h, func(p *Pool) error { _, err := p.Submit(mail, "", 0, e.told); return err })
			require.NoError(t, change(file))
			close(hold)
			drained(t, h)
			require.Equal(t, []ended{{msgBodyError, smtp.NotSent, e.all[0].text, "", true}}, e.all)
			require.Empty(t, server.Mails())
		})
	}
	h, mail := poolOf(t, deadPort(t)), mailHandle(t)
	mustCall(t, mail, func(m *Mailer) error { return m.AddAttachment("/nonexistent/file") })
	require.Equal(t, fileNotExist, PoolDo(h, func(p *Pool) error { _, err := p.Submit(mail, "", 0, nil); return err }))
	require.Contains(t, poolError(h), "/nonexistent/file")
}

func TestPoolQueueIsFull(t *testing.T) {
	port := serveWith(t, func(c net.Conn) {}) // never greets
	h, mail, e := poolOf(t, port), mailHandle(t), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(5) })
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	one := func(limit time.Duration) Number {
		return PoolDo(h, func(p *Pool) error { _, err := p.Submit(mail, "", limit, e.told); return err })
	}
	for range 6 {
		require.Equal(t, NoError, one(0))
	}
	require.Equal(t, busy, one(0))
	require.Contains(t, poolError(h), "the queue is full")
	require.Equal(t, busy, one(20*time.Millisecond))
	require.Equal(t, 5, PoolValue(h, (*Pool).GetQueued))
	require.Equal(t, busy, PoolDo(h, func(p *Pool) error { return p.Wait(10 * time.Millisecond) }))
	waited := make(chan Number)
	go func() { waited <- one(soon) }()
	require.Equal(t, NoError, Cancel(h), "cancels all mails")
	require.Contains(t, []Number{NoError}, <-waited, "there is room again")
	require.Equal(t, NoError, Cancel(h))
	drained(t, h)
	require.Len(t, e.all, 7)
	for _, one := range e.all {
		assert.Equal(t, canceled, one.n)
		assert.Equal(t, smtp.NotSent, one.outcome)
	}
}

// Mails whose callbacks have not returned count towards the limit of the queue.
func TestPoolSlowCallbacks(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(5) })
	hold, n := make(chan struct{}), 0
	require.Eventually(t, func() bool {
		for PoolDo(h, func(p *Pool) error {
			_, err := p.Submit(mail, "", 0, func(uint64, uintptr, Number) { <-hold })
			return err
		}) == NoError {
			n++
		}
		return n > mostCallbacks && len(server.Mails()) == n
	}, soon, 20*time.Millisecond)
	require.Less(t, n, 2*(mostCallbacks+5+defaultSessions))
	close(hold)
	drained(t, h)
}

func TestPoolCancelsOneMail(t *testing.T) {
	port := serveWith(t, func(c net.Conn) {})
	h, mail, e := poolOf(t, port), mailHandle(t), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 1) })
	var mails []uintptr
	for range 4 {
		mustPool(t, h, func(p *Pool) error {
			m, err := p.Submit(mail, "", 0, e.told)
			mails = append(mails, m)
			return err
		})
	}
	require.Equal(t, busy, Call(mails[3], func(m *Mailer) error { return m.SetSubject("x") }), "a mail in the pool does not change")
	for i := len(mails) - 1; i >= 0; i-- {
		require.Equal(t, NoError, Cancel(mails[i]))
		require.Eventually(t, func() bool { e.mu.Lock(); defer e.mu.Unlock(); return len(e.all) == 4-i }, soon, time.Millisecond)
	}
	drained(t, h)
	require.Equal(t, BadHandle, LastError(mails[0]), "it is freed after its callback")
}

func TestPoolFreeInTheMiddle(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Do: "latency 5ms"}}})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	submit(t, h, 300, e)
	require.Eventually(t, func() bool { return e.count(smtp.Accepted) > 3 }, soon, time.Millisecond)
	Free(h)
	require.Len(t, e.all, 300, "all callbacks have returned")
	require.Equal(t, BadHandle, PoolDo(h, func(p *Pool) error { return nil }))
	accepted := e.count(smtp.Accepted)
	doubtful := e.count(smtp.InDoubt)
	got := len(waitIdleAtLeast(t, server, accepted))
	require.GreaterOrEqual(t, got, accepted)
	require.LessOrEqual(t, got, accepted+doubtful)
}

// waitIdleAtLeast waits until at least n mails have arrived and all sessions have ended. It
// returns the mails.
func waitIdleAtLeast(t *testing.T, server *smtptest.MailServer, n int) []smtptest.Mail {
	t.Helper()
	require.NoError(t, server.WaitIdle(n, soon))
	return server.Mails()
}

func TestPoolDrain(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	submit(t, h, 50, e)
	mustPool(t, h, func(p *Pool) error { return p.Drain(soon) })
	require.Equal(t, 50, e.count(smtp.Accepted))
	require.Equal(t, canceled, PoolSend(h, mailHandle(t)))
	require.Contains(t, poolError(h), "accepts no more mails")
}

func TestPoolArguments(t *testing.T) {
	h, mail := poolOf(t), mailHandle(t)
	require.Equal(t, BadArgument, PoolSend(h, mail))
	require.Contains(t, poolError(h), "PoolAddRelay")
	require.Equal(t, BadHandle, PoolSend(0, mail))
	require.Equal(t, BadArgument, PoolSend(mail, mail))
	require.Equal(t, BadHandle, PoolDo(h, func(p *Pool) error { return p.AddRelay(0, "") }))
	require.Equal(t, BadArgument, PoolDo(h, func(p *Pool) error { return p.AddRelay(h, "") }))
	mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, 25), "") })
	require.Equal(t, "127.0.0.1:25", PoolValue(h, func(p *Pool) (string, error) { return p.GetRelayName(0) }))
	for _, f := range []func(*Pool) error{
		func(p *Pool) error { return p.SetWeight(1, 1) }, func(p *Pool) error { return p.SetWeight(0, 0) },
		func(p *Pool) error { return p.SetSessions(0, 0) }, func(p *Pool) error { return p.SetSessions(0, 1001) },
		func(p *Pool) error { return p.SetRate(0, 1, 0) }, func(p *Pool) error { return p.SetPause(0, 1) },
		func(p *Pool) error { return p.SetPause(2, 1) }, func(p *Pool) error { return p.SetIdle(1, 1) },
		func(p *Pool) error { return p.SetSessionMails(1, 1) },
		func(p *Pool) error { _, err := p.GetCount(0, 9); return err },
		func(p *Pool) error { _, err := p.GetCount(1, 0); return err },
		func(p *Pool) error { _, err := p.GetRelayName(1); return err },
		func(p *Pool) error { _, err := p.GetRelayError(1); return err },
	} {
		require.Equal(t, BadArgument, PoolDo(h, f), "%s", poolError(h))
	}
	require.Equal(t, BadArgument, PoolSend(h, h))
	clone, n := Clone(h)
	require.Zero(t, clone)
	require.Equal(t, BadArgument, n)
	empty := New()
	defer Free(empty)
	require.Equal(t, undefRecipients, PoolSend(h, empty))
}
