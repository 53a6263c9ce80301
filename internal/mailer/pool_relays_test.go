// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/require"
)

func quickPauses(t *testing.T, h uintptr) {
	t.Helper()
	mustPool(t, h, func(p *Pool) error { return p.SetPause(5, 50) })
}

// The second relay gets a mail only if two conditions are met: the first relay has certainly
// not accepted the mail, and the first relay was the cause of the failure.
func TestPoolGoesToAnotherRelay(t *testing.T) {
	for fault, goesOn := range map[string]bool{
		"greeting: 554 5.3.2 Closed":                     true,
		"greeting: 421 Too busy":                         true,
		"greeting: close":                                true,
		"MAIL: 451 4.3.0 Try later":                      true,
		"MAIL: 421 Too many":                             true,
		"MAIL: 451 4.1.8 Domain of sender does not work": false,
		"MAIL: 550 5.7.1 No":                             false,
		"MAIL: close":                                    true,
		"RCPT: 450 4.2.1 Mailbox busy":                   false,
		"RCPT: 451 4.7.1 Greylisted":                     false,
		"RCPT: 451 Greylisted":                           false,
		"RCPT: 452 4.3.1 Disk full":                      true,
		"RCPT: 550 5.1.1 No such user":                   false,
		"RCPT: 421 Bye":                                  true,
		"DATA: 451 4.3.0 Error":                          true,
		"DATA: 554 5.3.0 Error":                          false,
		"DATA: close":                                    true,
		"end of data: 451 4.3.0 Error: queue file":       true,
		"end of data: 452 Disk full":                     true,
		"end of data: 450 4.7.1 Greylisted":              false,
		"end of data: 451 4.7.1 Greylisted":              false,
		"end of data: 421 4.3.2 Going down":              true,
		"end of data: 554 5.7.1 Spam":                    false,
		"end of data: close":                             false, // in doubt
		"end of data: reset":                             false,
		"end of data: garble":                            false,
	} {
		t.Run(fault, func(t *testing.T) {
			bad, good := faulty(t, fault), serve(t, smtptest.MailOptions{})
			h, mail := poolOf(t, uint16(bad.Port()), uint16(good.Port())), mailHandle(t)
			mustPool(t, h, func(p *Pool) error { return p.SetWeight(0, mostWeight) })
			n := PoolSend(h, mail)
			r := Told(mail, true)
			outcome := smtp.Outcome(r.GetOutcome())
			if goesOn {
				require.Equal(t, NoError, n, r.GetLastErrorText())
				require.Equal(t, smtp.Accepted, outcome)
				require.Len(t, good.Mails(), 1)
				return
			}
			require.NotEqual(t, NoError, n)
			require.Empty(t, good.Mails())
			require.Equal(t, strings.HasPrefix(fault, "end of data: ") && !strings.Contains(fault, ": 4") && !strings.Contains(fault, ": 5"),
				outcome == smtp.InDoubt, "%v", outcome)
		})
	}
}

// The first relay cannot be used: for example, it cannot be reached, or its password is wrong.
func TestPoolWithABrokenRelay(t *testing.T) {
	for name, set := range map[string]func(*Mailer) error{
		"DNS":         func(m *Mailer) error { return m.SetSMTPServer("host.invalid", 25, false) },
		"no server":   func(m *Mailer) error { return m.SetSMTPServer("", 25, false) },
		"URL":         func(m *Mailer) error { return m.SetSMTPServer("smtp://x", 25, false) },
		"dead":        func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", deadPort(t), false) },
		"certificate": func(m *Mailer) error { return m.SetSecurityType(useTLS) },
		"login": func(m *Mailer) error {
			m.SetLogin("alice@test.example")
			m.SetPassword("wrong")
			return m.SetSMTPServer(m.settings.server, m.settings.port, true)
		},
		"no password": func(m *Mailer) error {
			m.SetLogin("alice@test.example")
			return m.SetSMTPServer(m.settings.server, m.settings.port, true)
		},
	} {
		t.Run(name, func(t *testing.T) {
			bad := serve(t, smtptest.MailOptions{Users: map[string]string{"alice@test.example": "right"}, Mechanisms: []string{"PLAIN"}})
			good := serve(t, smtptest.MailOptions{})
			h, e := poolOf(t), &ends{}
			relay := relayHandle(t, uint16(bad.Port()))
			mustCall(t, relay, set)
			mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "bad") })
			mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, uint16(good.Port())), "good") })
			submit(t, h, 20, e)
			drained(t, h)
			require.Equal(t, 20, e.count(smtp.Accepted))
			require.Len(t, good.Mails(), 20)
			require.Equal(t, 1, counted(h, 0, countHealth))
			require.Positive(t, counted(h, 0, countPause))
			require.NotEmpty(t, PoolValue(h, func(p *Pool) (string, error) { return p.GetRelayError(0) }))
			require.Empty(t, PoolValue(h, func(p *Pool) (string, error) { return p.GetRelayError(1) }))
		})
	}
	small, large := serve(t, smtptest.MailOptions{MaxSize: 100}), serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(small.Port()), uint16(large.Port())), &ends{}
	submit(t, h, 10, e)
	drained(t, h)
	require.Len(t, large.Mails(), 10)
	require.Zero(t, counted(h, 0, countHealth), "a mail that is too big says nothing about the relay")
}

// A server ends each session after two mails. It still gets all mails.
func TestPool421AfterSomeMails(t *testing.T) {
	for _, fault := range []string{"421 after 2", "close after 2"} {
		server := faulty(t, fault)
		h, e := poolOf(t, uint16(server.Port())), &ends{}
		submit(t, h, 60, e)
		drained(t, h)
		require.Equal(t, 60, e.count(smtp.Accepted), "%v", e.all)
		require.Len(t, server.Mails(), 60)
	}
}

func TestPoolSessionMails(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessionMails(0, 5) })
	submit(t, h, 50, e)
	drained(t, h)
	Free(h)
	for _, s := range waitIdle(t, server, 50) {
		require.LessOrEqual(t, s.Mails, 5)
		require.Contains(t, s.Dialogue.String(), "QUIT")
	}
}

func TestPoolEndsIdleSessions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetIdle(0, 20) })
	submit(t, h, 5, e)
	drained(t, h)
	waitIdle(t, server, 5)
	require.Zero(t, counted(h, 0, countSessions))
	submit(t, h, 1, e)
	drained(t, h)
	require.Equal(t, 6, e.count(smtp.Accepted))
}

// If a relay does not reply at one of these steps, the other relay sends the mails, except
// those that are in doubt.
func TestPoolRelayThatNeverAnswers(t *testing.T) {
	for _, at := range []string{"greeting: stall", "MAIL: stall", "end of data: stall"} {
		bad, good := faulty(t, at), serve(t, smtptest.MailOptions{})
		h, e := poolOf(t), &ends{}
		relay := relayHandle(t, uint16(bad.Port()))
		for _, step := range []int{timeoutGreeting, timeoutCommand, timeoutDataEnd} {
			mustCall(t, relay, func(m *Mailer) error { return m.SetTimeout(step, 1500) })
		}
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relay, "bad") })
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, uint16(good.Port())), "good") })
		submit(t, h, 100, e)
		drained(t, h)
		require.Len(t, e.all, 100)
		require.LessOrEqual(t, e.count(smtp.InDoubt), defaultSessions)
		require.Equal(t, 100-e.count(smtp.InDoubt), e.count(smtp.Accepted))
		require.Equal(t, strings.HasPrefix(at, "end"), e.count(smtp.InDoubt) > 0)
		require.Equal(t, e.count(smtp.InDoubt), counted(h, 0, countDoubtful))
	}
}

// However the relays fail, no recipient gets a mail twice, and each mail that was reported
// as accepted has arrived.
func TestPoolNeverDoublesAMail(t *testing.T) {
	steps := []string{"greeting", "EHLO", "MAIL", "RCPT", "DATA", "body", "end of data"}
	does := []string{"close", "reset", "421", "451 4.3.0 Error", "450 4.2.0 Later", "550 5.1.1 No", "garble"}
	for seed := range uint64(12) {
		r := rand.New(rand.NewPCG(seed, 11))
		var servers []*smtptest.MailServer
		var ports []uint16
		for range 3 {
			var faults []smtptest.Fault
			for range 12 {
				step := steps[r.IntN(len(steps))]
				do := does[r.IntN(len(does))]
				if step == "body" {
					do = does[r.IntN(2)]
				}
				faults = append(faults, smtptest.Fault{Step: step, Do: do, Nth: 1 + r.IntN(60)})
			}
			s := serve(t, smtptest.MailOptions{Faults: faults})
			servers, ports = append(servers, s), append(ports, uint16(s.Port()))
		}
		h, e := poolOf(t, ports...), &ends{}
		quickPauses(t, h)
		mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(r.IntN(2)) * 10_000) })
		submit(t, h, 150, e)
		drained(t, h)
		Free(h)
		arrived := map[string]int{}
		for _, s := range servers {
			require.NoError(t, s.WaitIdle(0, soon))
			for _, m := range s.Mails() {
				_, id, _ := strings.Cut(string(m.Data), "Message-ID: ")
				id, _, _ = strings.Cut(id, "\r\n")
				arrived[id]++
			}
		}
		for id, n := range arrived {
			require.Equal(t, 1, n, "seed %d: %s", seed, id)
		}
		require.Len(t, e.all, 150)
		require.GreaterOrEqual(t, len(arrived), e.count(smtp.Accepted), "seed %d", seed)
		require.LessOrEqual(t, len(arrived), e.count(smtp.Accepted)+e.count(smtp.InDoubt), "seed %d", seed)
	}
}

// The journal is called once for the beginning of each attempt, and then once for its end.
func TestPoolJournal(t *testing.T) {
	bad := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "451 4.3.0 Error", Nth: 1}, {Step: "end of data", Do: "close", Nth: 2}}})
	good := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(bad.Port()), uint16(good.Port())), &ends{}
	var mu sync.Mutex
	open, records := map[string]int{}, []string(nil)
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{
			Sending: func(_ uint64, id string, relay int, messageID string) bool {
				mu.Lock()
				defer mu.Unlock()
				if _, twice := open[id]; twice || messageID == "" {
					panic("a second beginning")
				}
				open[id] = relay
				return true
			},
			Ended: func(_ uint64, id string, relay, outcome int, queueID, reply string) bool {
				mu.Lock()
				defer mu.Unlock()
				if at, ok := open[id]; !ok || at != relay {
					panic("an end without a beginning")
				}
				delete(open, id)
				records = append(records, fmt.Sprint(id, smtp.Outcome(outcome), queueID != "", reply != ""))
				return true
			},
		})
	})
	submit(t, h, 40, e)
	drained(t, h)
	require.Empty(t, open)
	require.Len(t, records, 41, "one mail had two attempts")
	require.Equal(t, 1, len(slices.DeleteFunc(slices.Clone(records), func(r string) bool { return !strings.Contains(r, "in doubt") })))
	require.Equal(t, 39, e.count(smtp.Accepted))
}

// The journal can refuse to record the beginning or the end of an attempt.
func TestPoolJournalRefuses(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{Sending: func(uint64, string, int, string) bool { return false },
			Ended: func(uint64, string, int, int, string, string) bool { panic("there was no beginning") }})
	})
	require.Equal(t, canceled, PoolSend(h, mail))
	require.Contains(t, poolError(h), "the journal refused the mail")
	require.Empty(t, server.Mails())
	mustPool(t, h, func(p *Pool) error {
		return p.SetJournal(Journal{Ended: func(uint64, string, int, int, string, string) bool { return false }})
	})
	require.Equal(t, canceled, PoolSend(h, mail), "the program keeps the mail")
	r := Told(mail, true)
	require.Equal(t, int(smtp.Accepted), r.GetOutcome(), "although it was sent")
	require.False(t, r.IsSafeToRetry())
	require.Len(t, server.Mails(), 1)
}

func TestPoolReconcile(t *testing.T) {
	for answer, want := range map[int]smtp.Outcome{reconcileUnknown: smtp.InDoubt, reconcileDelivered: smtp.Accepted, reconcileNotDelivered: smtp.Accepted} {
		bad := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "end of data", Do: "close"}}})
		good := serve(t, smtptest.MailOptions{})
		h, mail := poolOf(t, uint16(bad.Port()), uint16(good.Port())), mailHandle(t)
		mustPool(t, h, func(p *Pool) error { return p.SetWeight(0, mostWeight) })
		var asked atomic.Int32
		var outcomes []smtp.Outcome
		mustPool(t, h, func(p *Pool) error {
			return p.SetJournal(Journal{Ended: func(_ uint64, _ string, _ int, outcome int, _, _ string) bool {
				outcomes = append(outcomes, smtp.Outcome(outcome))
				return true
			}})
		})
		mustPool(t, h, func(p *Pool) error {
			return p.SetReconcile(func(_ uint64, id string, relay int, messageID string) int {
				asked.Add(1)
				if id != messageID || relay != 0 {
					panic("wrong arguments")
				}
				return answer
			})
		})
		n := PoolSend(h, mail)
		require.EqualValues(t, 1, asked.Load())
		require.Equal(t, want, smtp.Outcome(Told(mail, true).GetOutcome()))
		require.Equal(t, want == smtp.Accepted, n == NoError)
		if answer == reconcileNotDelivered {
			require.Len(t, good.Mails(), 1)
			require.Equal(t, []smtp.Outcome{smtp.NotSent, smtp.Accepted}, outcomes)
		} else {
			require.Empty(t, good.Mails())
			require.Equal(t, []smtp.Outcome{want}, outcomes)
		}
	}
}

func TestPoolCallbacksInWait(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, mail := poolOf(t, uint16(server.Port())), mailHandle(t)
	mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(true) })
	var waiting atomic.Bool
	outside := 0
	for range 30 {
		mustPool(t, h, func(p *Pool) error {
			_, err := p.Submit(mail, "", 0, func(uint64, uintptr, Number) {
				if !waiting.Load() {
					outside++
				}
			})
			return err
		})
	}
	waitIdleMails(t, server, 1)
	waiting.Store(true)
	drained(t, h)
	require.Zero(t, outside)
	require.Len(t, server.Mails(), 30)
}

func waitIdleMails(t *testing.T, server *smtptest.MailServer, n int) {
	t.Helper()
	require.Eventually(t, func() bool { return len(server.Mails()) >= n }, soon, time.Millisecond)
}

// All sessions of a relay together send no more mails than the relay's rate allows.
func TestPoolRate(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetRate(0, 50, 1) })
	submit(t, h, 120, e)
	drained(t, h)
	mails := server.Mails()
	require.Len(t, mails, 120)
	require.GreaterOrEqual(t, mails[119].Received.Sub(mails[0].Received), 2*time.Second)
}

// If a relay accepts fewer sessions than are configured, all mails are still sent.
func TestPoolRelayWithFewSessions(t *testing.T) {
	server := serve(t, smtptest.MailOptions{MaxSessions: 2, Faults: []smtptest.Fault{{Do: "latency 1ms"}}})
	h, e := poolOf(t, uint16(server.Port())), &ends{}
	mustPool(t, h, func(p *Pool) error { return p.SetSessions(0, 8) })
	submit(t, h, 1, e)
	drained(t, h)
	submit(t, h, 100, e)
	drained(t, h)
	require.Equal(t, 101, e.count(smtp.Accepted), "%v", e.all)
}

// If the only relay cannot be reached, all mails end after a few attempts to connect.
func TestPoolWithoutServer(t *testing.T) {
	h, e := poolOf(t, deadPort(t)), &ends{}
	submit(t, h, 100, e)
	drained(t, h)
	require.Len(t, e.all, 100)
	for _, one := range e.all {
		require.Equal(t, smtp.NotSent, one.outcome)
		require.Equal(t, wsaConnect, one.n, one.text)
		require.True(t, one.retry)
	}
	require.LessOrEqual(t, counted(h, 0, countFailed), defaultSessions)
}

// A slow relay still gets mails and stays up, as long as it makes progress.
func TestPoolSlowRelay(t *testing.T) {
	slow, quick := faulty(t, "latency 3ms"), serve(t, smtptest.MailOptions{})
	h, e := poolOf(t, uint16(slow.Port()), uint16(quick.Port())), &ends{}
	submit(t, h, 60, e)
	drained(t, h)
	require.Equal(t, 60, e.count(smtp.Accepted))
	require.Equal(t, 60, len(slow.Mails())+len(quick.Mails()))
	require.NotEmpty(t, slow.Mails())
	require.Zero(t, counted(h, 0, countHealth))
}
