// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// raw is a message that is written unchanged, in pieces.
type raw []byte

func (m raw) WriteTo(w io.Writer) (n int64, err error) {
	for rest := []byte(m); len(rest) > 0; {
		piece := min(len(rest), 10000)
		k, err := w.Write(rest[:piece])
		n += int64(k)
		if err != nil {
			return n, err
		}
		rest = rest[piece:]
	}
	return n, nil
}
func (m raw) Size() int64 { return int64(len(m)) }

func TestBinary(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, hide := range [][]string{nil, {"PIPELINING"}} {
		for _, size := range []int{0, 1, 65536, 1 << 20} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: hide})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			defer s.Close()
			msg := append(raw("Subject: x\r\n\r\n"), make([]byte, size)...)
			for i := range msg[14:] {
				msg[14+i] = byte(rnd.Uint32())
			}
			msg = append(msg, "\r\n"...)
			env := envelopeTo("a@test.example", "b@test.example")
			env.Body = BodyBinaryMIME
			for range 2 {
				res, err := s.Send(env, msg)
				require.NoError(t, err)
				require.Equal(t, Accepted, res.Outcome)
				require.Len(t, res.Recipients, 2)
			}
			for _, m := range server.Mails() {
				require.True(t, bytes.Equal(msg, m.Data), "size %d", size)
				require.Contains(t, m.Params, "BODY=BINARYMIME")
			}
			require.Len(t, server.Mails(), 2)
			require.Empty(t, server.Sessions()[0].Violations)
		}
	}
}

// If the server refuses the sender or the recipient after the client has begun to send the
// message, the mail is not in doubt, and the session can send the next mail.
func TestEnvelopeRefusedAfterChunks(t *testing.T) {
	for _, fault := range []smtptest.Fault{{Step: "MAIL", Do: "451 4.3.0 Not now", Nth: 1}, {Step: "RCPT", Do: "550 5.1.1 No", Nth: 1}} {
		for _, size := range []int{1, 50} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{fault}})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			defer s.Close()
			env := envelopeTo("a@test.example")
			env.Chunking = true
			res, err := s.Send(env, blocks(size))
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, Op(fault.Step), e.Op)
			assert.Equal(t, KindRefused, e.Kind)
			assert.NotEqual(t, InDoubt, res.Outcome)
			require.Empty(t, server.Mails())
			require.True(t, s.Usable(), "%v", err)
			res, err = s.Send(env, blocks(size))
			require.NoError(t, err)
			require.Equal(t, Accepted, res.Outcome)
			require.Len(t, server.Mails(), 1)
		}
	}
}

// failing is a message of unknown size. Its WriteTo writes n blocks, and then returns err.
type failing struct {
	n   int
	err error
}

func (f failing) WriteTo(w io.Writer) (int64, error) {
	n, err := blocks(f.n).WriteTo(w)
	if err == nil {
		err = f.err
	}
	return n, err
}

func TestSourceFails(t *testing.T) {
	broken := errors.New("disk on fire")
	for _, chunking := range []bool{false, true} {
		for _, n := range []int{0, 1, 50} {
			for _, hide := range [][]string{nil, {"PIPELINING"}} {
				t.Run(fmt.Sprint(chunking, n, hide), func(t *testing.T) {
					server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: hide})
					s, err := Dial(context.Background(), configFor(server, NoSecurity))
					require.NoError(t, err)
					defer s.Close()
					env := envelopeTo("a@test.example")
					env.Chunking = chunking
					res, err := s.Send(env, failing{n, broken})
					require.ErrorIs(t, err, broken)
					var e *Error
					require.True(t, errors.As(err, &e))
					assert.Equal(t, OpBody, e.Op)
					assert.Equal(t, KindLocal, e.Kind)
					assert.Equal(t, NotSent, res.Outcome)
					assert.False(t, IsStale(err))
					assert.Equal(t, chunking, s.Usable())
					if chunking {
						res, err = s.Send(env, hello)
						require.NoError(t, err)
						require.Equal(t, Accepted, res.Outcome)
						require.Len(t, server.Mails(), 1)
					} else {
						require.Empty(t, server.Mails(), "without a dot nothing was delivered")
					}
				})
			}
		}
	}
}

// If the server refuses a chunk before the last one, the mail is refused, and the session
// can send the next mail.
func TestChunkRefused(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, MaxSize: 1000000, Hide: []string{"SIZE"}})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	defer s.Close()
	env := envelopeTo("a@test.example")
	env.Chunking = true
	res, err := s.Send(env, failing{200, nil})
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	assert.Equal(t, 552, e.Reply.Code)
	assert.Equal(t, RejectedPermanent, res.Outcome)
	require.True(t, s.Usable())
	res, err = s.Send(env, hello)
	require.NoError(t, err)
	require.Equal(t, Accepted, res.Outcome)
}

// If the whole message was sent together with the envelope and the reply to the message does
// not arrive, the server may have accepted the message.
func TestChunksInDoubt(t *testing.T) {
	for _, answers := range [][]string{
		{"220 a\r\n", "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", ""},
		{"220 a\r\n", "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", "250 ok\r\n"},
		{"220 a\r\n", "250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n", "250 ok\r\n250 ok\r\n"},
	} {
		s, err := Dial(context.Background(), &Config{Servers: []Server{say(t, answers...)}, Timeouts: short()})
		require.NoError(t, err)
		env := envelopeTo("a@test.example")
		env.Chunking = true
		res, err := s.Send(env, hello)
		require.ErrorIs(t, err, ErrInDoubt)
		assert.Equal(t, InDoubt, res.Outcome)
		assert.False(t, IsStale(err), "sending again could double it")
	}
}

// The log has a line for each BDAT command, before the reply to the message.
func TestTraceOfChunks(t *testing.T) {
	for _, hide := range [][]string{nil, {"PIPELINING"}} {
		for size, want := range map[int][]string{
			100:    {"BDAT 100 LAST"},
			65536:  {"BDAT 65536 LAST"},
			65537:  {"BDAT 65536", "BDAT 1 LAST"},
			200000: {"BDAT 65536", "BDAT 65536", "BDAT 65536", "BDAT 3392 LAST"},
		} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: hide})
			c := configFor(server, NoSecurity)
			var lines []string
			c.Trace = func(_ Direction, line string) { lines = append(lines, line) }
			s, err := Dial(context.Background(), c)
			require.NoError(t, err)
			env := envelopeTo("a@test.example")
			env.Body, env.Chunking = BodyBinaryMIME, true
			for range 2 {
				lines = nil
				res, err := s.Send(env, raw("A: b\r\n\r\n"+strings.Repeat("x", size-8)))
				require.NoError(t, err)
				require.Equal(t, Accepted, res.Outcome)
				var sent []string
				for _, line := range lines {
					if strings.HasPrefix(line, "BDAT ") {
						sent = append(sent, line)
					}
				}
				require.Equal(t, want, sent)
				require.True(t, strings.HasPrefix(lines[len(lines)-1], "250"), "%q", lines)
			}
			s.Close()
		}
	}
}

// If the server has closed the session since the last mail, a mail by BDAT is not sent: the
// client would send the content before it could read the server's 421.
func TestSessionClosedBeforeBDAT(t *testing.T) {
	leave := make(chan struct{})
	server := serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		io.WriteString(c, "220 ready\r\n")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); verb {
			case "EHLO":
				io.WriteString(c, "250-mail.test.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n")
			case "BDAT":
				n, _, _ := strings.Cut(rest, " ")
				size, _ := strconv.ParseInt(n, 10, 64)
				io.CopyN(io.Discard, in, size)
				io.WriteString(c, "250 accepted\r\n")
				<-leave
				io.WriteString(c, "421 idle for too long\r\n")
				return
			default:
				io.WriteString(c, "250 ok\r\n")
			}
		}
	})
	var mails int
	s, err := Dial(t.Context(), &Config{Servers: []Server{server}, Timeouts: allOf(20 * time.Second), Trace: func(_ Direction, line string) {
		if strings.HasPrefix(line, "MAIL") {
			mails++
		}
	}})
	require.NoError(t, err)
	defer s.Close()
	env := envelopeTo("bob@test.example")
	env.Chunking = true
	_, err = s.Send(env, hello)
	require.NoError(t, err)
	close(leave)
	require.Eventually(t, s.link.Readable, 20*time.Second, time.Millisecond)
	time.Sleep(askAfterBDAT)
	res, err := s.Send(env, hello)
	require.True(t, IsStale(err), "%v", err)
	require.True(t, res.SafeToRetry(err))
	require.Equal(t, 1, mails, "a MAIL was sent")
}
