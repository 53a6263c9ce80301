// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// speakingFirst returns the address of a server that sends the text in 'line' at once, and
// then waits. If a client needs more octets to recognize that the text is not TLS, it waits
// in vain.
func speakingFirst(t *testing.T, line string) string {
	return tlsListen(t, func(c net.Conn) {
		io.WriteString(c, line)
		io.Copy(io.Discard, c)
	})
}

func TestPlainServerOnAnImplicitTLSPort(t *testing.T) {
	for line, want := range map[string]string{
		"220 mail.example ESMTP\r\n":   `the server greeted with "220 ..." in plain text instead of TLS`,
		"220-mail.example\r\n":         `the server greeted with "220 ..." in plain text instead of TLS`,
		"554 go away\r\n":              `the server greeted with "554 ..." in plain text instead of TLS`,
		"421 too many\r\n":             `the server greeted with "421 ..." in plain text instead of TLS`,
		"* OK IMAP4rev1 ready\r\n":     `not TLS: "* OK "`,
		"+OK POP3\r\n":                 `not TLS: "+OK P"`,
		"SSH-2.0-OpenSSH_9.2\r\n":      `not TLS: "SSH-2"`,
		"HTTP/1.1 400 Bad Request\r\n": `not TLS: "HTTP/"`,
		"\x80\x1c\x01\x03\x01\x00\x03": "SSL 2.0",
		"\x00\r\n\x1b[31m":             `not TLS: "\x00\r\n\x1b["`,
	} {
		_, err := shake(t, trusting(), speakingFirst(t, line), "localhost")
		e := tlsError(t, err, KindTLS)
		require.Contains(t, e.Err.Error(), want)
		if line[0] >= '0' && line[0] <= '9' {
			require.Equal(t, HintPlainFirst, e.Hint)
		}
	}
}

func TestPlainAnswerAfterSTARTTLS(t *testing.T) {
	for _, security := range []Security{STARTTLS, STARTTLSIfOffered} {
		_, err := shake(t, trusting(func(c *Config) { c.Security = security }), speakingFirst(t, "454 TLS not available\r\n"), "localhost")
		e := tlsError(t, err, KindTLS)
		require.Contains(t, e.Err.Error(), `the server responded with "454 ..." in plain text instead of TLS`)
		require.NotEqual(t, HintPlainFirst, e.Hint)
	}
	_, err := shake(t, trusting(func(c *Config) {
		c.Security, c.Servers = STARTTLS, []Server{{Host: "localhost", ImplicitTLS: true}}
	}), speakingFirst(t, "220 mail.example\r\n"), "localhost")
	require.Equal(t, HintPlainFirst, tlsError(t, err, KindTLS).Hint)
}

func TestHandshakeOfASilentServerEnds(t *testing.T) {
	_, err := shake(t, trusting(func(c *Config) { c.Timeouts.TLS = 30 * time.Millisecond }), speakingFirst(t, ""), "localhost")
	e := tlsError(t, err, KindTimeout)
	require.Contains(t, e.Hint, "port 465")

	// The caller's context may end before the timeout, even while the client waits for the rest
	// of a record.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = shakeContext(t, ctx, trusting(), speakingFirst(t, "\x16\x03\x03\x40"), "localhost")
	require.True(t, tlsError(t, err, KindTimeout).Timeout())
}

func TestHandshakeIgnoresAnOldDeadline(t *testing.T) {
	peer := newTLSPeer(t, onlyVersion(0x0304))
	raw, err := net.Dial("tcp", peer.addr)
	require.NoError(t, err)
	require.NoError(t, raw.SetDeadline(time.Now().Add(-time.Second)))
	conn, err := trusting().handshake(t.Context(), raw, "localhost")
	require.NoError(t, err)
	finish(t, conn, "QUIT\r\n")
}

func TestHandshakeCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := shakeContext(t, ctx, trusting(), speakingFirst(t, ""), "localhost")
	require.ErrorIs(t, tlsError(t, err, KindCanceled), context.Canceled)
}

func TestHandshakeClosedByTheServer(t *testing.T) {
	for name, leave := range map[string]func(net.Conn){
		"at once":       func(net.Conn) {},
		"after reading": func(c net.Conn) { c.Read(make([]byte, 4096)) },
		"by reset":      func(c net.Conn) { c.Read(make([]byte, 4096)); c.(*net.TCPConn).SetLinger(0) },
		"in a record":   func(c net.Conn) { c.Read(make([]byte, 4096)); io.WriteString(c, "\x16\x03\x03\x00\x40\x02") },
	} {
		_, err := shake(t, trusting(), tlsListen(t, leave), "localhost")
		e := tlsError(t, err, KindClosed)
		require.Equal(t, "the server closed the connection during the TLS handshake", e.Err.Error(), name)
		require.Contains(t, e.Hint, "TLS 1.2")
		require.True(t, e.Temporary())
	}
}

func TestAlertTexts(t *testing.T) {
	distinct := map[string]byte{}
	for alert, want := range map[byte]string{
		40:  "no cipher suite in common with this program (alert 40",
		49:  "the server aborted TLS (alert 49",
		70:  "the server does not speak TLS 1.2 or newer",
		71:  "no cipher suite in common with this program (alert 71",
		80:  "the server failed in the TLS handshake (internal error)",
		112: "the server does not know the name localhost",
		116: "the server requires a client certificate",
		120: "the server aborted TLS (alert 120",
		201: "the server aborted TLS (alert 201",
	} {
		addr := speakingFirst(t, string([]byte{21, 3, 3, 0, 2, 2, alert}))
		_, err := shake(t, trusting(), addr, "localhost")
		e := tlsError(t, err, KindTLS)
		require.Contains(t, e.Err.Error(), want)
		require.Zero(t, distinct[e.Err.Error()])
		distinct[e.Err.Error()] = alert
	}
}

func TestGarbageInTheHandshake(t *testing.T) {
	for _, line := range []string{
		"\x16\x03\x03\x00\x04\x02\xff\xff\xff",                     // a ServerHello of 16 MiB
		"\x16\x03\x03\xff\xff" + "x",                               // an over-long record
		"\x16\x03\x03\x00\x05\x02\x00\x00\x01\x00",                 // an incomplete ServerHello
		"\x17\x03\x03\x00\x01x",                                    // data before the handshake
		"\x14\x03\x03\x00\x01\x01",                                 // ChangeCipherSpec before the handshake
		"\x16\x03\x03\x00\x04\x00\x00\x00\x00",                     // HelloRequest
		"\x16\x03\x03\x00\x00",                                     // an empty record
		"\x15\x03\x03\x00\x02\x01\x00",                             // close_notify
		"\x15\x03\x03\x00\x02\x01\x5a\x15\x03\x03\x00\x02\x02\x5a", // user_canceled
	} {
		_, err := shake(t, trusting(func(c *Config) { c.Timeouts.TLS = 300 * time.Millisecond }), speakingFirst(t, line), "localhost")
		var e *Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, OpTLS, e.Op)
		require.Contains(t, []Kind{KindTLS, KindClosed, KindTimeout}, e.Kind, "%x: %v", line, err)
	}
}

func TestLooksLikeTLS(t *testing.T) {
	for _, yes := range []string{"\x15", "\x16\x03", "\x15\x03\x01\x00\x02\x02\x46", "\x16\x03\x03\x00\x40", "\x15\x03\x04"} {
		require.True(t, looksLikeTLS([]byte(yes)), "%q", yes)
	}
	for _, no := range []string{"", "2", "220 mail\r\n", "\x15\x02", "\x15\x03\x09", "\x00", "\x80\x03", "\x18\x03"} {
		require.False(t, looksLikeTLS([]byte(no)), "%q", no)
	}
}
