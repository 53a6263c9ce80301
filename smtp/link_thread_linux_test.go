// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Waiting on the thread gives what waiting in the runtime gives: the octets,
// however late, and the same errors.
func TestReadOnThread(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	sessionsOnThread.Add(1)
	defer sessionsOnThread.Add(-1)
	for _, onThread := range []bool{false, true} {
		pair := func() (*link, *net.TCPConn) {
			a, err := net.Dial("tcp", l.Addr().String())
			require.NoError(t, err)
			b, err := l.Accept()
			require.NoError(t, err)
			link := newLink(context.Background(), a)
			link.onThread = onThread
			require.NotNil(t, link.poll)
			return link, b.(*net.TCPConn)
		}
		p := make([]byte, 100)
		for _, wait := range []time.Duration{0, time.Millisecond, 20 * time.Millisecond} {
			at, far := pair()
			time.AfterFunc(wait, func() { _, _ = far.Write([]byte("250 ok\r\n")) })
			n, err := at.Read(p)
			require.NoError(t, err)
			assert.Equal(t, "250 ok\r\n", string(p[:n]))

			time.AfterFunc(wait, func() { far.Close() })
			n, err = at.Read(p)
			assert.Zero(t, n)
			assert.Equal(t, io.EOF, err)
			at.Close()

			at, far = pair()
			require.NoError(t, far.SetLinger(0))
			time.AfterFunc(wait, func() { far.Close() })
			_, err = at.Read(p)
			assert.ErrorIs(t, err, syscall.ECONNRESET)
			var op *net.OpError
			require.True(t, errors.As(err, &op))
			assert.Equal(t, "read", op.Op)
			assert.Equal(t, at.RemoteAddr(), op.Addr)
			at.Close()

			at, far = pair()
			time.AfterFunc(wait, at.end)
			_, err = at.Read(p)
			assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
			require.True(t, errors.As(err, &op))
			assert.Equal(t, "read", op.Op)
			n, err = at.Read(p)
			assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
			assert.Zero(t, n)
			at.Close()
			far.Close()

			at, far = pair()
			_, _ = far.Write([]byte("250 ok\r\n"))
			_, err = at.Read(p)
			require.NoError(t, err)
			at.end()
			n, err = at.Read(p)
			assert.ErrorIs(t, err, os.ErrDeadlineExceeded)
			assert.Zero(t, n, "what was read before is not read again")
			at.Close()
			far.Close()
		}
		at, far := pair()
		at.Close()
		_, err := at.Read(p)
		assert.ErrorIs(t, err, net.ErrClosed)
		far.Close()
	}
}

// Whatever becomes of a session, it is not counted for ever.
func TestSessionsOnThreadAreCounted(t *testing.T) {
	server := mailServer(t, smtptest.MailOptions{})
	for _, security := range []Security{NoSecurity, STARTTLS, ImplicitTLS} {
		cfg := configFor(server, security)
		cfg.OnThread = true
		s, err := Dial(t.Context(), cfg)
		require.NoError(t, err)
		assert.EqualValues(t, 1, sessionsOnThread.Load())
		require.NoError(t, s.Quit())
		s.Close()

		cfg.TLS.RootCAs = nil // refused, where there is TLS
		cfg.Auth = &Auth{Credentials: sasl.Credentials{Login: "nobody", Password: "wrong"}}
		_, err = Dial(t.Context(), cfg)
		require.Error(t, err)
		assert.Zero(t, sessionsOnThread.Load(), "%v", err)
	}
	cfg := &Config{Servers: []Server{say(t, "554 no\r\n")}, OnThread: true, Timeouts: short()}
	_, err := Dial(t.Context(), cfg)
	require.Error(t, err)
	assert.Zero(t, sessionsOnThread.Load())
}
