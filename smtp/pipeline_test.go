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

func hundred(bad string) *Envelope {
	env := envelopeTo()
	for i := range 100 {
		a := fmt.Sprintf("rcpt%d@test.example", i)
		if i == 57 && bad != "" {
			a = bad
		}
		env.Recipients = append(env.Recipients, Recipient{Address: a})
	}
	return env
}

// A mail to a hundred recipients takes at most three round trips, or two if a partial delivery
// is allowed. With BDAT, a mail to 30 recipients takes one if a partial delivery is allowed. A
// mail to a single recipient takes at most two.
func TestRoundTrips(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Envelope)
		most   int
	}{
		"all or none": {func(*Envelope) {}, 3},
		"partial":     {func(e *Envelope) { e.Partial = true }, 2},
		"BDAT":        {func(e *Envelope) { e.Partial, e.Chunking = true, true; e.Recipients = e.Recipients[:30] }, 1},
		"single":      {func(e *Envelope) { e.Recipients = e.Recipients[:1] }, 2},
	} {
		t.Run(name, func(t *testing.T) {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Do: "latency 20ms"}}})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			before := server.Sessions()[0].RoundTrips
			env := hundred("")
			c.change(env)
			res, err := s.Send(env, hello)
			require.NoError(t, err)
			assert.Equal(t, Accepted, res.Outcome)
			assert.LessOrEqual(t, server.Sessions()[0].RoundTrips-before, c.most)
			require.NoError(t, s.Quit())
			assert.Empty(t, server.Sessions()[0].Violations)
			assert.Len(t, server.Mails()[0].Recipients, len(env.Recipients))
		})
	}
}

// If one of a hundred recipients is refused, only its result is a refusal, no matter how the
// replies are divided into segments.
func TestOneRefused(t *testing.T) {
	for _, hide := range [][]string{nil, {"PIPELINING"}} {
		for _, faults := range [][]smtptest.Fault{nil, {{Do: "byte"}}} {
			for _, chunking := range []bool{false, true} {
				server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: hide,
					Faults: append([]smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 No such user", Nth: 58}}, faults...)})
				s, err := Dial(context.Background(), configFor(server, NoSecurity))
				require.NoError(t, err)
				defer s.Close()
				env := hundred("")
				env.Partial, env.Chunking = true, chunking
				res, err := s.Send(env, hello)
				require.NoError(t, err)
				assert.Equal(t, Partial, res.Outcome)
				for i, row := range res.Recipients {
					require.Equal(t, env.Recipients[i].Address, row.Address)
					require.Equal(t, i != 57, row.Accepted)
					require.NotNil(t, row.Reply)
				}
				assert.Equal(t, "550 5.1.1 No such user", res.Recipients[57].Reply.String())
				require.Len(t, server.Mails(), 1)
				assert.Len(t, server.Mails()[0].Recipients, 99)
			}
		}
	}
}

func TestOneRefusedOfAllOrNone(t *testing.T) {
	for _, hide := range [][]string{nil, {"PIPELINING"}} {
		for _, faults := range [][]smtptest.Fault{nil, {{Do: "byte"}}} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: hide,
				Faults: append([]smtptest.Fault{{Step: "RCPT", Do: "550 5.1.1 No such user", Nth: 58}}, faults...)})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			defer s.Close()
			res, err := s.Send(hundred(""), hello)
			var e *Error
			require.True(t, errors.As(err, &e))
			assert.Equal(t, OpRCPT, e.Op)
			assert.Equal(t, KindRefused, e.Kind)
			assert.Equal(t, "rcpt57@test.example", e.Recipient)
			assert.Equal(t, "RCPT <rcpt57@test.example>: server said 550 5.1.1 No such user (check the recipient's address)", e.Error())
			assert.Equal(t, RejectedPermanent, res.Outcome)
			require.Len(t, res.Recipients, 100)
			assert.True(t, res.Recipients[56].Reply.positive())
			assert.False(t, res.Recipients[56].Accepted)
			assert.True(t, res.Recipients[57].Reply.Permanent())
			require.Empty(t, server.Mails())
			// RSET allows the next transaction.
			res, err = s.Send(envelopeTo("rcpt@test.example"), hello)
			require.NoError(t, err)
			require.Equal(t, Accepted, res.Outcome)
			require.Len(t, server.Mails()[0].Recipients, 1)
		}
	}
}

// A permanent refusal takes precedence over an earlier temporary one.
func TestRefusalOfSeveral(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{
		{Step: "RCPT", Do: "450 4.2.1 Busy", Nth: 1}, {Step: "RCPT", Do: "550 5.1.1 Gone", Nth: 2}, {Step: "RCPT", Do: "450 4.2.1 Busy", Nth: 4}}})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	defer s.Close()
	res, err := s.Send(envelopeTo("a@test.example", "b@test.example", "c@test.example"), hello)
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, "b@test.example", e.Recipient)
	assert.Equal(t, RejectedPermanent, res.Outcome)
	assert.False(t, e.Temporary())
	res, err = s.Send(envelopeTo("a@test.example"), hello)
	require.True(t, errors.As(err, &e))
	assert.Equal(t, RejectedTemporary, res.Outcome)
	assert.True(t, e.Temporary())
	assert.True(t, res.SafeToRetry(err))
}

// The client reads replies while it writes commands, so that there is no deadlock with a server
// that reads nothing while it writes long replies (RFC 2920, section 3.1).
func TestNoDeadlock(t *testing.T) {
	const recipients = 5000
	server := serve(t, func(c net.Conn) {
		c.(*net.TCPConn).SetReadBuffer(4096)
		c.(*net.TCPConn).SetWriteBuffer(4096)
		r := bufio.NewReaderSize(c, 512)
		long := strings.Repeat("x", 480)
		fmt.Fprintf(c, "220 stubborn\r\n")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			switch {
			case strings.HasPrefix(line, "EHLO"):
				io.WriteString(c, "250-stubborn\r\n250 PIPELINING\r\n")
			case strings.HasPrefix(line, "DATA"):
				io.WriteString(c, "354 go\r\n")
				for line != ".\r\n" {
					if line, err = r.ReadString('\n'); err != nil {
						return
					}
				}
				io.WriteString(c, "250 taken\r\n")
			default:
				for range 4 {
					fmt.Fprintf(c, "250-%s\r\n", long)
				}
				fmt.Fprintf(c, "250 %s\r\n", long)
			}
		}
	})
	cfg := &Config{Servers: []Server{server}, Timeouts: Timeouts{Total: 60 * time.Second}}
	s, err := Dial(context.Background(), cfg)
	require.NoError(t, err)
	defer s.Close()
	env := envelopeTo()
	for i := range recipients {
		env.Recipients = append(env.Recipients, Recipient{Address: fmt.Sprintf("recipient.number.%d@test.example", i)})
	}
	res, err := s.Send(env, hello)
	require.NoError(t, err)
	require.Equal(t, Accepted, res.Outcome)
}

// say is a server with a list of replies: one for the greeting, then one for each line or
// message of the client. Each element is sent in one write.
func say(t testing.TB, answers ...string) Server {
	return serve(t, func(c net.Conn) {
		r := bufio.NewReader(c)
		data := false
		for _, a := range answers {
			if _, err := io.WriteString(c, a); err != nil {
				return
			}
			for {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if !data || line == ".\r\n" {
					break
				}
			}
			data = strings.HasPrefix(a, "354")
		}
	})
}

func TestRepliesOutOfStep(t *testing.T) {
	const ehlo = "250-x\r\n250 PIPELINING\r\n"
	for name, c := range map[string]struct {
		answers []string
		op      Op
		kind    Kind
		outcome Outcome
	}{
		"two greetings":            {[]string{"220 a\r\n220 b\r\n"}, OpEHLO, KindProtocol, NotSent},
		"a reply behind EHLO's":    {[]string{"220 a\r\n", "250 x\r\n250 y\r\n"}, OpMAIL, KindProtocol, NotSent},
		"a reply behind MAIL's":    {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n250 ok\r\n"}, OpRCPT, KindProtocol, NotSent},
		"a reply behind RCPT's":    {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n354 go\r\n"}, OpDATA, KindProtocol, NotSent},
		"a reply behind the 354":   {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n250 taken\r\n"}, OpBody, KindProtocol, NotSent},
		"250 to DATA":              {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "250 ok\r\n"}, OpDATA, KindProtocol, NotSent},
		"354 to the dot":           {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "354 go\r\n"}, OpEndOfData, KindProtocol, InDoubt},
		"334 to the dot":           {[]string{"220 a\r\n", "250 x\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n", "334 \r\n"}, OpEndOfData, KindProtocol, InDoubt},
		"more replies, pipelined":  {[]string{"220 a\r\n", ehlo, "250 ok\r\n250 ok\r\n354 go\r\n250 taken\r\n"}, OpBody, KindProtocol, NotSent},
		"354 to MAIL, pipelined":   {[]string{"220 a\r\n", ehlo, "354 go\r\n"}, OpMAIL, KindProtocol, NotSent},
		"354 to RCPT, pipelined":   {[]string{"220 a\r\n", ehlo, "250 ok\r\n", "354 go\r\n"}, OpRCPT, KindProtocol, NotSent},
		"421 between the commands": {[]string{"220 a\r\n", "250 x\r\n421 4.3.2 leaving\r\n"}, OpMAIL, KindRefused, RejectedTemporary},
		"421 to RCPT, pipelined":   {[]string{"220 a\r\n", ehlo, "250 ok\r\n", "421 4.3.2 leaving\r\n"}, OpRCPT, KindRefused, RejectedTemporary},
		"421 to DATA, pipelined":   {[]string{"220 a\r\n", ehlo, "250 ok\r\n", "250 ok\r\n", "421 4.3.2 leaving\r\n"}, OpDATA, KindRefused, RejectedTemporary},
	} {
		t.Run(name, func(t *testing.T) {
			res := Result{}
			s, err := Dial(context.Background(), &Config{Servers: []Server{say(t, c.answers...)}, Timeouts: Timeouts{Total: 5 * time.Second}})
			if err == nil {
				defer s.Close()
				res, err = s.Send(envelopeTo("rcpt@test.example"), hello)
				assert.False(t, s.Usable())
			}
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, c.op, e.Op, "%v", e)
			assert.Equal(t, c.kind, e.Kind, "%v", e)
			assert.Equal(t, c.outcome, res.Outcome)
		})
	}
}

// After a 354 without an accepted recipient the client sends a single dot. The outcome is
// never Accepted.
func TestLoneDot(t *testing.T) {
	for name, last := range map[string]string{"taken": "250 taken\r\n", "refused": "554 no valid recipients\r\n"} {
		got := make(chan string, 20)
		server := serve(t, func(c net.Conn) {
			r := bufio.NewReader(c)
			for _, a := range []string{"220 a\r\n", "250-x\r\n250 PIPELINING\r\n", "250 ok\r\n", "550 5.1.1 none\r\n", "354 go\r\n", last, "250 ok\r\n", "221 bye\r\n"} {
				io.WriteString(c, a)
				line, err := r.ReadString('\n')
				if err != nil {
					close(got)
					return
				}
				got <- strings.TrimSpace(line)
			}
		})
		s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: Timeouts{Total: 5 * time.Second}})
		require.NoError(t, err)
		res, err := s.Send(envelopeTo("rcpt@test.example"), hello)
		var e *Error
		require.True(t, errors.As(err, &e), "%v", err)
		assert.Equal(t, OpRCPT, e.Op, name)
		assert.Equal(t, RejectedPermanent, res.Outcome)
		assert.Nil(t, res.Reply)
		require.True(t, s.Usable())
		require.NoError(t, s.Noop())
		s.Quit()
		var lines []string
		for l := range got {
			lines = append(lines, l)
			if l == "QUIT" {
				break
			}
		}
		assert.Equal(t, []string{"MAIL FROM:<sender@test.example>", "RCPT TO:<rcpt@test.example>", "DATA", ".", "NOOP", "QUIT"}, lines[1:])
	}
}
