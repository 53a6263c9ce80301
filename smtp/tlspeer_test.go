// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tlsTime = 20 * time.Second

// tlsPeer is a server that performs one handshake with each client, and records the
// octets that the client sends.
type tlsPeer struct {
	addr string
	seen chan tlsSeen
}

// tlsSeen records what one client did.
type tlsSeen struct {
	err    error               // the error from the server's handshake, or from later writes and reads
	octets []byte              // everything that the client sent, as on the wire
	plain  string              // the text that the client sent inside TLS
	hello  tls.ClientHelloInfo // the ClientHello of the client, if one arrived
	state  tls.ConnectionState
}

// tlsRecorder keeps what is read from a connection.
type tlsRecorder struct {
	net.Conn
	got bytes.Buffer
}

func (r *tlsRecorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.got.Write(p[:n])
	return n, err
}

func newTLSPeer(t *testing.T, cfg *tls.Config) *tlsPeer {
	t.Helper()
	p := &tlsPeer{seen: make(chan tlsSeen, 50)}
	cfg.SetSessionTicketKeys([][32]byte{{1}}) // otherwise, clones of cfg would create their own keys
	p.addr = tlsListen(t, func(c net.Conn) {
		var seen tlsSeen
		mine := cfg.Clone()
		mine.GetConfigForClient = func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			seen.hello = *h
			return nil, nil
		}
		r := &tlsRecorder{Conn: c}
		server := tls.Server(r, mine)
		seen.err = server.Handshake()
		if seen.err == nil {
			seen.state = server.ConnectionState()
			_, seen.err = io.WriteString(server, "220 inside\r\n")
			plain, err := io.ReadAll(server)
			seen.plain, seen.err = string(plain), errors.Join(seen.err, err)
		} else {
			io.Copy(io.Discard, r)
		}
		seen.octets = r.got.Bytes()
		p.seen <- seen
	})
	return p
}

// tlsListen starts a server that calls 'talk' for each client, with a time limit, and returns
// its address.
func tlsListen(t *testing.T, talk func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(tlsTime))
				talk(c)
			}()
		}
	}()
	return l.Addr().String()
}

// shake connects to addr and performs the handshake that cfg specifies.
func shake(t *testing.T, cfg *Config, addr, host string) (*tls.Conn, error) {
	t.Helper()
	return shakeContext(t, t.Context(), cfg, addr, host)
}

func shakeContext(t *testing.T, ctx context.Context, cfg *Config, addr, host string) (*tls.Conn, error) {
	t.Helper()
	raw, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	t.Cleanup(func() { raw.Close() })
	conn, err := cfg.handshake(ctx, raw, host)
	if err != nil {
		require.Nil(t, conn)
		_, werr := raw.Write([]byte("x"))
		require.ErrorIs(t, werr, net.ErrClosed, "the connection is open after a failed handshake")
	}
	return conn, err
}

// finish reads the peer's greeting, sends the given line, and closes the connection.
func finish(t *testing.T, conn *tls.Conn, line string) {
	t.Helper()
	require.NoError(t, conn.SetDeadline(time.Now().Add(tlsTime)))
	buf := make([]byte, len("220 inside\r\n"))
	_, err := io.ReadFull(conn, buf)
	require.NoError(t, err)
	require.Equal(t, "220 inside\r\n", string(buf))
	_, err = io.WriteString(conn, line)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}

func tlsError(t *testing.T, err error, kind Kind) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, OpTLS, e.Op)
	require.Equal(t, kind.String(), e.Kind.String(), "%v", err)
	require.NotContains(t, e.Error(), "\n")
	require.Less(t, len(e.Error()), 1200)
	return e
}

// onlyHandshake checks that a client sent only a ClientHello, at most one alert, and records
// of type ChangeCipherSpec. An alert has 2 octets; TLS 1.3 appends the content type and the
// tag, and encrypts the record.
func onlyHandshake(octets []byte) error {
	alerts, hello := 0, false
	for len(octets) > 0 {
		if len(octets) < 5 {
			return fmt.Errorf("a piece of a record: %x", octets)
		}
		typ, n := octets[0], int(octets[3])<<8|int(octets[4])
		if len(octets) < 5+n {
			return errors.New("a record is cut off")
		}
		switch {
		case typ == 22 && !hello:
			hello = true
		case typ == 20:
		case typ == 21 && n == 2, typ == 23 && n == 2+1+16:
			alerts++
		default:
			return fmt.Errorf("a record of type %d and %d octets", typ, n)
		}
		octets = octets[5+n:]
	}
	if !hello || alerts > 1 {
		return fmt.Errorf("ClientHello %t, %d alerts", hello, alerts)
	}
	return nil
}
