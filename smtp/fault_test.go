// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// short returns timeouts for tests. A server without faults never exceeds them.
func short() Timeouts { return allOf(time.Second) }

// allOf returns timeouts in which every step of SMTP has the time limit d. The TLS handshake has
// at least 5 seconds.
func allOf(d time.Duration) Timeouts {
	return Timeouts{Greeting: d, Command: d, DataInit: d, DataBlock: d, DataEnd: d, Quit: d, TLS: max(d, 5*time.Second)}
}

func mailServer(t testing.TB, options smtptest.MailOptions) *smtptest.MailServer {
	t.Helper()
	server, err := smtptest.NewMailServer(options)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

func configFor(server *smtptest.MailServer, security Security) *Config {
	c := &Config{Servers: []Server{{Host: "localhost", Port: server.Port()}}, Security: security, Timeouts: allOf(20 * time.Second)}
	if security == ImplicitTLS {
		c.Servers[0].Port = server.TLSPort()
	}
	c.TLS.RootCAs = smtptest.Authority().Pool()
	return c
}

func envelopeTo(addresses ...string) *Envelope {
	env := &Envelope{From: "sender@test.example"}
	for _, a := range addresses {
		env.Recipients = append(env.Recipients, Recipient{Address: a})
	}
	return env
}

const hello = text("Subject: A test\r\n\r\nHello.\r\n")

// TestFaults causes every fault at every step, in every kind of session, and checks the
// returned Error and Result.
func TestFaults(t *testing.T) {
	steps := []Op{OpGreeting, OpEHLO, OpSTARTTLS, OpAUTH, OpMAIL, OpRCPT, OpDATA, OpEndOfData, OpQUIT}
	deeds := []string{"close", "reset", "stall", "421", "garble", "452 4.3.1 Not now", "554 5.3.0 Not ever", "250-a\r\n251 b", "219 odd"}
	for _, security := range []Security{NoSecurity, STARTTLS, ImplicitTLS} {
		for _, hide := range []string{"", "PIPELINING"} {
			for _, step := range steps {
				if step == OpSTARTTLS && security != STARTTLS {
					continue
				}
				for _, do := range deeds {
					if do == "stall" && (security == STARTTLS || (security == NoSecurity) != (hide == "")) {
						continue // waiting takes long, so test only two kinds of session
					}
					t.Run(fmt.Sprintf("%d%s/%s/%.4s", security, hide, step, do), func(t *testing.T) {
						t.Parallel()
						testFault(t, security, hide, step, do)
					})
				}
			}
		}
	}
}

func testFault(t *testing.T, security Security, hide string, step Op, do string) {
	server := mailServer(t, smtptest.MailOptions{Hide: strings.Fields(hide),
		Faults: []smtptest.Fault{{Step: string(step), Do: do, Nth: 1}}})
	cfg := configFor(server, security)
	cfg.Auth = &Auth{Credentials: sasl.Credentials{Login: "alice@test.example", Password: "s3cret pass"}, Mechanisms: []string{"PLAIN"}}
	if do == "stall" {
		cfg.Timeouts = short()
	}
	s, err := Dial(context.Background(), cfg)
	var res Result
	if err == nil {
		defer s.Close()
		res, err = s.Send(envelopeTo("rcpt@test.example"), hello)
		if err == nil {
			require.Equal(t, Accepted, res.Outcome)
			require.Equal(t, OpQUIT, step)
			err = s.Quit()
			require.False(t, s.Usable())
		}
	}
	var e *Error
	require.True(t, errors.As(err, &e), "%v", err)
	if step == OpGreeting && do == "reset" && e.Op == OpConnect {
		require.Equal(t, KindDial, e.Kind) // the reset arrived before connect returned
		return
	}
	assert.Equal(t, step, e.Op, "%v", e)
	kind, code := KindRefused, 0
	switch do {
	case "close", "reset":
		kind = KindClosed
	case "stall":
		kind = KindTimeout
	case "garble", "250-a\r\n251 b":
		kind = KindProtocol
	case "219 odd":
		kind, code = KindProtocol, 219
	default:
		fmt.Sscan(do, &code)
	}
	assert.Equal(t, kind, e.Kind, "%v", e)
	assert.Equal(t, kind == KindTimeout, e.Timeout())
	if code == 0 {
		assert.Nil(t, e.Reply)
	} else {
		require.NotNil(t, e.Reply)
		assert.Equal(t, code, e.Reply.Code)
	}
	if step == OpAUTH {
		assert.Equal(t, "PLAIN", e.Mechanism)
	}
	if step == OpRCPT {
		assert.Equal(t, "rcpt@test.example", e.Recipient)
	}
	if step == OpQUIT {
		require.Len(t, server.Mails(), 1, "what happens at QUIT undoes nothing")
		return
	}
	wanted := NotSent
	switch {
	case kind == KindRefused && code < 500:
		wanted = RejectedTemporary
	case kind == KindRefused:
		wanted = RejectedPermanent
	case step == OpEndOfData:
		wanted = InDoubt
	}
	if s == nil {
		return // Dial failed, so no mail was sent
	}
	assert.Equal(t, wanted, res.Outcome)
	assert.Equal(t, wanted == RejectedTemporary || wanted == NotSent && (kind == KindClosed || kind == KindTimeout), res.SafeToRetry(err))
	assert.Equal(t, wanted == InDoubt, errors.Is(err, ErrInDoubt))
	assert.Equal(t, step == OpMAIL && (kind == KindClosed || code == 421), IsStale(err), "%v", err)
	assert.False(t, res.Recipients[0].Accepted)
	alive := kind == KindRefused && code != 421
	require.Equal(t, alive, s.Usable(), "%v", err)
	if wanted != InDoubt {
		require.Empty(t, server.Mails())
	}
	if !alive {
		_, err = s.Send(envelopeTo("rcpt@test.example"), hello)
		require.True(t, IsStale(err), "%v", err)
		return
	}
	// The refusal of a mail does not affect the next mail.
	res, err = s.Send(envelopeTo("rcpt@test.example"), hello)
	require.NoError(t, err)
	require.Equal(t, Accepted, res.Outcome)
	require.Len(t, server.Mails(), 1)
	require.Equal(t, 1, s.Sent())
}

// The connection is cut after one of the last 64 octets of a message. The test tries each of
// these octets.
func TestCutAtEveryOctet(t *testing.T) {
	msg := text("Subject: A test\r\n\r\n" + strings.Repeat("....\r\n", 40))
	wire := len(msg) + 40 + len(".\r\n")
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, do := range []string{"close", "reset"} {
			t.Run(fmt.Sprintf("%d/%s", security, do), func(t *testing.T) {
				t.Parallel()
				for left := range 64 {
					cutAt(t, security, msg, do, wire-left)
				}
			})
		}
	}
}

func cutAt(t *testing.T, security Security, msg Message, do string, octets int) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true,
		Faults: []smtptest.Fault{{Step: "body", Do: do, Octets: octets}}})
	s, err := Dial(context.Background(), configFor(server, security))
	require.NoError(t, err)
	defer s.Close()
	res, err := s.Send(envelopeTo("rcpt@test.example"), msg)
	// The kernel had accepted the whole message, so the client cannot know how much of
	// it the server has read.
	require.ErrorIs(t, err, ErrInDoubt)
	require.Equal(t, InDoubt, res.Outcome)
	require.False(t, res.SafeToRetry(err))
	require.False(t, s.Usable())
	require.Empty(t, server.Mails())
}

// The connection ends, or the server stops reading, while a long message is sent: the message
// was certainly not delivered.
func TestCutWithinLongMessage(t *testing.T) {
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, do := range []string{"close", "reset", "stall"} {
			for _, chunking := range []bool{false, true} {
				t.Run(fmt.Sprintf("%d/%s/%v", security, do, chunking), func(t *testing.T) {
					t.Parallel()
					server := mailServer(t, smtptest.MailOptions{NoAuth: true, Discard: true, MaxSize: 1 << 30,
						Faults: []smtptest.Fault{{Step: "body", Do: do, Octets: 100000}}})
					cfg := configFor(server, security)
					if do == "stall" {
						cfg.Timeouts = short()
					}
					s, err := Dial(context.Background(), cfg)
					require.NoError(t, err)
					defer s.Close()
					env := envelopeTo("rcpt@test.example")
					env.Chunking = chunking
					res, err := s.Send(env, blocks(3000))
					var e *Error
					require.True(t, errors.As(err, &e), "%v", err)
					assert.Equal(t, OpBody, e.Op, "%v", e)
					kind := KindClosed
					if do == "stall" {
						kind = KindTimeout
					}
					assert.Equal(t, kind, e.Kind, "%v", e)
					assert.Equal(t, NotSent, res.Outcome)
					assert.True(t, res.SafeToRetry(err))
					assert.False(t, IsStale(err))
				})
			}
		}
	}
}

// If a server refuses a message before its end and closes the connection, the error
// contains the server's reply.
func TestEarlyReply(t *testing.T) {
	everyLink(t, func(t *testing.T, secure, onThread bool) {
		security := NoSecurity
		if secure {
			security = ImplicitTLS
		}
		for _, do := range []string{"552 5.3.4 Message too big", "421"} {
			t.Run(do[:3], func(t *testing.T) {
				t.Parallel()
				server := mailServer(t, smtptest.MailOptions{NoAuth: true, Discard: true, MaxSize: 1 << 30,
					Faults: []smtptest.Fault{{Step: "body", Do: do, Octets: 200000}}})
				cfg := configFor(server, security)
				cfg.OnThread = onThread
				s, err := Dial(context.Background(), cfg)
				require.NoError(t, err)
				defer s.Close()
				res, err := s.Send(envelopeTo("rcpt@test.example"), blocks(3000))
				var e *Error
				require.True(t, errors.As(err, &e), "%v", err)
				require.NotNil(t, e.Reply, "%v", e)
				assert.Contains(t, []Op{OpBody}, e.Op)
				assert.Equal(t, KindRefused, e.Kind)
				if do == "421" {
					assert.Equal(t, RejectedTemporary, res.Outcome)
				} else {
					assert.Equal(t, "552 5.3.4 Message too big", e.Reply.String())
					assert.Equal(t, RejectedPermanent, res.Outcome)
				}
				assert.False(t, s.Usable())
			})
		}
	})
}
