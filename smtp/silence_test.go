// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"csmtp/smtp/smtptest/certs"

	"github.com/stretchr/testify/require"
)

// quiet sets silenceTime for a test.
func quiet(t *testing.T, d time.Duration) {
	before := silenceTime
	silenceTime = d
	t.Cleanup(func() { silenceTime = before })
}

// If a server expects TLS from the start, Dial returns an error that names this cause, long
// before the timeout for the greeting has passed.
func TestSilentTLSPort(t *testing.T) {
	quiet(t, 200*time.Millisecond)
	for name, config := range map[string]*tls.Config{
		"untrusted certificate": tlsServer(certs.New().Issue(certs.Expired)),
		"old TLS":               {Certificates: []tls.Certificate{testCA.Issue(certs.Good)}, MaxVersion: tls.VersionTLS10},
		"client certificate":    {Certificates: []tls.Certificate{testCA.Issue(certs.Good)}, ClientAuth: tls.RequireAnyClientCert},
	} {
		l, err := tls.Listen("tcp", "127.0.0.1:0", config)
		require.NoError(t, err)
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go func() { // keeps the connection until the client closes it
					defer c.Close()
					io.Copy(io.Discard, c)
				}()
			}
		}()
		for _, security := range []Security{NoSecurity, STARTTLS, STARTTLSIfOffered} {
			began := time.Now()
			_, err = Dial(context.Background(), &Config{Servers: []Server{serverAt(t, l)}, Security: security, OnThread: security == STARTTLS})
			var e *Error
			require.ErrorAs(t, err, &e, name)
			require.Equal(t, OpGreeting, e.Op)
			require.Equal(t, KindProtocol, e.Kind, err)
			require.Equal(t, HintTLSFirst, e.Hint)
			require.Less(t, time.Since(began), 2*time.Minute)
		}
	}
}

// The client waits for a slow server that does not expect TLS from the start. Meanwhile,
// the client tests the port over another connection. The test has no effect on the session.
func TestSlowGreeting(t *testing.T) {
	quiet(t, 100*time.Millisecond)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	var connections atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			first := connections.Add(1) == 1
			go func() {
				defer c.Close()
				if !first {
					io.WriteString(c, "220 too fast\r\n")
					return
				}
				time.Sleep(600 * time.Millisecond)
				io.WriteString(c, "220 here I am\r\n")
				io.CopyN(io.Discard, c, 8)
				io.WriteString(c, "250 hello\r\n")
				io.Copy(io.Discard, c)
			}()
		}
	}()
	for _, onThread := range []bool{false, true} {
		connections.Store(0)
		s, err := Dial(context.Background(), &Config{Servers: []Server{serverAt(t, l)}, OnThread: onThread})
		require.NoError(t, err)
		s.Close()
		require.EqualValues(t, 2, connections.Load())
	}
}

func serverAt(t *testing.T, l net.Listener) Server {
	t.Helper()
	return Server{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port}
}
