// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
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

func batchOf(n int, msg Message, change func(i int, m *Mail)) []Mail {
	mails := make([]Mail, n)
	for i := range mails {
		mails[i] = Mail{envelopeTo("rcpt@test.example"), msg}
		if change != nil {
			change(i, &mails[i])
		}
	}
	return mails
}

func outcomes(out []Delivery) []Outcome {
	all := make([]Outcome, len(out))
	for i := range out {
		all[i] = out[i].Outcome
	}
	return all
}

func inChunks(_ int, m *Mail) { m.Envelope.Chunking = true }

// With DATA, each mail takes one round trip; with BDAT, a group of 32 mails takes one.
func TestBatchRoundTrips(t *testing.T) {
	for name, c := range map[string]struct {
		change func(int, *Mail)
		most   int
	}{"DATA": {nil, 41}, "BDAT": {inChunks, 6}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Do: "latency 2ms"}}})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			before := server.Sessions()[0].RoundTrips
			out := s.SendBatch(batchOf(40, hello, c.change))
			for i := range out {
				require.NoError(t, out[i].Err)
				require.Equal(t, Accepted, out[i].Outcome)
				require.NotEmpty(t, out[i].Reply)
			}
			assert.LessOrEqual(t, server.Sessions()[0].RoundTrips-before, c.most)
			assert.Equal(t, 40, s.Sent())
			require.NoError(t, s.Quit())
			assert.Empty(t, server.Sessions()[0].Violations)
			assert.Len(t, server.Mails(), 40)
		})
	}
}

// TestGroupsGrow checks how many mails a client sends by BDAT before it waits for replies.
func TestGroupsGrow(t *testing.T) {
	for name, faults := range map[string][]smtptest.Fault{
		"accepted": nil,
		"refused":  {{Step: "RCPT", Do: "550 5.1.1 No such user", Nth: 3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: faults})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			defer s.Close()
			g := &group{s: s}
			var sizes []int
			for left := batchOf(100, hello, inChunks); len(left) > 0; {
				n, why := g.sendWhole(left, newDeliveries(left))
				require.Nil(t, why)
				require.Positive(t, n)
				sizes, left = append(sizes, n), left[n:]
			}
			assert.Equal(t, []int{1, 2, 4, 8, 16, 32, 32, 5}, sizes)
			n, _ := g.sendWhole(batchOf(3, hello, inChunks), newDeliveries(batchOf(3, hello, inChunks)))
			require.Equal(t, 3, n)
			assert.Equal(t, groupMails, s.together, "a small batch does not make the next groups smaller")
		})
	}
}

// For every fault at every step of the second of three mails, the results agree with what
// the server has received.
func TestBatchFaults(t *testing.T) {
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, hide := range []string{"", "PIPELINING"} {
			for _, chunking := range []bool{false, true} {
				for _, step := range []Op{OpMAIL, OpRCPT, OpDATA, OpBody, OpEndOfData} {
					for _, do := range []string{"close", "reset", "421", "garble", "452 4.3.1 Not now", "554 5.3.0 Not ever"} {
						if chunking && (step == OpDATA || step == OpBody) || step == OpBody && do == "garble" {
							continue
						}
						t.Run(fmt.Sprintf("%d%s/%v/%s/%.4s", security, hide, chunking, step, do), func(t *testing.T) {
							t.Parallel()
							testBatchFault(t, security, hide, chunking, step, do)
						})
					}
				}
			}
		}
	}
}

func testBatchFault(t *testing.T, security Security, hide string, chunking bool, step Op, do string) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: strings.Fields(hide),
		Faults: []smtptest.Fault{{Step: string(step), Do: do, Nth: 2}}})
	s, err := Dial(context.Background(), configFor(server, security))
	require.NoError(t, err)
	defer s.Close()
	out := s.SendBatch(batchOf(3, hello, func(i int, m *Mail) {
		m.Envelope.Chunking = chunking
		m.Envelope.From = fmt.Sprintf("sender%d@test.example", i)
	}))
	require.Equal(t, Accepted, out[0].Outcome, "%v", out[0].Err)
	require.Error(t, out[1].Err)
	refused := do[0] == '4' || do[0] == '5'
	switch {
	case out[1].Outcome == InDoubt:
		require.True(t, !refused || step == OpBody, "a reply before its time may be seen to be one later")
		require.True(t, step == OpEndOfData || step == OpBody || chunking, "%v", out[1].Err)
	case refused && do[0] == '4':
		require.Equal(t, RejectedTemporary, out[1].Outcome, "%v", out[1].Err)
	case refused:
		require.Equal(t, RejectedPermanent, out[1].Outcome, "%v", out[1].Err)
	default:
		require.Equal(t, NotSent, out[1].Outcome, "%v", out[1].Err)
	}
	if step == OpBody && refused {
		// After a premature reply, the later mails may have any outcome except Accepted.
		require.Error(t, out[2].Err)
	} else if refused && do != "421" {
		require.Equal(t, Accepted, out[2].Outcome, "%v", out[2].Err)
		require.True(t, s.Usable())
	} else {
		require.Contains(t, []Outcome{NotSent, InDoubt}, out[2].Outcome)
		require.Error(t, out[2].Err)
		require.False(t, s.Usable())
	}
	s.Close()
	have := map[string]int{}
	require.NoError(t, server.WaitIdle(0, 20*time.Second))
	for _, m := range server.Mails() {
		have[m.From]++
	}
	for i := range out {
		n := have[fmt.Sprintf("sender%d@test.example", i)]
		switch out[i].Outcome {
		case Accepted:
			require.Equal(t, 1, n)
		case InDoubt:
			require.LessOrEqual(t, n, 1)
		default:
			require.Zero(t, n, "mail %d: %v %v", i, out[i].Outcome, out[i].Err)
		}
	}
}

// halfway is a message that cannot be read to its end.
type halfway struct{ size int64 }

var errSource = errors.New("the file has shrunk")

func (f halfway) WriteTo(w io.Writer) (int64, error) {
	n, _ := io.WriteString(w, "Subject: half\r\n")
	return int64(n), errSource
}
func (f halfway) Size() int64 { return f.size }

// If a message cannot be read to its end and is sent by DATA, the client must close the
// connection to show that the message is incomplete. The later mails may be sent over a new
// session. In a group of mails that are sent together by BDAT, the other mails are not
// affected.
func TestBatchSourceFails(t *testing.T) {
	for _, chunking := range []bool{false, true} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true})
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		out := s.SendBatch(batchOf(3, hello, func(i int, m *Mail) {
			m.Envelope.Chunking = chunking
			if i == 1 {
				m.Message = halfway{100}
			}
		}))
		require.ErrorIs(t, out[1].Err, errSource)
		if chunking {
			require.Equal(t, []Outcome{Accepted, NotSent, Accepted}, outcomes(out))
			require.NoError(t, s.Quit())
			require.Len(t, server.Mails(), 2)
			continue
		}
		require.Equal(t, []Outcome{Accepted, NotSent, NotSent}, outcomes(out))
		require.True(t, IsStale(out[2].Err), "%v", out[2].Err)
		require.False(t, s.Usable())
		require.Len(t, server.Mails(), 1)
	}
}

// A message whose Size returns a wrong number must not affect the next mail.
func TestBatchWrongSize(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	out := s.SendBatch(batchOf(4, hello, func(i int, m *Mail) {
		m.Envelope.Chunking = true
		if i == 1 || i == 2 {
			m.Message = lying{hello, int64(len(hello) + 1 - 2*(i-1))}
		}
	}))
	require.Equal(t, []Outcome{Accepted, NotSent, NotSent, Accepted}, outcomes(out))
	require.NoError(t, s.Quit())
	require.Len(t, server.Mails(), 2)
}

type lying struct {
	text
	size int64
}

func (l lying) Size() int64 { return l.size }

// If the envelope of a mail is not valid, the error affects only that mail.
func TestBatchBadMail(t *testing.T) {
	for _, chunking := range []bool{false, true} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true})
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		out := s.SendBatch(batchOf(4, hello, func(i int, m *Mail) {
			m.Envelope.Chunking = chunking
			switch i {
			case 0:
				m.Envelope.Recipients = nil
			case 2:
				m.Envelope.Recipients[0].Address = "a@b.example>\r\nRSET"
			}
		}))
		require.Equal(t, []Outcome{NotSent, Accepted, NotSent, Accepted}, outcomes(out))
		require.NoError(t, s.Quit())
		require.Empty(t, server.Sessions()[0].Violations)
	}
}

// Replies that fill every buffer must not cause a deadlock (RFC 2920, section 3.1).
func TestBatchNoDeadlock(t *testing.T) {
	for _, chunking := range []bool{false, true} {
		server := serve(t, func(c net.Conn) {
			c.(*net.TCPConn).SetReadBuffer(4096)
			c.(*net.TCPConn).SetWriteBuffer(4096)
			r := bufio.NewReaderSize(c, 512)
			long := strings.Repeat("250-"+strings.Repeat("x", 480)+"\r\n", 20)
			io.WriteString(c, "220 stubborn\r\n")
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				var size int64
				switch {
				case strings.HasPrefix(line, "EHLO"):
					io.WriteString(c, "250-stubborn\r\n250-CHUNKING\r\n250 PIPELINING\r\n")
					continue
				case line == "DATA\r\n":
					io.WriteString(c, "354 go\r\n")
					for line != ".\r\n" {
						if line, err = r.ReadString('\n'); err != nil {
							return
						}
					}
				case strings.HasPrefix(line, "BDAT"):
					fmt.Sscanf(line, "BDAT %d", &size)
					io.CopyN(io.Discard, r, size)
				}
				io.WriteString(c, long+"250 ok\r\n")
			}
		})
		s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: Timeouts{Total: 60 * time.Second}})
		require.NoError(t, err)
		msg := text(strings.Repeat("A line of text\r\n", 500))
		for _, d := range s.SendBatch(batchOf(20, msg, func(_ int, m *Mail) { m.Envelope.Chunking = chunking })) {
			require.NoError(t, d.Err)
		}
		s.Close()
	}
}

// Canceling, by the context or by Progress, ends the batch. The cancellation is reported
// for every mail that had not yet been accepted.
func TestBatchCancel(t *testing.T) {
	for _, chunking := range []bool{false, true} {
		for _, byProgress := range []bool{false, true} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Step: "end of data", Do: "stall", Nth: 2}}})
			ctx, cancel := context.WithCancel(context.Background())
			cfg := configFor(server, NoSecurity)
			cfg.Timeouts = patient()
			s, err := Dial(ctx, cfg)
			require.NoError(t, err)
			go func() {
				for !silent(server) && ctx.Err() == nil {
					time.Sleep(5 * time.Millisecond)
				}
				cancel()
			}()
			out := s.SendBatch(batchOf(4, hello, func(i int, m *Mail) {
				m.Envelope.Chunking = chunking
				if byProgress && i == 1 {
					m.Envelope.Progress = func(int64, int64) bool { return false }
				}
			}))
			for i := range out {
				var e *Error
				if i == 0 && out[i].Err == nil {
					continue
				}
				require.True(t, errors.As(out[i].Err, &e), "mail %d, chunking %v, by Progress %v: %v", i, chunking, byProgress, out)
				require.Equal(t, KindCanceled, e.Kind, "%v", e)
				require.Equal(t, !byProgress && (i == 1 || chunking && i == 2), out[i].Outcome == InDoubt, "mail %d: %v", i, e)
			}
			cancel()
			s.Close()
		}
	}
}
