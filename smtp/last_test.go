// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// QUIT is sent once. With PIPELINING, and unless LMTP is used, it is sent together with the
// final dot, and needs no round trip.
func TestSendLast(t *testing.T) {
	partial := func(e *Envelope) { e.Partial = true }
	for name, c := range map[string]struct {
		options  smtptest.MailOptions
		security Security
		change   func(*Envelope)
		msg      Message
		trips    int // round trips for the mail and QUIT; 0: not counted
	}{
		"pipelined":   {trips: 2},
		"stepwise":    {options: smtptest.MailOptions{Hide: []string{"PIPELINING"}}, trips: 5},
		"TLS":         {security: STARTTLS},
		"large":       {msg: blocks(40)},
		"large TLS":   {security: ImplicitTLS, msg: blocks(40)},
		"BDAT":        {change: func(e *Envelope) { e.Chunking = true }, trips: 2},
		"many limits": {options: smtptest.MailOptions{Extra: []string{"LIMITS RCPTMAX=40"}}, change: partial},
		"LMTP":        {options: smtptest.MailOptions{LMTP: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.options.NoAuth = true
			if c.trips > 0 {
				c.options.Faults = []smtptest.Fault{{Do: "latency 20ms"}}
			}
			server := mailServer(t, c.options)
			cfg := configFor(server, c.security)
			cfg.LMTP = c.options.LMTP
			s, err := Dial(context.Background(), cfg)
			require.NoError(t, err)
			before := server.Sessions()[0].RoundTrips
			env := envelopeTo("rcpt@test.example")
			if name == "many limits" {
				env = hundred("")
			}
			if c.change != nil {
				c.change(env)
			}
			if c.msg == nil {
				c.msg = hello
			}
			res, err := s.SendLast(env, c.msg)
			require.NoError(t, err)
			assert.Equal(t, Accepted, res.Outcome)
			require.NoError(t, s.Quit())
			assert.False(t, s.Usable())
			record := server.Sessions()[0]
			if c.trips > 0 {
				assert.Equal(t, c.trips, record.RoundTrips-before)
			}
			assert.Empty(t, record.Violations)
			assert.Equal(t, 1, strings.Count(record.Dialogue.String(), "\nC: QUIT\n"))
		})
	}
}

// QUIT after the mail does not change the outcome of the mail, whatever fails.
func TestSendLastFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault   string
		outcome Outcome
		kind    Kind
		quits   bool // whether the session is still usable, so that Quit sends QUIT
	}{
		"refused":          {"end of data: 554 5.7.1 no", RejectedPermanent, KindRefused, true},
		"refused for now":  {"end of data: 452 4.3.1 full", RejectedTemporary, KindRefused, true},
		"lost at the dot":  {"end of data: close", InDoubt, KindClosed, false},
		"leaves":           {"end of data: 421", RejectedTemporary, KindRefused, false},
		"garbled":          {"end of data: garble", InDoubt, KindProtocol, false},
		"MAIL refused":     {"MAIL: 550 5.1.0 no", RejectedPermanent, KindRefused, true},
		"RCPT refused":     {"RCPT: 550 5.1.1 no", RejectedPermanent, KindRefused, true},
		"DATA refused":     {"DATA: 451 4.3.0 no", RejectedTemporary, KindRefused, true},
		"content cut":      {"body+3: close", NotSent, KindClosed, false},
		"lost after a 250": {"QUIT: close", Accepted, 0, false},
		"QUIT refused":     {"QUIT: 500 5.5.1 what", Accepted, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fault, err := smtptest.ParseFault(c.fault)
			require.NoError(t, err)
			server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{fault}})
			s, err := Dial(context.Background(), configFor(server, NoSecurity))
			require.NoError(t, err)
			res, err := s.SendLast(envelopeTo("rcpt@test.example"), hello)
			if name == "content cut" {
				// The client may have sent the whole message before the server closed
				// the connection.
				assert.Contains(t, []Outcome{NotSent, InDoubt}, res.Outcome)
			} else {
				assert.Equal(t, c.outcome, res.Outcome, "%v", err)
			}
			if c.outcome == Accepted {
				require.NoError(t, err)
				assert.Error(t, s.Quit())
				return
			}
			var e *Error
			require.True(t, errors.As(err, &e), "%v", err)
			assert.Equal(t, c.kind, e.Kind, "%v", err)
			assert.Equal(t, c.quits, s.Usable())
			require.NoError(t, s.Quit())
			record := server.Sessions()[0]
			assert.Empty(t, record.Violations)
		})
	}
}

// If a message cannot be read to its end, neither the dot nor QUIT is sent.
func TestSendLastSourceFails(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true})
	s, err := Dial(context.Background(), configFor(server, NoSecurity))
	require.NoError(t, err)
	res, err := s.SendLast(envelopeTo("rcpt@test.example"), failing{1, io.ErrUnexpectedEOF})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, NotSent, res.Outcome)
	require.NoError(t, s.Quit())
	assert.Empty(t, server.Mails())
	assert.NotRegexp(t, `(?m)^C: QUIT`, server.Sessions()[0].Dialogue.String())
}

// QUIT is sent with the final dot, even if the client starts to watch for an early reply
// during the write that contains the dot.
func TestQuitWithFinalDot(t *testing.T) {
	for _, size := range []int{64<<10 - 1, 64 << 10, 76 << 10, 80<<10 - 120, 80<<10 - 9, 80<<10 - 6, 80<<10 - 3, 80 << 10, 80<<10 + 1} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true, Discard: true})
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		line := strings.Repeat("x", 62) + "\r\n"
		msg := text(strings.Repeat(line, size/len(line)) + strings.Repeat("y", size%len(line)))
		for _, d := range s.SendBatch(batchOf(3, msg, nil)) {
			require.NoError(t, d.Err, size)
		}
		_, err = s.SendLast(envelopeTo("rcpt@test.example"), msg)
		require.NoError(t, err, size)
		require.NoError(t, s.Quit(), size)
		assert.Empty(t, server.Sessions()[0].Violations)
	}
}
