// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patient returns timeouts that never expire in a test.
func patient() Timeouts {
	const d = time.Hour
	return Timeouts{Greeting: d, Command: d, DataInit: d, DataBlock: d, DataEnd: d, Quit: d, TLS: d, Connect: d}
}

// Canceling the context ends every wait of the session.
func TestCancel(t *testing.T) {
	for _, step := range []Op{OpGreeting, OpTLS, OpEHLO, OpAUTH, OpMAIL, OpRCPT, OpDATA, OpBody, OpEndOfData, OpNOOP, OpQUIT} {
		for _, security := range []Security{NoSecurity, ImplicitTLS} {
			if step == OpTLS && security == NoSecurity {
				continue
			}
			t.Run(string(step), func(t *testing.T) {
				t.Parallel()
				server := mailServer(t, smtptest.MailOptions{Discard: true, MaxSize: 1 << 30, Hide: []string{"PIPELINING"}, // so that client and server are at the same step
					Faults: []smtptest.Fault{{Step: string(step), Do: "stall"}}})
				cfg := configFor(server, security)
				cfg.Timeouts = patient()
				cfg.Auth = &Auth{Credentials: sasl.Credentials{Login: "alice@test.example", Password: "s3cret pass"}}
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				begun := make(chan struct{})
				go func() {
					for !silent(server) && ctx.Err() == nil {
						time.Sleep(5 * time.Millisecond)
					}
					if step == OpBody {
						<-begun // after its 354, the server sends nothing
					}
					cancel()
				}()
				err := allSteps(ctx, cfg, step, begun)
				var e *Error
				require.True(t, errors.As(err, &e), "%v", err)
				if step != OpGreeting || e.Op != OpTLS { // the server finishes the handshake before the client does
					assert.Equal(t, step, e.Op, "%v", e)
				}
				assert.Equal(t, KindCanceled, e.Kind, "%v", e)
				assert.ErrorIs(t, err, context.Canceled)
			})
		}
	}
}

// silent reports whether the server has stopped replying, because it has reached the step
// of its fault.
func silent(server *smtptest.MailServer) bool {
	for _, r := range server.Sessions() {
		if strings.Contains(r.Dialogue.String(), "the server is silent") {
			return true
		}
	}
	return false
}

// allSteps runs a session up to the step at which the server stops replying. It closes
// 'begun' when the content begins.
func allSteps(ctx context.Context, cfg *Config, step Op, begun chan struct{}) error {
	s, err := Dial(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	switch step {
	case OpNOOP:
		return s.Noop()
	case OpQUIT:
		return s.Quit()
	}
	msg := Message(hello)
	if step == OpBody {
		msg = blocks(3000)
	}
	_, err = s.Send(envelopeTo("rcpt@test.example"), told{msg, begun})
	return err
}

// told is a message whose WriteTo closes a channel when it begins.
type told struct {
	Message
	begun chan struct{}
}

func (m told) WriteTo(w io.Writer) (int64, error) {
	close(m.begun)
	return m.Message.WriteTo(w)
}

// If the deadline of the context passes, the error is a timeout.
func TestContextDeadline(t *testing.T) {
	server := serve(t, func(c net.Conn) { io.Copy(io.Discard, c) })
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := Dial(ctx, &Config{Servers: []Server{server}, Timeouts: patient()})
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, KindTimeout, e.Kind)
	assert.Equal(t, OpGreeting, e.Op)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

// drip writes text again and again, one octet at a time.
func drip(c net.Conn, text string) {
	for i := 0; ; i++ {
		if _, err := c.Write([]byte{text[i%len(text)]}); err != nil {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// A server that sends one octet at a time must not prolong a step: the timeout applies to
// the whole reply, and Total to the whole call.
func TestSlowDrip(t *testing.T) {
	endless := serve(t, func(c net.Conn) { drip(c, "220-x\r\n") })
	for name, times := range map[string]Timeouts{"step": {Greeting: 300 * time.Millisecond}, "total": {Total: 300 * time.Millisecond}} {
		_, err := Dial(context.Background(), &Config{Servers: []Server{endless}, Timeouts: times})
		var e *Error
		require.True(t, errors.As(err, &e), name)
		assert.Equal(t, OpGreeting, e.Op, name)
		assert.Equal(t, KindTimeout, e.Kind, name)
		if name == "total" {
			assert.ErrorIs(t, err, errTotal)
		}
	}
	fast := serve(t, func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, "220-x\r\n"); err != nil {
				return
			}
		}
	})
	_, err := Dial(context.Background(), &Config{Servers: []Server{fast}})
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, KindProtocol, e.Kind, "512 lines are enough")
}

// A server may read the message slowly, but not for longer than Total.
func TestSlowReader(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Faults: []smtptest.Fault{{Step: "body", Do: "stall", Octets: 1000}}})
	cfg := configFor(server, NoSecurity)
	cfg.Timeouts = patient()
	cfg.Timeouts.Total = 500 * time.Millisecond
	s, err := Dial(context.Background(), cfg)
	require.NoError(t, err)
	defer s.Close()
	res, err := s.Send(envelopeTo("rcpt@test.example"), blocks(3000))
	var e *Error
	require.True(t, errors.As(err, &e))
	assert.Equal(t, OpBody, e.Op)
	assert.Equal(t, KindTimeout, e.Kind)
	assert.ErrorIs(t, err, errTotal)
	assert.Equal(t, NotSent, res.Outcome)
}

func TestProgress(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{NoAuth: true, Discard: true, MaxSize: 1 << 30})
	for _, chunking := range []bool{false, true} {
		s, err := Dial(context.Background(), configFor(server, NoSecurity))
		require.NoError(t, err)
		defer s.Close()
		env := envelopeTo("rcpt@test.example")
		env.Chunking = chunking
		var told []int64
		env.Progress = func(sent, total int64) bool {
			assert.Equal(t, blocks(20).Size(), total)
			told = append(told, sent)
			return true
		}
		_, err = s.Send(env, blocks(20))
		require.NoError(t, err)
		require.IsIncreasing(t, told)
		require.Equal(t, blocks(20).Size(), told[len(told)-1])
		require.GreaterOrEqual(t, len(told), 10)

		env.Progress = func(sent, total int64) bool { return sent < 100000 }
		res, err := s.Send(env, blocks(20))
		var e *Error
		require.True(t, errors.As(err, &e))
		assert.Equal(t, KindCanceled, e.Kind)
		assert.Equal(t, OpBody, e.Op)
		assert.Equal(t, NotSent, res.Outcome)
		assert.Equal(t, chunking, s.Usable(), "RSET saves a session with BDAT; with DATA only closing does")
	}
	require.Len(t, server.Mails(), 2)
}

// After Trace has canceled the context, the client sends nothing more, even if the server
// is fast.
func TestCancelFromTrace(t *testing.T) {
	for _, security := range []Security{NoSecurity, ImplicitTLS} {
		for _, verb := range []string{"MAIL", "RCPT", "DATA"} {
			server := mailServer(t, smtptest.MailOptions{NoAuth: true})
			for range 30 {
				ctx, cancel := context.WithCancel(t.Context())
				cfg := configFor(server, security)
				cfg.Trace = func(_ Direction, line string) {
					if strings.HasPrefix(line, verb) {
						cancel()
					}
				}
				s, err := Dial(ctx, cfg)
				require.NoError(t, err)
				_, err = s.Send(envelopeTo("bob@test.example"), hello)
				require.ErrorIs(t, err, context.Canceled)
				s.Close()
			}
			assert.Empty(t, server.Mails(), verb)
		}
	}
}

// If the context is canceled before Send, the client sends no command, even if the session
// has not noticed the end of the context yet.
func TestCancelBeforeSend(t *testing.T) {
	for _, hidden := range []string{"", "PIPELINING", "CHUNKING"} {
		server := mailServer(t, smtptest.MailOptions{NoAuth: true, Hide: []string{hidden}})
		for range 300 {
			ctx, cancel := context.WithCancel(t.Context())
			cfg := configFor(server, NoSecurity)
			cfg.Trace = func(_ Direction, line string) { require.NotContains(t, line, "MAIL FROM") }
			s, err := Dial(ctx, cfg)
			require.NoError(t, err)
			cancel()
			res, err := s.Send(envelopeTo("bob@test.example"), hello)
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, NotSent, res.Outcome)
			s.Close()
		}
		require.Empty(t, server.Mails())
	}
}
