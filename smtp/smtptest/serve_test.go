// SPDX-License-Identifier: MIT

package smtptest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The function staged starts a mail server that plays a script.
func staged(t *testing.T, options MailOptions, text string) *MailServer {
	t.Helper()
	server := serve(t, options)
	script, err := Parse(text)
	require.NoError(t, err)
	script.Name = "test"
	require.NoError(t, server.Play(script, script.Modes()[0]))
	return server
}

func finished(t *testing.T, server *MailServer) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return server.WaitPlayed(ctx)
}

// "* serve until" and other steps can alternate, even after TLS, after a login or inside a
// transaction. The client can send commands with PIPELINING.
func TestServeUntil(t *testing.T) {
	server := staged(t, MailOptions{}, "* serve until RCPT 2\nC: RCPT TO:<c@d.example>\nS: 450 4.7.1 Later\n* serve\n")
	c := greeted(t, server)
	c.want("220", "STARTTLS")
	require.NoError(t, c.startTLS(trusting()))
	c.want("250", "EHLO me.example")
	c.want("235", "AUTH PLAIN "+b64("\x00alice@test.example\x00s3cret pass"))
	c.say("MAIL FROM:<a@b.example>\r\nRCPT TO:<b@d.example>\r\nRCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\nDATA\r\n")
	for _, code := range []string{"250", "250", "450", "250", "354"} {
		assert.Equal(t, code, c.hear()[:3])
	}
	c.want("250", "Subject: x\r\n\r\ny\r\n.")
	c.want("221", "QUIT")
	require.NoError(t, finished(t, server))
	mail := server.Mails()[0]
	require.Len(t, mail.Recipients, 2)
	assert.Equal(t, "e@d.example", mail.Recipients[1].Address)
	assert.Equal(t, "alice@test.example", mail.Login)
	assert.Equal(t, "PLAIN", mail.Mechanism)
	assert.Equal(t, "played", server.Progress().State)
}

// "* serve" continues the session with the keywords, the transaction and the mails that result
// from the earlier steps.
func TestServeAfterScript(t *testing.T) {
	server := staged(t, MailOptions{}, "S: 220 x\nC: EHLO *\nS: 250-x\nS: 250 SIZE 99\nC: MAIL FROM:<a@b.example> SIZE=5\nS: 250 x\nC: RCPT TO:<c@d.example>\nS: 250 x\n* serve\n")
	c := dial(t, server.Addr())
	c.hear()
	c.want("250-x|250 SIZE 99", "EHLO me.example")
	c.want("250", "MAIL FROM:<a@b.example> SIZE=5")
	c.want("250", "RCPT TO:<c@d.example>")
	c.want("555", "RCPT TO:<c@d.example> NOTIFY=NEVER")
	c.want("354", "DATA")
	c.want("250", "x\r\n.")
	c.want("250", "EHLO me.example")
	c.want("221", "QUIT")
	require.NoError(t, finished(t, server))
	require.Len(t, server.Mails(), 1)
	assert.Equal(t, "a@b.example", server.Mails()[0].From)
	assert.Equal(t, []string{"SIZE=5"}, server.Mails()[0].Params)
}

// Mails that a script without "* serve" accepts are stored too.
func TestMailsOfScripts(t *testing.T) {
	const hello = "S: 220 x\nC: EHLO *\nS: 250 x\nC: MAIL FROM:<a@b.example>\nS: 250 x\nC: RCPT TO:<c@d.example>\nC: RCPT TO:<e@d.example>\nS: 250 x\nS: 550 x\n"
	for name, c := range map[string]struct {
		end  string
		kept int
	}{
		"accepted":   {"C: DATA\nS: 354 x\nC...\nS: 250 x\nC: QUIT\nS: 221 x\n", 1},
		"refused":    {"C: DATA\nS: 354 x\nC...\nS: 554 x\nC: QUIT\nS: 221 x\n", 0},
		"no reply":   {"C: DATA\nS: 354 x\nC...\n* close\n", 0},
		"reset":      {"C: RSET\nS: 250 x\nC: DATA\nS: 354 x\nC...\nS: 250 x\n* leave\n", 0},
		"serve":      {"C: DATA\nS: 354 x\nC...\nS: 250 x\n* serve\n", 1},
		"bdat":       {"* bdat\nS: 250 x\n* bdat\nS: 250 x\n* leave\n", 1},
		"over twice": {"C: DATA\nS: 250 x\n* leave\n", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := staged(t, MailOptions{}, hello+c.end)
			k := dial(t, server.Addr())
			k.hear()
			k.want("250", "EHLO me.example")
			k.want("250", "MAIL FROM:<a@b.example>")
			k.say("RCPT TO:<c@d.example>\r\nRCPT TO:<e@d.example>\r\n")
			k.hear()
			k.hear()
			if name == "bdat" {
				k.say("BDAT 2\r\nhi")
				k.hear()
				k.say("BDAT 2 LAST\r\n\r\n")
				k.hear()
			} else {
				if name == "reset" {
					k.ask("RSET")
				}
				if strings.HasPrefix(k.ask("DATA"), "354") {
					k.say("hi\r\n.\r\n")
				}
				if name != "no reply" && name != "over twice" {
					k.hear()
					if name == "accepted" || name == "refused" {
						k.ask("QUIT")
					}
				}
			}
			k.conn.Close()
			require.NoError(t, finished(t, server))
			require.Len(t, server.Mails(), c.kept)
			if c.kept > 0 {
				assert.Equal(t, "hi\r\n", string(server.Mails()[0].Data))
				assert.Equal(t, []Recipient{{"c@d.example", []string{}}}, server.Mails()[0].Recipients)
			}
		})
	}
}

// With LMTP, a mail is stored for the recipients that the script accepts.
func TestMailsOfScriptsLMTP(t *testing.T) {
	server := staged(t, MailOptions{}, "lmtp: yes\n\nS: 220 x\nC: LHLO *\nS: 250 x\nC: MAIL FROM:<>\nS: 250 x\nC: RCPT TO:<c@d.example>\nS: 250 x\n"+
		"C: RCPT TO:<e@d.example>\nS: 250 x\nC: DATA\nS: 354 x\nC...\nS: 550 x\nS: 250 x\n* serve\n")
	c := dial(t, server.Addr())
	c.hear()
	for _, line := range []string{"LHLO me", "MAIL FROM:<>", "RCPT TO:<c@d.example>", "RCPT TO:<e@d.example>"} {
		c.want("250", line)
	}
	c.want("354", "DATA")
	c.want("550", ".")
	assert.Equal(t, "250 x", c.hear())
	c.want("500", "EHLO me")
	c.want("221", "QUIT")
	require.NoError(t, finished(t, server))
	assert.Equal(t, "e@d.example", server.Mails()[0].Recipients[0].Address)
}

// On the port with implicit TLS, a script need not begin with "* tls".
func TestScriptOnTheTLSPort(t *testing.T) {
	for _, text := range []string{"S: 220 x\n* leave\n", "* tls\nS: 220 x\n* leave\n", "* serve\n"} {
		server := staged(t, MailOptions{}, text)
		c := dial(t, server.TLSAddr())
		require.NoError(t, c.startTLS(trusting()))
		assert.Contains(t, c.hear(), "220")
		c.want("221", "QUIT")
		c.conn.Close()
		require.NoError(t, finished(t, server))
	}
	server := staged(t, MailOptions{}, "certificate: expired\n\n* serve\n")
	c := dial(t, server.TLSAddr())
	assert.ErrorContains(t, c.startTLS(trusting()), "expired")
	c.conn.Close()
}

// After its last connection, a script ends or, with "repeat: yes", begins again. After a failure,
// it ends.
func TestScriptEndsOrBeginsAgain(t *testing.T) {
	const refuse = "S: 554 not today\n* leave\n"
	greeting := func(server *MailServer) string {
		c := dial(t, server.Addr())
		defer c.conn.Close()
		return c.hear()[:3]
	}
	once := staged(t, MailOptions{}, refuse)
	assert.Equal(t, "waiting", once.Progress().State)
	assert.Equal(t, "554", greeting(once))
	require.NoError(t, finished(t, once))
	assert.Equal(t, "220", greeting(once))
	assert.Equal(t, 1, once.Progress().Runs)

	always := staged(t, MailOptions{}, "repeat: yes\n\n"+refuse)
	for range 3 {
		assert.Equal(t, "554", greeting(always))
	}
	require.NoError(t, always.Play(nil, Whole))
	assert.Equal(t, "220", greeting(always))
	assert.Equal(t, "none", always.Progress().State)
	assert.Error(t, finished(t, always))

	wrong := staged(t, MailOptions{}, "repeat: yes\n\nS: 220 x\nC: EHLO *\n* leave\n")
	c := dial(t, wrong.Addr())
	c.hear()
	c.say("HELO me\r\n")
	var m *Mismatch
	require.ErrorAs(t, finished(t, wrong), &m)
	assert.Equal(t, Mismatch{Script: "test", Connection: 1, Line: 4, Want: "EHLO *", Got: "HELO me"}, *m)
	assert.Equal(t, "220", greeting(wrong))
	assert.Equal(t, "failed", wrong.Progress().State)
}

// A script whose header contains a fault counts as played to its end only if the fault has
// occurred.
func TestFaultThatNeverOccurred(t *testing.T) {
	server := staged(t, MailOptions{}, "fault: RCPT#2: 450 Later\nhide: PIPELINING\nextra: XFOO\n\n* serve\n")
	c := dial(t, server.Addr())
	c.hear()
	ehlo := c.want("250", "EHLO me.example")
	assert.Contains(t, ehlo, "XFOO")
	assert.NotContains(t, ehlo, "PIPELINING")
	c.want("250", "MAIL FROM:<>")
	c.want("250", "RCPT TO:<c@d.example>")
	c.want("221", "QUIT")
	assert.ErrorContains(t, finished(t, server), "want: a client that reaches RCPT, for the fault\n got:  a client that reached it only 1 time(s)")
}

// A client deviates from the script if it leaves before it has sent the command that
// "* serve until" names.
func TestServeUntilFails(t *testing.T) {
	server := staged(t, MailOptions{}, "* serve until DATA\n* close\n")
	c := greeted(t, server)
	c.want("221", "QUIT")
	assert.ErrorContains(t, finished(t, server), "want: a client that sends DATA\n got:  QUIT, which ended the session")
	server = staged(t, MailOptions{}, "* serve until DATA\n* close\n")
	greeted(t, server).conn.Close()
	assert.ErrorContains(t, finished(t, server), "got:  the client closed the connection")
}

// A script ends when Play is called again or the server is closed, even in the middle of a
// connection.
func TestScriptIsStopped(t *testing.T) {
	server := staged(t, MailOptions{}, "* stall\n")
	stalled := dial(t, server.Addr())
	require.Eventually(t, func() bool { return server.Progress().State == "playing" }, 10*time.Second, time.Millisecond)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	assert.ErrorContains(t, server.WaitPlayed(ctx), "stopped before the end of the script test (state: playing)")
	require.NoError(t, server.Play(nil, Whole))
	assert.NoError(t, stalled.ended())
	server = staged(t, MailOptions{}, "* wait 10m\n* close\n")
	dial(t, server.Addr())
	require.Eventually(t, func() bool { return server.Progress().State == "playing" }, 10*time.Second, time.Millisecond)
	server.Close() // returns
}
