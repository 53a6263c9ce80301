// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// limited is a server that calls its function 'refuse' for each recipient, and records the
// recipients of each delivery.
type limited struct {
	ehlo   string
	refuse func(accepted []string, to string) string // the reply to RCPT; "" accepts

	mu       sync.Mutex
	rounds   [][]string // the recipients of each delivery
	commands []string
}

func (l *limited) talk(c net.Conn) {
	in := bufio.NewReader(c)
	var rcpts []string
	deliver := func() {
		l.mu.Lock()
		l.rounds = append(l.rounds, rcpts)
		l.mu.Unlock()
		rcpts = nil
	}
	answer := "220 limited"
	for {
		if _, err := io.WriteString(c, answer+"\r\n"); err != nil {
			return
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		l.mu.Lock()
		l.commands = append(l.commands, line)
		l.mu.Unlock()
		verb, rest, _ := strings.Cut(line, " ")
		answer = "250 2.0.0 Ok"
		switch verb {
		case "EHLO":
			answer = l.ehlo
		case "RCPT":
			to := strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			if no := l.refuse(rcpts, to); no != "" {
				answer = no
			} else {
				rcpts = append(rcpts, to)
			}
		case "DATA":
			io.WriteString(c, "354 go\r\n")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			deliver()
		case "BDAT":
			var size int64
			fmt.Sscanf(rest, "%d", &size)
			io.CopyN(io.Discard, in, size)
			if strings.HasSuffix(rest, "LAST") {
				deliver()
			}
		case "RSET":
			rcpts = nil
		case "QUIT":
			io.WriteString(c, "221 bye\r\n")
			return
		}
	}
}

func (l *limited) session(t *testing.T) *Session {
	s, err := Dial(context.Background(), &Config{Servers: []Server{serve(t, l.talk)}, Timeouts: Timeouts{Total: 20 * time.Second}})
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func atMost(n int, reply string) func([]string, string) string {
	return func(accepted []string, _ string) string {
		if len(accepted) >= n {
			return reply
		}
		return ""
	}
}

const (
	withPipelining = "250-limited\r\n250-PIPELINING\r\n250 CHUNKING"
	stepByStep     = "250-limited\r\n250 CHUNKING"
)

// partialMail returns a mail to n recipients. Its Envelope.Partial is set.
func partialMail(n int, chunking bool) Mail {
	env := manyRecipients(n)
	env.Partial, env.Chunking = true, chunking
	return Mail{env, hello}
}

// If the server refuses recipients because there are too many, the mail is sent to them
// in further transactions. The session remembers the limit.
func TestFurtherTransactions(t *testing.T) {
	for _, ehlo := range []string{withPipelining, stepByStep} {
		for _, chunking := range []bool{false, true} {
			for _, how := range []string{"Send", "SendLast", "SendBatch", "SendBatchLast"} {
				l := &limited{ehlo: ehlo, refuse: atMost(3, "452 4.5.3 Too many recipients")}
				s := l.session(t)
				mails := []Mail{partialMail(8, chunking), partialMail(2, chunking), partialMail(4, chunking)}
				var out []Delivery
				switch how {
				case "SendBatch":
					out = s.SendBatch(mails)
				case "SendBatchLast":
					out = s.SendBatchLast(mails)
				default:
					send := s.Send
					if how == "SendLast" {
						send, mails = s.SendLast, mails[:1]
					}
					for _, m := range mails {
						res, err := send(m.Envelope, m.Message)
						out = append(out, Delivery{res, err})
					}
				}
				require.NoError(t, s.Quit())
				name := fmt.Sprintf("%s, %q, BDAT %v", how, ehlo, chunking)
				want := map[string]int{}
				for i, d := range out {
					require.NoError(t, d.Err, name)
					assert.Equal(t, Accepted, d.Outcome, name)
					for j, row := range d.Recipients {
						assert.True(t, row.Accepted, name)
						assert.Equal(t, mails[i].Envelope.Recipients[j].Address, row.Address, name)
						want[row.Address]++
					}
				}
				got := map[string]int{}
				l.mu.Lock()
				for _, round := range l.rounds {
					assert.LessOrEqual(t, len(round), 3)
					for _, to := range round {
						got[to]++
					}
				}
				assert.Equal(t, want, got, name)
				assert.Equal(t, 1, strings.Count(strings.Join(l.commands, "\n"), "QUIT"), name)
				l.mu.Unlock()
			}
		}
	}
}

// No further transaction begins if it would be useless or is not allowed.
func TestNoFurtherTransaction(t *testing.T) {
	for name, c := range map[string]struct {
		refuse  func([]string, string) string
		partial bool
		outcome Outcome
	}{
		"no partial delivery": {atMost(2, "452 4.5.3 Too many recipients"), false, RejectedTemporary},
		"another 452":         {atMost(2, "452 4.2.2 Mailbox full"), true, Partial},
		"permanent":           {atMost(2, "550 5.1.1 Unknown"), true, Partial},
		"none accepted":       {atMost(0, "452 4.5.3 Too many recipients"), true, RejectedTemporary},
		"one accepted behind": {func(accepted []string, to string) string {
			if strings.Contains(to, ".1@") { // the replies may be in the wrong order, since the next recipient is accepted
				return "452 4.5.3 Too many recipients"
			}
			return ""
		}, true, Partial},
	} {
		l := &limited{ehlo: withPipelining, refuse: c.refuse}
		s := l.session(t)
		m := partialMail(4, false)
		m.Envelope.Partial = c.partial
		res, _ := s.Send(m.Envelope, m.Message)
		assert.Equal(t, c.outcome, res.Outcome, name)
		l.mu.Lock()
		assert.LessOrEqual(t, len(l.rounds), 1, name)
		assert.Equal(t, 1, strings.Count(strings.Join(l.commands, "\n"), "MAIL FROM"), name)
		l.mu.Unlock()
	}
}

// If the server accepts recipients of only one domain per transaction, the mail reaches the
// other domains in further transactions.
func TestFurtherTransactionsByDomain(t *testing.T) {
	l := &limited{ehlo: withPipelining, refuse: func(accepted []string, to string) string {
		domain := to[strings.IndexByte(to, '@'):]
		if len(accepted) > 0 && !strings.HasSuffix(accepted[0], domain) {
			return "451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again."
		}
		return ""
	}}
	s := l.session(t)
	env := envelopeTo("a@one.example", "b@two.example", "c@one.example", "d@three.example", "e@two.example")
	env.Partial = true
	res, err := s.Send(env, hello)
	require.NoError(t, err)
	assert.Equal(t, Accepted, res.Outcome)
	l.mu.Lock()
	defer l.mu.Unlock()
	all := slices.Concat(l.rounds...)
	slices.Sort(all)
	assert.Equal(t, []string{"a@one.example", "b@two.example", "c@one.example", "d@three.example", "e@two.example"}, all)
}

// Envelope.Before limits a new attempt to the recipients without a final reply.
func TestBefore(t *testing.T) {
	l := &limited{ehlo: withPipelining, refuse: func([]string, string) string { return "" }}
	s := l.session(t)
	env := envelopeTo("a@test.example", "b@test.example", "c@test.example", "d@test.example")
	env.Partial = true
	env.Before = &Result{Outcome: Partial, Recipients: []RecipientResult{
		{Address: "a@test.example", Accepted: true, Reply: parsedReply("250 2.1.5 Ok")},
		{Address: "b@test.example", Reply: parsedReply("550 5.1.1 Unknown")},
		{Address: "c@test.example", Reply: parsedReply("552 too many recipients")},
		{Address: "d@test.example"},
	}}
	res, err := s.Send(env, hello)
	require.NoError(t, err)
	assert.Equal(t, Partial, res.Outcome)
	for i, want := range []bool{true, false, true, true} {
		assert.Equal(t, want, res.Recipients[i].Accepted, "%d", i)
	}
	assert.Equal(t, 550, res.Recipients[1].Reply.Code)
	l.mu.Lock()
	assert.Equal(t, [][]string{{"c@test.example", "d@test.example"}}, l.rounds)
	l.mu.Unlock()

	env.Before = &Result{Outcome: InDoubt, Recipients: env.Before.Recipients}
	res, err = s.Send(env, hello)
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, KindLocal, e.Kind)
	assert.Equal(t, InDoubt, res.Outcome)
}

// If it turns out in a further transaction that replies do not match the commands, the
// recipients of the earlier transactions are in doubt too.
func TestFurtherTransactionOutOfStep(t *testing.T) {
	dialogue := []string{"220 a\r\n", "250 a\r\n", "250 ok\r\n", "250 ok\r\n", "452 4.5.3 too many recipients\r\n",
		"354 go\r\n", "250 ok\r\n", "250 not asked\r\n250 ok\r\n"}
	server := serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		for _, reply := range dialogue {
			io.WriteString(c, reply)
			line, err := in.ReadString('\n')
			for err == nil && strings.HasPrefix(reply, "354") && line != ".\r\n" {
				line, err = in.ReadString('\n')
			}
			if err != nil {
				return
			}
		}
		io.Copy(io.Discard, in)
	})
	s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: allOf(20 * time.Second)})
	require.NoError(t, err)
	defer s.Close()
	m := partialMail(2, false)
	res, err := s.Send(m.Envelope, m.Message)
	assert.ErrorIs(t, err, ErrInDoubt)
	assert.Equal(t, InDoubt, res.Outcome)
	for _, row := range res.Recipients {
		assert.False(t, row.Accepted)
	}
}

// If the server does not reply to RCPT within PipeliningWait, the session ends, and the error
// wraps ErrPipelining. The error is another one if the server has refused MAIL, or if the time
// limit of the call passes first.
func TestPipeliningWait(t *testing.T) {
	for name, c := range map[string]struct {
		replies string
		total   time.Duration
		want    bool
	}{
		"no reply":      {"", 0, true},
		"MAIL accepted": {"250 ok\r\n", 0, true},
		"half a reply":  {"250 ok\r\n250-Reci", 0, true},
		"MAIL refused":  {"451 no\r\n", 0, false},
		"RCPT accepted": {"250 ok\r\n250 ok\r\n", 0, false},
		"total":         {"250 ok\r\n", 100 * time.Millisecond, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(conn net.Conn) {
				in := bufio.NewReader(conn)
				io.WriteString(conn, "220 a\r\n")
				in.ReadString('\n')
				io.WriteString(conn, "250-a\r\n250 PIPELINING\r\n")
				in.ReadString('\n')
				io.WriteString(conn, c.replies)
				io.Copy(io.Discard, in)
			})
			timeouts := allOf(time.Second)
			timeouts.Total = c.total
			s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: timeouts, PipeliningWait: 200 * time.Millisecond})
			require.NoError(t, err)
			defer s.Close()
			res, err := s.Send(envelopeTo("a@test.example"), hello)
			require.Error(t, err)
			assert.Equal(t, c.want, errors.Is(err, ErrPipelining), "%v", err)
			assert.True(t, !c.want || AnotherSession(err))
			assert.True(t, res.SafeToRetry(err))
		})
	}
}
