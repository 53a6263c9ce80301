// SPDX-License-Identifier: MIT

package mailer

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"

	"github.com/stretchr/testify/require"
)

// arrivals counts the messages that the relays have accepted, by Message-ID.
type arrivals struct {
	mu      sync.Mutex
	of      map[string]int
	dropped map[string]bool // the messages that were discarded without a reply
}

func (a *arrivals) add(text []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of[messageIDOf(text)]++
}

func (a *arrivals) drop(text []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dropped[messageIDOf(text)] = true
}

// settle is the Reconcile callback. If a mail was canceled after its last octet was sent,
// settle does not know what happened to the mail, because it is possible that the relay
// has not read the octet yet.
func (a *arrivals) settle(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	dropped := a.dropped[id]
	delete(a.dropped, id)
	switch {
	case a.of[id] > 0:
		return reconcileDelivered
	case dropped:
		return reconcileNotDelivered
	}
	return reconcileUnknown
}

func messageIDOf(text []byte) string {
	_, id, _ := strings.Cut(string(text), "Message-ID: ")
	id, _, _ = strings.Cut(id, "\r\n")
	return id
}

func (a *arrivals) count(id string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of[id]
}

// trouble is how a relay misbehaves at one step.
type trouble int

const (
	works trouble = iota
	temporary
	permanent
	closes
	ends421
	slow
	acceptsAndCloses // at the end of data: the relay accepts the mail, and closes without a reply
	closesUnaccepted // at the end of data: the relay does not accept the mail, and closes without a reply
)

// moody is a relay that chooses at random what it does at each step. It counts the messages
// that it has accepted.
func moody(c net.Conn, r *rand.Rand, odds int, a *arrivals) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(soon))
	lines := newLines(c)
	// reply sends the reply to a step, and reports whether the session goes on.
	reply := func(good string) bool {
		mood := works
		if r.IntN(odds) == 0 {
			mood = trouble(1 + r.IntN(5))
		}
		text := good
		switch mood {
		case temporary:
			text = []string{"451 4.3.0 Error", "450 4.2.1 Busy", "451 Later", "452 4.3.1 Full"}[r.IntN(4)]
		case permanent:
			text = "550 5.1.1 No"
		case closes:
			return false
		case ends421:
			text = "421 4.3.2 Going down"
		case slow:
			time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
		}
		_, err := io.WriteString(c, text+"\r\n")
		return err == nil && mood != ends421
	}
	if !reply("220 ready") {
		return
	}
	recipients := 0
	for {
		line, err := lines()
		if err != nil || len(line) < 4 {
			return
		}
		switch strings.ToUpper(line[:4]) {
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
			return
		case "EHLO":
			if !reply("250 moody") {
				return
			}
		case "DATA":
			if recipients == 0 {
				if _, err := io.WriteString(c, "554 no recipients\r\n"); err != nil {
					return
				}
				continue
			}
			if !dataOf(c, r, odds, lines, a) {
				return
			}
			recipients = 0
		case "RCPT":
			if r.IntN(odds) == 0 {
				if !reply("550 5.1.1 No such user") {
					return
				}
				continue
			}
			recipients++
			if _, err := io.WriteString(c, "250 ok\r\n"); err != nil {
				return
			}
		default:
			recipients = 0
			if r.IntN(odds) == 0 {
				if !reply("451 4.3.0 Error") {
					return
				}
				continue
			}
			if _, err := io.WriteString(c, "250 ok\r\n"); err != nil {
				return
			}
		}
	}
}

// dataOf receives a message, and reports whether the session goes on.
func dataOf(c net.Conn, r *rand.Rand, odds int, lines func() (string, error), a *arrivals) bool {
	if _, err := io.WriteString(c, "354 go on\r\n"); err != nil {
		return false
	}
	var text bytes.Buffer
	for {
		line, err := lines()
		if err != nil {
			return false
		}
		if line == "." {
			break
		}
		text.WriteString(line + "\r\n")
	}
	if r.IntN(odds) == 0 {
		switch mood := trouble(1 + r.IntN(7)); mood {
		case temporary:
			_, err := io.WriteString(c, "451 4.3.0 Error\r\n")
			return err == nil
		case permanent:
			_, err := io.WriteString(c, "554 5.7.1 No\r\n")
			return err == nil
		case ends421:
			io.WriteString(c, "421 4.3.2 Going down\r\n")
			return false
		case acceptsAndCloses:
			a.add(text.Bytes())
			return false
		case closes, closesUnaccepted:
			a.drop(text.Bytes())
			return false
		case slow:
			time.Sleep(time.Duration(r.IntN(5)) * time.Millisecond)
		}
	}
	a.add(text.Bytes())
	_, err := io.WriteString(c, "250 2.0.0 Ok: queued as 1234\r\n")
	return err == nil
}

// TestPoolUnderStress sends mails over relays that fail at random. Several goroutines submit
// the mails. These goroutines and the callbacks also cancel and free mails, and wait for
// them. Each mail ends exactly once. No mail is accepted twice, and no mail that was reported
// as accepted is lost.
func TestPoolUnderStress(t *testing.T) {
	runs := 24
	if testing.Short() {
		runs = 6
	}
	for range runs {
		seed := rand.Uint64()
		t.Run(fmt.Sprint(seed), func(t *testing.T) { stress(t, seed) })
	}
}

type concluded struct {
	times   int
	outcome smtp.Outcome
}

func stress(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	a := &arrivals{of: map[string]int{}, dropped: map[string]bool{}}
	var rolls sync.Mutex
	roll := func(n int) int { rolls.Lock(); defer rolls.Unlock(); return r.IntN(n) }
	h := NewPool()
	for range 1 + roll(3) {
		odds := 4 + roll(40)
		port := serveWith(t, func(c net.Conn) { moody(c, rand.New(rand.NewPCG(rand.Uint64(), 2)), odds, a) })
		if roll(8) == 0 {
			port = deadPort(t)
		}
		mustPool(t, h, func(p *Pool) error { return p.AddRelay(relayHandle(t, port), "") })
		relay := uint32(PoolValue(h, func(p *Pool) (int, error) { return len(p.relays) - 1, nil }))
		mustPool(t, h, func(p *Pool) error { return p.SetSessions(relay, uint32(1+roll(6))) })
		mustPool(t, h, func(p *Pool) error { return p.SetSessionMails(relay, uint32(roll(2)*(1+roll(5)))) })
		mustPool(t, h, func(p *Pool) error { return p.SetRate(relay, uint32(roll(2)*500), 1) })
		mustPool(t, h, func(p *Pool) error { return p.SetIdle(relay, uint32(roll(20))) })
	}
	mustPool(t, h, func(p *Pool) error { return p.SetPause(1, 20) })
	mustPool(t, h, func(p *Pool) error { return p.SetPatience(uint32(roll(2) * 2000)) })
	mustPool(t, h, func(p *Pool) error { return p.SetQueue(uint32(10 + roll(100))) })
	inWait := roll(4) == 0
	mustPool(t, h, func(p *Pool) error { return p.SetCallbacksInWait(inWait) })
	var mu sync.Mutex
	ends, attempts := map[string]*concluded{}, map[string]int{}
	if roll(2) == 0 {
		mustPool(t, h, func(p *Pool) error {
			return p.SetJournal(Journal{
				Sending: func(_ uint64, id string, _ int, _ string) bool {
					mu.Lock()
					defer mu.Unlock()
					attempts[id]++
					return true
				},
				Ended: func(_ uint64, id string, _, _ int, _, _ string) bool {
					mu.Lock()
					defer mu.Unlock()
					attempts[id]--
					return true
				},
			})
		})
	}
	if roll(2) == 0 {
		mustPool(t, h, func(p *Pool) error {
			return p.SetReconcile(func(_ uint64, _ string, _ int, messageID string) int { return a.settle(messageID) })
		})
	}
	told := func(id uint64, mail uintptr, _ Number) {
		inCallback(id, func() {
			report, messageID := Told(mail, true), Value(mail, (*Mailer).GetMessageID)
			mu.Lock()
			if ends[messageID] == nil {
				ends[messageID] = &concluded{}
			}
			ends[messageID].times++
			ends[messageID].outcome = smtp.Outcome(report.GetOutcome())
			mu.Unlock()
			switch roll(30) {
			case 0:
				PoolDo(h, func(p *Pool) error { return p.Wait(-1) }) // busy
			case 1:
				Free(mail)
			case 2:
				Cancel(mail)
			}
		})
	}
	var submitted sync.Map
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			mail := mailHandle(t)
			for range 60 {
				var copied uintptr
				if PoolDo(h, func(p *Pool) (err error) {
					return p.SubmitTo(mail, "", time.Duration(roll(2000))*time.Microsecond, told, &copied)
				}) == NoError {
					submitted.Store(Value(mail, (*Mailer).GetMessageID), true)
				}
				switch roll(25) {
				case 0:
					Cancel(copied)
				case 1:
					Free(copied)
				case 2:
					PoolDo(h, func(p *Pool) error { return p.Wait(time.Millisecond) })
				case 3:
					time.Sleep(time.Duration(roll(10)) * time.Millisecond)
				case 4:
					if roll(10) == 0 {
						Cancel(h)
					}
				}
			}
		})
	}
	within(t, "Submit", all.Wait)
	within(t, "Free", func() {
		if roll(2) == 0 {
			PoolDo(h, func(p *Pool) error { return p.Wait(soon) })
		}
		if roll(3) == 0 {
			var both sync.WaitGroup
			both.Go(func() { Free(h) })
			both.Go(func() { Free(h) })
			both.Wait()
		}
		Free(h)
	})
	mu.Lock()
	defer mu.Unlock()
	n := 0
	submitted.Range(func(id, _ any) bool {
		n++
		end := ends[id.(string)]
		require.NotNil(t, end, "%s has not ended", id)
		require.Equal(t, 1, end.times, "%s", id)
		switch arrived := a.count(id.(string)); end.outcome {
		case smtp.Accepted:
			require.Equal(t, 1, arrived, "%s", id)
		case smtp.InDoubt:
			require.LessOrEqual(t, arrived, 1, "%s", id)
		default:
			require.Zero(t, arrived, "%s: %v", id, end.outcome)
		}
		return true
	})
	require.Len(t, ends, n)
	for id, open := range attempts {
		require.Zero(t, open, "the journal of %s", id)
	}
}
