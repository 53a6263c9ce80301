// SPDX-License-Identifier: MIT

package smtptest

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]Fault{
		"byte":                       {Do: "byte"},
		"latency 20ms":               {Do: "latency 20ms"},
		"close after 2":              {Do: "close after 2"},
		"end of data: close":         {Step: "end of data", Do: "close"},
		"body#2+100: reset":          {Step: "body", Nth: 2, Octets: 100, Do: "reset"},
		"RCPT+3#1: stall":            {Step: "RCPT", Nth: 1, Octets: 3, Do: "stall"},
		"MAIL: 452 4.3.1 Disk: full": {Step: "MAIL", Do: "452 4.3.1 Disk: full"},
	} {
		f, err := ParseFault(text)
		require.NoError(t, err, text)
		assert.Equal(t, want, f, text)
	}
	for _, text := range []string{"", "explode", "LUNCH: close", "MAIL: explode", "body+x: close", "close after 0", "latency soon"} {
		_, err := ParseFault(text)
		assert.Error(t, err, text)
	}
}

// The function faulty returns a server with the given faults, and a client that is connected to
// it without TLS.
func faulty(t *testing.T, faults ...string) (*MailServer, *client) {
	t.Helper()
	var options MailOptions
	for _, text := range faults {
		f, err := ParseFault(text)
		require.NoError(t, err)
		options.Faults = append(options.Faults, f)
	}
	server := serve(t, options)
	return server, dial(t, server.Addr())
}

// steps contains the text that a client sends at each step of one mail.
var steps = []struct{ step, says string }{
	{"greeting", ""},
	{"EHLO", "EHLO me.example"},
	{"MAIL", "MAIL FROM:<a@b.example>"},
	{"RCPT", "RCPT TO:<c@d.example>"},
	{"DATA", "DATA"},
	{"end of data", "x\r\n."},
	{"QUIT", "QUIT"},
}

func TestFaultsAtEachStep(t *testing.T) {
	for i, at := range steps {
		for _, do := range []string{"close", "reset", "stall", "421", "garble", "452 4.3.1 Disk full"} {
			server, c := faulty(t, at.step+": "+do)
			for _, before := range steps[:i] {
				if before.says != "" {
					c.say(before.says + "\r\n")
				}
				c.hear()
			}
			if at.says != "" {
				c.say(at.says + "\r\n")
			}
			where := at.step + " " + do
			switch do {
			case "close":
				assert.NoError(t, c.ended(), where)
			case "reset":
				assert.ErrorContains(t, c.ended(), "reset", where)
			case "stall":
				c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
				assert.True(t, isTimeout(c.ended()), where)
			case "421":
				assert.Equal(t, "421 4.3.2 Shutting down", c.hear(), where)
				assert.NoError(t, c.ended(), where)
			case "garble":
				assert.NotRegexp(t, `^\d`, c.hear(), where)
			default:
				assert.Equal(t, do, c.hear(), where)
			}
			server.Close()
			// The server stores the mail after the final dot, even if it does not reply.
			delivered := at.step == "QUIT" || at.step == "end of data" && (do == "close" || do == "reset" || do == "stall" || do == "garble")
			assert.Equal(t, delivered, len(server.Mails()) == 1, where)
		}
	}
}

func TestFaultOctets(t *testing.T) {
	_, c := faulty(t, "greeting+5: close")
	text, err := io.ReadAll(c.r)
	require.NoError(t, err)
	assert.Equal(t, "220 m", string(text))

	server, c := faulty(t, "body+20: close")
	c.hear()
	for _, s := range steps[1:5] {
		c.ask(s.says)
	}
	c.say(strings.Repeat("x", 30))
	c.ended()
	server.Close()
	assert.Empty(t, server.Mails())
	assert.Contains(t, server.Sessions()[0].Dialogue.String(), "20 octets of content read")
}

func TestFaultNth(t *testing.T) {
	_, c := faulty(t, "NOOP#2: 450 later")
	c.hear()
	assert.Equal(t, "250 2.0.0 OK", c.ask("NOOP"))
	assert.Equal(t, "450 later", c.ask("NOOP"))
	assert.Equal(t, "250 2.0.0 OK", c.ask("NOOP"))
}

func TestFaultEHLORefused(t *testing.T) {
	_, c := faulty(t, "EHLO: 502 what")
	c.hear()
	c.want("502", "EHLO me.example")
	c.want("503", "MAIL FROM:<>")
	c.want("250", "HELO me.example")
	c.want("250", "MAIL FROM:<>")
}

func TestFaultAcceptsDataWithoutRecipients(t *testing.T) {
	server, c := faulty(t, "DATA: 354 go on")
	c.hear()
	c.ask("EHLO me.example")
	c.ask("MAIL FROM:<>")
	c.want("354", "DATA")
	c.want("554", ".")
	assert.Empty(t, server.Mails())
}

func TestFaultsWithoutStep(t *testing.T) {
	for _, how := range []string{"close after 1", "421 after 1", "byte", "latency 1ms"} {
		server, c := faulty(t, how)
		for _, s := range steps[:6] {
			if s.says != "" {
				c.say(s.says + "\r\n")
			}
			c.hear()
		}
		c.say("NOOP\r\n")
		rest, _ := io.ReadAll(io.LimitReader(c.r, 3))
		switch how {
		case "close after 1":
			assert.Empty(t, rest)
		case "421 after 1":
			assert.Equal(t, "421", string(rest))
		default:
			assert.Equal(t, "250", string(rest))
		}
		assert.Len(t, server.Mails(), 1)
	}
}

func TestFaultTLS(t *testing.T) {
	for _, text := range []string{"TLS: close", "TLS: garble", "STARTTLS: 454 4.7.0 Not now"} {
		_, c := faulty(t, text)
		c.hear()
		c.ask("EHLO me.example")
		if strings.HasPrefix(c.ask("STARTTLS"), "220") {
			assert.Error(t, c.startTLS(trusting()), text)
		} else {
			c.want("250", "NOOP")
		}
	}
}
