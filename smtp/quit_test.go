// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/sasl"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answering returns a server that sends the replies in 'answers', in order: the greeting,
// then one reply per line of the client. If a reply is "", it sends nothing. Its
// reply to QUIT is always 221. When the session has ended, the channel delivers the
// client's lines.
func answering(t testing.TB, answers ...string) (Server, <-chan []string) {
	heard := make(chan []string, 1)
	server := serve(t, func(c net.Conn) {
		var lines []string
		defer func() { heard <- lines }()
		in := bufio.NewReader(c)
		for n := 0; ; n++ {
			if n < len(answers) {
				if _, err := io.WriteString(c, answers[n]); err != nil {
					return
				}
			}
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			line = strings.TrimSuffix(line, "\r\n")
			lines = append(lines, line)
			if line == "QUIT" {
				io.WriteString(c, "221 bye\r\n")
				return
			}
		}
	})
	return server, heard
}

// A session that could not be started ends with QUIT if its replies match the commands and
// none of them is 421 (RFC 5321, section 4.1.1.10), and without QUIT otherwise.
func TestQuitAfterFailedStart(t *testing.T) {
	login := func(mechanism string) func(*Config) {
		return func(c *Config) {
			c.Auth = &Auth{Credentials: sasl.Credentials{Login: "alice", Password: "secret"}, Mechanisms: []string{mechanism}, Required: true}
		}
	}
	plain, cram := login("PLAIN"), login("CRAM-MD5")
	startTLS := func(c *Config) { c.Security = STARTTLS }
	lmtp := func(c *Config) { c.LMTP = true }
	short := func(c *Config) { c.Timeouts.Command, c.Timeouts.Greeting = 300*time.Millisecond, 300*time.Millisecond }
	const hello = "220 a\r\n"
	for name, c := range map[string]struct {
		set     func(*Config)
		answers []string
		quit    bool
	}{
		"greeting 450":               {nil, []string{"450 later\r\n"}, true},
		"greeting 554":               {nil, []string{"554-no\r\n554 mail\r\n"}, true},
		"greeting 421":               {nil, []string{"421 leaving\r\n"}, false},
		"greeting 250":               {nil, []string{"250 a\r\n"}, false},
		"greeting in no order":       {nil, []string{"hello there\r\n"}, false},
		"greeting that never comes":  {short, []string{""}, false},
		"two greetings":              {nil, []string{"220 a\r\n220 b\r\n"}, false},
		"EHLO refused, login wanted": {plain, []string{hello, "550 no\r\n"}, true},
		"EHLO refused for now":       {nil, []string{hello, "450 no\r\n"}, true},
		"EHLO 421":                   {nil, []string{hello, "421 no\r\n"}, false},
		"EHLO not answered":          {short, []string{hello, ""}, false},
		"HELO refused":               {nil, []string{hello, "502 no\r\n", "550 no\r\n"}, true},
		"LHLO refused":               {lmtp, []string{hello, "550 no\r\n"}, true},
		"STARTTLS not offered":       {startTLS, []string{hello, "250 a\r\n"}, true},
		"STARTTLS refused":           {startTLS, []string{hello, "250-a\r\n250 STARTTLS\r\n", "454 not now\r\n"}, true},
		"STARTTLS 250":               {startTLS, []string{hello, "250-a\r\n250 STARTTLS\r\n", "250 ok\r\n"}, false},
		"no TLS behind the 220":      {startTLS, []string{hello, "250-a\r\n250 STARTTLS\r\n", "220 go\r\n", "500 what\r\n"}, false},
		"AUTH not offered":           {plain, []string{hello, "250 a\r\n"}, true},
		"AUTH of another kind":       {plain, []string{hello, "250-a\r\n250 AUTH X\r\n"}, true},
		"AUTH refused":               {plain, []string{hello, "250-a\r\n250 AUTH PLAIN\r\n", "535 no\r\n"}, true},
		"AUTH 421":                   {plain, []string{hello, "250-a\r\n250 AUTH PLAIN\r\n", "421 no\r\n"}, false},
		"AUTH 250":                   {plain, []string{hello, "250-a\r\n250 AUTH PLAIN\r\n", "250 ok\r\n"}, false},
		"AUTH canceled":              {cram, []string{hello, "250-a\r\n250 AUTH CRAM-MD5\r\n", "334 !\r\n", "501 no\r\n"}, true},
		"AUTH canceled, then 235":    {cram, []string{hello, "250-a\r\n250 AUTH CRAM-MD5\r\n", "334 !\r\n", "235 ok\r\n"}, false},
		"AUTH canceled, then 334":    {cram, []string{hello, "250-a\r\n250 AUTH CRAM-MD5\r\n", "334 !\r\n", "334 !\r\n"}, false},
		"AUTH canceled, no answer":   {func(c *Config) { cram(c); short(c) }, []string{hello, "250-a\r\n250 AUTH CRAM-MD5\r\n", "334 !\r\n", ""}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, heard := answering(t, c.answers...)
			cfg := &Config{Servers: []Server{server}, Timeouts: allOf(20 * time.Second)}
			if c.set != nil {
				c.set(cfg)
			}
			_, err := Dial(context.Background(), cfg)
			require.Error(t, err)
			lines := <-heard
			last := ""
			if len(lines) > 0 {
				last = lines[len(lines)-1]
			}
			assert.Equal(t, c.quit, last == "QUIT", "%v: %q", err, lines)
		})
	}
}

// A session whose server accepts no further mail still ends with QUIT.
func TestQuitAfterTheLastMail(t *testing.T) {
	server, heard := answering(t, "220 a\r\n", "250-a\r\n250 LIMITS MAILMAX=1\r\n", "550 not from you\r\n")
	s, err := Dial(context.Background(), &Config{Servers: []Server{server}, Timeouts: allOf(20 * time.Second)})
	require.NoError(t, err)
	_, err = s.Send(envelopeTo("rcpt@test.example"), text("x\r\n"))
	require.Error(t, err)
	require.NoError(t, s.Quit())
	lines := <-heard
	assert.Equal(t, "QUIT", lines[len(lines)-1])
}

// If a message is not complete, or replies are missing or do not match the commands, QUIT
// is not sent, since the server might not take it for a command.
func TestNoQuitOutOfStep(t *testing.T) {
	for name, c := range map[string]struct {
		answers []string
		message Message
	}{
		"in the message":        {[]string{"220 a\r\n", "250 a\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"}, failing{1, errors.New("the disk is gone")}},
		"after a silent MAIL":   {[]string{"220 a\r\n", "250 a\r\n", ""}, text("x\r\n")},
		"after a wrong reply":   {[]string{"220 a\r\n", "250 a\r\n", "354 go\r\n"}, text("x\r\n")},
		"after one more reply":  {[]string{"220 a\r\n", "250 a\r\n", "250 ok\r\n250 ok\r\n"}, text("x\r\n")},
		"after a reply's start": {[]string{"220 a\r\n", "250 a\r\n", "250-ok\r\n"}, text("x\r\n")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, heard := answering(t, c.answers...)
			cfg := &Config{Servers: []Server{server}, Timeouts: allOf(20 * time.Second)}
			cfg.Timeouts.Command = 500 * time.Millisecond
			s, err := Dial(context.Background(), cfg)
			require.NoError(t, err)
			_, err = s.Send(envelopeTo("rcpt@test.example"), c.message)
			require.Error(t, err)
			require.NoError(t, s.Quit())
			assert.NotRegexp(t, `(?m)^QUIT`, <-heard)
		})
	}
}
