// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"crypto/tls"
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlaySTARTTLS(t *testing.T) {
	for _, mode := range Modes {
		server := start(t, mode, "S: 220 x\nC: STARTTLS\nS: 220 go\n* starttls\nC: EHLO *\nS: 250 y\n* leave\n")
		c := dial(t, server.Addr())
		c.hear()
		c.want("220", "STARTTLS")
		require.NoError(t, c.startTLS(trusting()))
		c.want("250 y", "EHLO me")
		c.conn.Close()
		require.NoError(t, server.Wait())
		assert.Contains(t, server.Dialogue(), "* TLS 1.3\n")
	}
}

func TestPlayClientSendsBeforeHandshake(t *testing.T) {
	server := start(t, Whole, "S: 220 x\nC: STARTTLS\nS: 220 go\n* starttls\n* leave\n")
	c := dial(t, server.Addr())
	c.say("STARTTLS\r\nEHLO early\r\n")
	assert.ErrorContains(t, server.Wait(), "EHLO early")
}

func TestPlayInjection(t *testing.T) {
	server := start(t, Whole, "S: 220 x\nC: STARTTLS\nS: 220 go\n* raw \"250 AUTH PLAIN\\r\\n\"\n* starttls\n* expect-tls-failure\n")
	c := dial(t, server.Addr())
	c.hear()
	c.want("220 go", "STARTTLS")
	injected, err := c.r.Peek(c.r.Buffered())
	require.NoError(t, err)
	assert.Equal(t, "250 AUTH PLAIN\r\n", string(injected), "in the same segment")
	c.conn.Close()
	assert.NoError(t, server.Wait())
}

func TestPlayImplicitTLS(t *testing.T) {
	const dialogue = "* tls\nS: 220 x\n* leave\n"
	server := start(t, Whole, dialogue)
	c := dial(t, server.Addr())
	require.NoError(t, c.startTLS(trusting()))
	assert.Equal(t, "220 x", c.hear())
	c.conn.Close()
	assert.NoError(t, server.Wait())
}

func TestPlayBadCertificate(t *testing.T) {
	run := func(header string, config *tls.Config, says string) error {
		script, err := Parse("description: x\nsecurity: tls\nexpect: 414\n" + header + "\n\n* tls\n* expect-tls-failure\n")
		require.NoError(t, err)
		server, err := script.Start(Whole)
		require.NoError(t, err)
		c := dial(t, server.Addr())
		if c.startTLS(config) == nil {
			c.say(says)
		}
		c.conn.Close()
		return server.Wait()
	}
	careless := &tls.Config{InsecureSkipVerify: true}
	assert.NoError(t, run("certificate: expired", trusting(), ""))
	assert.NoError(t, run("certificate: self-signed", trusting(), ""))
	assert.NoError(t, run("newest-tls: 1.1", trusting(), ""))
	assert.ErrorContains(t, run("certificate: expired", careless, "EHLO me\r\n"), "EHLO me")
}

func TestPlayEndingsUnderTLS(t *testing.T) {
	for _, verb := range []string{"close", "cut", "reset"} {
		server := start(t, Whole, "* tls\nS: 220 x\nC: NOOP\n* "+verb+"\n")
		client := dial(t, server.Addr())
		raw := &recorder{Conn: client.conn}
		client.conn = raw
		require.NoError(t, client.startTLS(trusting()))
		client.hear()
		client.say("NOOP\r\n")
		client.ended()
		assert.NoError(t, server.Wait())
		// In TLS 1.3, close_notify is a record of 19 octets.
		end := raw.all[len(raw.all)-24:]
		assert.Equal(t, verb == "close", bytes.HasPrefix(end, []byte{23, 3, 3, 0, 19}), "%s: % x", verb, end)
	}
}

// recorder keeps the octets read from a connection.
type recorder struct {
	net.Conn
	all []byte
}

func (r *recorder) Read(p []byte) (int, error) {
	n, err := r.Conn.Read(p)
	r.all = append(r.all, p[:n]...)
	return n, err
}
