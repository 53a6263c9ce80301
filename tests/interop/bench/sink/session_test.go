// SPDX-License-Identifier: MIT

package main

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// play runs a dialogue and returns the counters. A string in 'steps' is sent; a number
// is the code of the next expected reply.
func play(t *testing.T, o options, steps ...any) Stats {
	t.Helper()
	o.tls = "none"
	l, err := listen(o, nil)
	require.NoError(t, err)
	conn, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, conn.SetDeadline(time.Now().Add(30*time.Second)))
	r := bufio.NewReader(conn)
	for _, step := range steps {
		switch step := step.(type) {
		case string:
			_, err := conn.Write([]byte(step))
			require.NoError(t, err)
		case int:
			line, err := r.ReadString('\n')
			require.NoError(t, err)
			for strings.HasPrefix(line, fmt.Sprintf("%d-", step)) {
				line, err = r.ReadString('\n')
				require.NoError(t, err)
			}
			require.True(t, strings.HasPrefix(line, fmt.Sprint(step)), line)
		}
	}
	conn.Close()
	return l.close()
}

func TestMailsAreCounted(t *testing.T) {
	s := play(t, options{pipelining: true, chunking: true}, 220, "EHLO a\r\n", 250,
		"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n", 250, 250, 250, 354,
		"Subject: x\r\n\r\n..dot\r\n.not the end\r\na.\r\n.\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 5\r\n12\r\n.BDAT 3 LAST\r\n\r\n.", 250, 250, 250, 250, 250,
		"QUIT\r\n", 221)
	assert.EqualValues(t, 2, s.Mails)
	assert.EqualValues(t, 3, s.Recipients)
	assert.EqualValues(t, len("Subject: x\r\n\r\n..dot\r\n.not the end\r\na.\r\n")+8, s.Octets)
	assert.EqualValues(t, 1, s.Sessions)
	assert.EqualValues(t, 4, s.Turns, "EHLO, envelope, message, QUIT")
	assert.True(t, s.First <= s.Mailed && s.Mailed <= s.Last)
}

func TestMessageInPieces(t *testing.T) {
	message := strings.Repeat("a line. with. dots\r\n..\r\n", 10_000)
	steps := []any{220, "HELO a\r\n", 250, "MAIL FROM:<>\r\n", 250, "RCPT TO:<c@d>\r\n", 250, "DATA\r\n", 354, message, "\r\n", ".", "\r", "\n", 250,
		"DATA\r\n", 354, ".", "\r\n", 250}
	s := play(t, options{}, steps...)
	assert.EqualValues(t, 2, s.Mails)
	assert.EqualValues(t, len(message)+2, s.Octets)
}

func TestLatency(t *testing.T) {
	start := time.Now()
	s := play(t, options{latency: 50 * time.Millisecond}, 220, "EHLO a\r\n", 250, "NOOP\r\nNOOP\r\nNOOP\r\n", 250, 250, 250, "QUIT\r\n", 221)
	assert.GreaterOrEqual(t, time.Since(start), 150*time.Millisecond)
	assert.EqualValues(t, 3, s.Turns)
}

func TestOptions(t *testing.T) {
	o, err := parseOptions("tls=starttls pipelining=0 chunking=0 auth=1 tickets=0 latency=20ms")
	require.NoError(t, err)
	assert.Equal(t, options{tls: "starttls", auth: true, latency: 20 * time.Millisecond}, o)
	assert.Equal(t, "250-sink\r\n250-8BITMIME\r\n250-SIZE 2147483648\r\n250-ENHANCEDSTATUSCODES\r\n250 STARTTLS\r\n", o.ehlo(false))
	assert.Contains(t, o.ehlo(true), "AUTH PLAIN")
	for _, bad := range []string{"tls=some", "colour=red", "latency=long"} {
		_, err := parseOptions(bad)
		assert.Error(t, err, bad)
	}
	_, err = listen(o, nil)
	assert.ErrorContains(t, err, "-cert")
}
