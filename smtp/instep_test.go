// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// steps is a server that accepts any mail. The function reply may replace the server's
// usual reply to the nth command with a given name. The name of the end of a message is ".".
// reply returns false to keep the usual reply.
type steps struct {
	extensions []string
	tls        bool
	reply      func(command string, nth int) (string, bool)
}

func (x steps) serve(t *testing.T) Server {
	return serve(t, func(conn net.Conn) {
		if x.tls {
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{disorderCertificate()}})
		}
		x.talk(conn)
	})
}

func (x steps) talk(conn net.Conn) {
	in := bufio.NewReader(conn)
	seen, said := map[string]int{}, ""
	answer := func(command, usual string) bool {
		seen[command]++
		if text, is := x.reply(command, seen[command]); is {
			usual = text
		}
		said = usual
		// "|" stands for a pause, so that the rest is sent in another segment; "!" stands
		// for closing the connection.
		for i, part := range strings.Split(usual, "|") {
			if i > 0 {
				time.Sleep(30 * time.Millisecond)
			}
			part, end := strings.CutSuffix(part, "!")
			if _, err := io.WriteString(conn, part); err != nil || end {
				return false
			}
		}
		return true
	}
	if !answer("greeting", "220 a\r\n") {
		return
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		command, usual := strings.ToUpper(line[:4]), "250 ok\r\n"
		switch command {
		case "EHLO", "LHLO":
			usual = "250-a\r\n"
			for _, e := range x.extensions {
				usual += "250-" + e + "\r\n"
			}
			usual += "250 HELP\r\n"
		case "QUIT":
			usual = "221 bye\r\n!"
		case "DATA":
			if !answer("DATA", "354 go\r\n") {
				return
			}
			if said[0] != '3' {
				continue
			}
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			command = "."
		case "BDAT":
			var size int64
			var last string
			fmt.Sscanf(line, "BDAT %d %s", &size, &last)
			if _, err := io.CopyN(io.Discard, in, size); err != nil {
				return
			}
			if last == "LAST" {
				command = "."
			}
		}
		if !answer(command, usual) {
			return
		}
	}
}

// 'only' returns a function for the field reply of steps. The function replaces the reply
// to the first command whose name is 'command' with 'text', and changes no other reply.
func only(command, text string) func(string, int) (string, bool) {
	return func(c string, nth int) (string, bool) { return text, c == command && nth == 1 }
}

func (x steps) dial(t *testing.T, onThread, lmtp bool) *Session {
	cfg := &Config{Servers: []Server{x.serve(t)}, Timeouts: allOf(30 * time.Second), OnThread: onThread, LMTP: lmtp}
	if x.tls {
		cfg.Security = ImplicitTLS
		cfg.TLS.RootCAs = smtptest.Authority().Pool()
	}
	s, err := Dial(context.Background(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// everyLink runs a test with and without TLS, each time with a session that waits on its
// thread and with one that waits in the runtime's poller.
func everyLink(t *testing.T, test func(t *testing.T, secure, onThread bool)) {
	for _, secure := range []bool{false, true} {
		for _, onThread := range []bool{false, true} {
			t.Run(fmt.Sprintf("TLS %v, on thread %v", secure, onThread), func(t *testing.T) {
				t.Parallel()
				test(t, secure, onThread)
			})
		}
	}
}

// If octets arrive together with the 354, the client detects them before it sends the
// message. If they arrive a moment later, it detects them before it sends the final dot.
func TestReplyAfter354(t *testing.T) {
	everyLink(t, func(t *testing.T, secure, onThread bool) {
		for _, size := range []int{1, 63, 64, 66, 100, 3000} { // KiB
			for _, reply := range []string{"250 taken already", "552 too big"} {
				for _, hide := range [][]string{nil, {"PIPELINING"}} {
					x := steps{tls: secure, extensions: hide, reply: only("DATA", "354 go\r\n"+reply+"\r\n")}
					s := x.dial(t, onThread, false)
					res, err := s.Send(envelopeTo("a@b.example"), text(strings.Repeat(strings.Repeat("x", 62)+"\r\n", size<<4)))
					var e *Error
					require.True(t, errors.As(err, &e), "%d KiB: %v", size, err)
					assert.Equal(t, OpBody, e.Op, "%d KiB: %v", size, e)
					assert.False(t, s.Usable())
					if reply[0] == '5' {
						assert.Equal(t, RejectedPermanent, res.Outcome, "%d KiB: %v", size, e)
						assert.Equal(t, 552, e.Reply.Code)
					} else {
						assert.Equal(t, NotSent, res.Outcome, "%d KiB: %v", size, e)
						assert.Equal(t, KindProtocol, e.Kind)
					}
				}
			}
		}
	})
}

// If a server sends anything but a 421 after the reply to a message, the mail is in doubt,
// with DATA and with BDAT. A 421 does not affect the outcome.
func TestOctetsAfterFinalReply(t *testing.T) {
	everyLink(t, func(t *testing.T, secure, onThread bool) {
		for _, c := range []struct {
			at, text string
			outcome  Outcome
		}{
			{".", "250 ok\r\n554 no\r\n", InDoubt},
			{".", "554 no\r\n250 ok\r\n", InDoubt},
			{".", "250 ok\r\n25", InDoubt},
			{".", "421 leaving\r\n250 ok\r\n!", InDoubt},
			{".", "250 ok\r\n421 leaving\r\n!", Accepted},
			{".", "554 no\r\n421 leaving\r\n!", RejectedPermanent},
			{".", "421 leaving\r\n421 leaving\r\n!", RejectedTemporary},
			{".", "250 ok\r\n!", Accepted},
		} {
			for name, set := range map[string]func(*Envelope){"DATA": nil, "BDAT": func(e *Envelope) { e.Chunking = true }} {
				for _, size := range []int{1, 1500} {
					for _, lmtp := range []bool{false, true} {
						where := fmt.Sprintf("%q, %s, %d lines, LMTP %v", c.text, name, size, lmtp)
						x := steps{tls: secure, extensions: []string{"CHUNKING"}, reply: only(c.at, c.text)}
						s := x.dial(t, onThread, lmtp)
						env := envelopeTo("a@b.example")
						if set != nil {
							set(env)
						}
						res, err := s.Send(env, text(strings.Repeat(strings.Repeat("x", 62)+"\r\n", size)))
						require.Equal(t, c.outcome, res.Outcome, "%s: %v", where, err)
						require.Equal(t, c.outcome == InDoubt, errors.Is(err, ErrInDoubt), where)
						require.Equal(t, c.outcome == Accepted, err == nil, where)
						require.Equal(t, c.outcome == Accepted, res.Recipients[0].Accepted, where)
					}
				}
			}
		}
	})
}

// After an extra reply, the client takes each reply for the reply to the command after the
// right one, and never reads the reply to the last mail. If QUIT is sent at once, the reply
// to QUIT shows that the replies do not match the commands.
func TestQuitShowsWhetherRepliesWereInStep(t *testing.T) {
	extra := func(c string, nth int) (string, bool) {
		switch {
		case c == "MAIL" && nth == 1:
			return "250 ok\r\n250 again\r\n", true
		case c == ".":
			return "|554 5.7.1 refused\r\n", true
		}
		return "", false
	}
	twice := only(".", "250 ok\r\n|554 5.7.1 refused\r\n")
	chunking := func(e *Envelope) { e.Chunking = true }
	for name, c := range map[string]struct {
		x     steps
		set   func(*Envelope)
		lmtp  bool
		batch int
	}{
		"DATA, stepwise":  {x: steps{reply: twice}},
		"DATA, pipelined": {x: steps{reply: twice, extensions: []string{"PIPELINING"}}},
		"DATA, batch":     {x: steps{reply: twice, extensions: []string{"PIPELINING"}}, batch: 1},
		"LMTP":            {x: steps{reply: twice, extensions: []string{"PIPELINING"}}, lmtp: true},
		"BDAT, stepwise":  {x: steps{reply: twice, extensions: []string{"CHUNKING"}}, set: chunking},
		"BDAT, pipelined": {x: steps{reply: extra, extensions: []string{"CHUNKING", "PIPELINING"}}, set: chunking},
		"BDAT, group":     {x: steps{reply: extra, extensions: []string{"CHUNKING", "PIPELINING"}}, set: chunking, batch: 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := c.x.dial(t, false, c.lmtp)
			env := envelopeTo("a@b.example")
			if c.set != nil {
				c.set(env)
			}
			var out []Delivery
			if c.batch > 0 {
				mails := make([]Mail, c.batch)
				for i := range mails {
					mails[i] = Mail{env, hello}
				}
				out = s.SendBatchLast(mails)
			} else {
				res, err := s.SendLast(env, hello)
				out = []Delivery{{res, err}}
			}
			d := out[len(out)-1]
			require.Equal(t, InDoubt, d.Outcome, "%v", d.Err)
			var e *Error
			require.True(t, errors.As(d.Err, &e))
			require.Equal(t, KindProtocol, e.Kind, "%v", e)
			require.False(t, s.Usable())
		})
	}
}

// A failure of QUIT alone does not change the outcome.
func TestQuitChangesNothing(t *testing.T) {
	for _, reply := range []string{"!", "500 5.5.1 you cannot leave\r\n", "421 leaving\r\n!", "garbage\r\n", "22!"} {
		for _, extension := range []string{"PIPELINING", "8BITMIME"} {
			s := steps{reply: only("QUIT", reply), extensions: []string{extension}}.dial(t, false, false)
			res, err := s.SendLast(envelopeTo("a@b.example"), hello)
			require.NoError(t, err, reply)
			require.Equal(t, Accepted, res.Outcome, reply)
			require.Error(t, s.Quit(), reply)
			require.NoError(t, s.Quit(), reply)
		}
	}
}

// If a server refuses a chunk and closes the connection at once, the client reads the server's
// reply although the client's next write fails. TestEarlyReply does the same with DATA.
func TestRefusedWhileWritingAndClosed(t *testing.T) {
	everyLink(t, func(t *testing.T, secure, onThread bool) {
		for range 20 {
			for _, pipelining := range []string{"PIPELINING", "8BITMIME"} {
				x := steps{tls: secure, extensions: []string{"CHUNKING", pipelining},
					reply: func(c string, nth int) (string, bool) { return "550 5.7.1 enough\r\n!", c == "BDAT" && nth == 2 }}
				s := x.dial(t, onThread, false)
				env := envelopeTo("a@b.example")
				env.Chunking = true
				res, err := s.Send(env, blocks(200))
				var e *Error
				require.True(t, errors.As(err, &e), "%v", err)
				require.NotNil(t, e.Reply, "%v", e)
				require.Equal(t, 550, e.Reply.Code)
				require.Equal(t, RejectedPermanent, res.Outcome)
				require.False(t, s.Usable())
			}
		}
	})
}

// The recipients of the next mail could be added to an open transaction. So the client
// sends RSET after every failure that may leave a transaction open.
func TestNoMailReachesAnotherMailsRecipient(t *testing.T) {
	no := "550 5.7.1 no\r\n"
	for name, c := range map[string]struct {
		reply func(string, int) (string, bool)
		set   func(*Envelope)
	}{
		"BDAT LAST refused":       {only(".", no), func(e *Envelope) { e.Chunking = true }},
		"BDAT refused":            {only("BDAT", no), func(e *Envelope) { e.Chunking = true }},
		"a recipient refused":     {only("RCPT", no), nil},
		"all refused":             {func(c string, nth int) (string, bool) { return no, c == "RCPT" && nth <= 2 }, func(e *Envelope) { e.Partial = true }},
		"DATA refused":            {only("DATA", no), nil},
		"RCPT good, MAIL refused": {only("MAIL", no), func(e *Envelope) { e.Chunking = true }},
		"LMTP, BDAT LAST refused": {func(c string, nth int) (string, bool) {
			return map[int]string{1: no + no, 2: "250 ok\r\n250 ok\r\n"}[nth], c == "."
		}, func(e *Envelope) { e.Chunking = true }},
		"BDAT LAST refused, long one": {only(".", no), func(e *Envelope) { e.Chunking, e.Partial = true, true }},
	} {
		for _, pipelining := range []string{"PIPELINING", "8BITMIME"} {
			for _, batch := range []bool{false, true} {
				if name == "RCPT good, MAIL refused" && pipelining != "PIPELINING" {
					continue // the client reads the refusal before it sends RCPT
				}
				var heard []string
				refusing := false // whether the server refuses further chunks, until RSET
				x := steps{extensions: []string{"CHUNKING", pipelining}}
				x.reply = func(command string, nth int) (string, bool) {
					heard = append(heard, command)
					text, is := c.reply(command, nth)
					refusing = command != "RSET" && (refusing || is && command == "BDAT")
					if refusing && (command == "BDAT" || command == ".") {
						return no, true
					}
					return text, is
				}
				s := x.dial(t, false, strings.HasPrefix(name, "LMTP"))
				mails := make([]Mail, 2)
				for i := range mails {
					env := envelopeTo("a@b.example", "b@b.example")
					if c.set != nil {
						c.set(env)
					}
					mails[i] = Mail{env, failing{40, nil}}
				}
				var out []Delivery
				if batch {
					out = s.SendBatch(mails)
				} else {
					for _, m := range mails {
						res, err := s.Send(m.Envelope, m.Message)
						out = append(out, Delivery{res, err})
					}
				}
				where := fmt.Sprintf("%s, %s, batch %v", name, pipelining, batch)
				require.Equal(t, []Outcome{RejectedPermanent, Accepted}, outcomes(out), "%s: %v", where, out[1].Err)
				require.NoError(t, s.Quit())
				all := strings.Join(heard, " ")
				_, behind, _ := strings.Cut(all, "MAIL")
				between, _, _ := strings.Cut(behind, "MAIL")
				if strings.Contains(between, "DATA .") {
					continue // a message, or a final dot without a message, has ended the transaction
				}
				require.Contains(t, between, "RSET", "%s: %s", where, all)
				require.Equal(t, 1, strings.Count(all, "RSET"), "%s: %s", where, all)
			}
		}
	}
}

// An invalid reply to the message is not reported as a lost connection.
func TestInvalidReplyToAMessage(t *testing.T) {
	tx := &transaction{}
	assert.NotContains(t, tx.inDoubt(&Error{Op: OpEndOfData, Kind: KindProtocol, Err: syntaxError("not an SMTP reply")}).Error(), "lost")
	assert.Contains(t, tx.inDoubt(&Error{Op: OpEndOfData, Kind: KindClosed, Err: errHungUp}).Error(), "lost")
}
