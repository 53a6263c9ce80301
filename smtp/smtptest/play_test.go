// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// client is a minimal client that sends what a test says.
type client struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
}

func dial(t *testing.T, addr string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	require.NoError(t, err)
	return newClient(t, conn)
}

func newClient(t *testing.T, conn net.Conn) *client {
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { conn.Close() })
	return &client{t: t, conn: conn, r: bufio.NewReader(conn)}
}

// The method say writes the text without changes.
func (c *client) say(text string) {
	c.t.Helper()
	_, err := io.WriteString(c.conn, text)
	require.NoError(c.t, err)
}

// hear reads one reply and returns its lines joined by "|".
func (c *client) hear() string {
	c.t.Helper()
	var lines []string
	for {
		line, err := c.r.ReadString('\n')
		require.NoError(c.t, err, "after %q", lines)
		line = strings.TrimSuffix(line, "\r\n")
		lines = append(lines, line)
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "|")
		}
	}
}

// ask sends a line and returns the reply.
func (c *client) ask(line string) string {
	c.t.Helper()
	c.say(line + "\r\n")
	return c.hear()
}

// want sends a line, and checks that the reply begins with prefix.
func (c *client) want(prefix, line string) string {
	c.t.Helper()
	reply := c.ask(line)
	require.True(c.t, strings.HasPrefix(reply, prefix), "reply to %q is %q, want prefix %q", line, reply, prefix)
	return reply
}

func (c *client) startTLS(config *tls.Config) error {
	conn := tls.Client(c.conn, config)
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.conn, c.r = conn, bufio.NewReader(conn)
	return nil
}

// ended reads until the server closes the connection. It returns an error if the connection ends
// in any other way.
func (c *client) ended() error {
	_, err := io.Copy(io.Discard, c.r)
	return err
}

func trusting() *tls.Config {
	return &tls.Config{RootCAs: Authority().Pool(), ServerName: "localhost"}
}

func start(t *testing.T, mode Mode, dialogue string) *Server {
	t.Helper()
	script, err := Parse("description: a test\nsecurity: starttls\nlogin: alice\npassword: open sesame\ntoken: tok\nexpect: ok\n\n" + dialogue)
	require.NoError(t, err)
	server, err := script.Start(mode)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

const simple = `
S: 220-test.example
S: 220 ESMTP
C: EHLO *
S: 250 hello
C: DATA
S: 354 go on
C... ~(?m)^Subject: hi\r$
S: 250 taken
C: QUIT
S: 221 bye
`

func TestPlaySuccess(t *testing.T) {
	for _, mode := range Modes {
		server := start(t, mode, simple)
		c := dial(t, server.Addr())
		assert.Equal(t, "220-test.example|220 ESMTP", c.hear())
		c.want("250 hello", "EHLO me.example")
		c.want("354", "DATA")
		c.want("250 taken", "Subject: hi\r\n\r\n..dot\r\nlast\r\n.")
		c.want("221 bye", "QUIT")
		assert.NoError(t, c.ended())
		c.conn.Close()
		require.NoError(t, server.Wait(), "mode %v", mode)
		assert.Equal(t, [][]byte{[]byte("Subject: hi\r\n\r\n.dot\r\nlast\r\n")}, server.Data())
		assert.Contains(t, server.Dialogue(), "S: 250 hello\nC: DATA\n")
	}
}

func TestPlayMismatches(t *testing.T) {
	const upToData = "EHLO me\r\nDATA\r\n"
	for _, c := range []struct {
		name, says string
		line       int
		want, got  string
	}{
		{"another command", "HELO me\r\n", 11, "EHLO *", "HELO me"},
		{"bare LF", "EHLO me\n", 11, "EHLO *", "bare LF"},
		{"bare CR", "EHLO\rme\r\n", 11, "EHLO *", "bare CR"},
		{"closed too early", "EHLO me\r\n", 13, "DATA", "closed"},
		{"bare LF in content", upToData + "Subject: hi\n.\r\n", 15, "line 1", "bare LF"},
		{"long line", upToData + strings.Repeat("x", 999) + "\r\n.\r\n", 15, "998", "999"},
		{"other content", upToData + "Subject: ho\r\n.\r\n", 15, "Subject: hi", "Subject: ho"},
		{"more after the end", upToData + "Subject: hi\r\n.\r\nQUIT\r\nNOOP\r\n", 18, "nothing more", "NOOP"},
		{"a password", "AUTH PLAIN c2VjcmV0\r\n", 11, "EHLO", "AUTH PLAIN ****"},
	} {
		server := start(t, Whole, simple)
		client := dial(t, server.Addr())
		client.say(c.says)
		client.conn.(*net.TCPConn).CloseWrite()
		client.ended()
		var m *Mismatch
		require.ErrorAs(t, server.Wait(), &m, c.name)
		assert.Equal(t, c.line, m.Line, c.name)
		assert.Contains(t, m.Want, c.want, c.name)
		assert.Contains(t, m.Got, c.got, c.name)
		assert.NotContains(t, m.Error(), "c2VjcmV0")
	}
}

func TestPlaySeveralConnections(t *testing.T) {
	dialogue := "=== connection 1\nS: 220 one\n* close\n=== connection 2\nS: 220 two\n* expect-close\n"
	server := start(t, Whole, dialogue)
	c := dial(t, server.Addr())
	assert.Equal(t, "220 one", c.hear())
	assert.NoError(t, c.ended())
	c = dial(t, server.Addr())
	assert.Equal(t, "220 two", c.hear())
	c.conn.Close()
	require.NoError(t, server.Wait())

	server = start(t, Whole, dialogue)
	dial(t, server.Addr()).ended()
	c = dial(t, server.Addr())
	c.hear()
	dial(t, server.Addr())
	c.conn.Close()
	assert.ErrorContains(t, server.Wait(), "no further connection")
}

func TestPlayEndings(t *testing.T) {
	t.Run("reset", func(t *testing.T) {
		server := start(t, Whole, "S: 220 x\nC: NOOP\n* reset\n")
		c := dial(t, server.Addr())
		c.hear()
		c.say("NOOP\r\n")
		assert.ErrorContains(t, c.ended(), "reset")
		assert.NoError(t, server.Wait())
	})
	t.Run("stall", func(t *testing.T) {
		server := start(t, Whole, "* stall\n")
		c := dial(t, server.Addr())
		c.say("anything\n")
		c.conn.Close()
		assert.NoError(t, server.Wait())
	})
	t.Run("expect-close", func(t *testing.T) {
		server := start(t, Whole, "* expect-close\n")
		c := dial(t, server.Addr())
		c.say("QUIT\r\n")
		assert.ErrorContains(t, server.Wait(), "got:  QUIT")
	})
	t.Run("leave", func(t *testing.T) {
		server := start(t, Whole, "S: 220 x\n* leave\n")
		c := dial(t, server.Addr())
		c.hear()
		c.want("250", "RSET")
		c.want("221", "QUIT")
		c.conn.Close()
		assert.NoError(t, server.Wait())

		server = start(t, Whole, "* leave\n")
		c = dial(t, server.Addr())
		c.say("MAIL FROM:<>\r\n")
		assert.ErrorContains(t, server.Wait(), "got:  MAIL")
	})
	t.Run("drip, repeat", func(t *testing.T) {
		server := start(t, Whole, "* repeat 3000 \"250-x\\r\\n\"\n* drip 1ms \"ab\"\n")
		c := dial(t, server.Addr())
		for range 3000 {
			line, err := c.r.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "250-x\r\n", line)
		}
		some := make([]byte, 4)
		_, err := io.ReadFull(c.r, some)
		require.NoError(t, err)
		assert.Equal(t, "abab", string(some))
		c.conn.Close()
		assert.NoError(t, server.Wait())
	})
}

func TestPlayBDAT(t *testing.T) {
	server := start(t, Whole, "* bdat\nS: 250 more\n* bdat\nS: 250 done\n* leave\n")
	c := dial(t, server.Addr())
	c.say("BDAT 3\r\na\nb")
	assert.Equal(t, "250 more", c.hear())
	c.say("BDAT 2 LAST\r\n\r\n")
	assert.Equal(t, "250 done", c.hear())
	c.conn.Close()
	require.NoError(t, server.Wait())
	assert.Equal(t, [][]byte{[]byte("a\nb\r\n")}, server.Data())
}
