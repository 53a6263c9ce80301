// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func serve(t *testing.T, options MailOptions) *MailServer {
	t.Helper()
	server, err := NewMailServer(options)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	return server
}

// The function greeted returns a client without TLS that has sent EHLO.
func greeted(t *testing.T, server *MailServer) *client {
	t.Helper()
	c := dial(t, server.Addr())
	c.hear()
	c.want("250", "EHLO me.example")
	return c
}

const letterText = "Subject: hi\r\n\r\n..dot\r\nend\r\n."

func TestMailIsKept(t *testing.T) {
	server := serve(t, MailOptions{})
	c := greeted(t, server)
	c.want("220", "STARTTLS")
	require.NoError(t, c.startTLS(trusting()))
	ehlo := c.want("250", "EHLO me.example")
	assert.Contains(t, ehlo, "|250 AUTH SCRAM-SHA-256-PLUS")
	assert.NotContains(t, ehlo, "STARTTLS")
	c.want("235 2.7.0", "AUTH PLAIN "+b64("\x00alice@test.example\x00s3cret pass"))
	c.say("MAIL FROM:<a@b.example> SIZE=10 RET=HDRS\r\nRCPT TO:<c@d.example> NOTIFY=NEVER\r\nRCPT TO:<refused-9@d.example>\r\n")
	c.say("DATA\r\n")
	assert.Equal(t, "250 2.1.0 Sender OK", c.hear())
	assert.Equal(t, "250 2.1.5 Recipient OK", c.hear())
	assert.Equal(t, "550 5.1.1 No such user", c.hear())
	assert.Equal(t, "354 End with CRLF.CRLF", c.hear())
	c.want("250 2.0.0 OK: queued as ", letterText)
	c.want("221", "QUIT")
	assert.NoError(t, c.ended())
	require.NoError(t, server.WaitIdle(1, 10*time.Second))

	mail := server.Mails()[0]
	assert.Equal(t, "Subject: hi\r\n\r\n.dot\r\nend\r\n", string(mail.Data))
	assert.Equal(t, []string{"SIZE=10", "RET=HDRS"}, mail.Params)
	assert.Equal(t, []Recipient{{"c@d.example", []string{"NOTIFY=NEVER"}}}, mail.Recipients)
	assert.Equal(t, "alice@test.example", mail.Login)
	assert.Equal(t, "TLS 1.3", mail.TLS)
	record := server.Sessions()[0]
	assert.Equal(t, "PLAIN", record.Mechanism)
	assert.Equal(t, "localhost", record.ServerName)
	assert.Equal(t, 1, record.Handshakes)
	assert.Equal(t, 1, record.Mails)
	assert.Empty(t, record.Violations)
	// There is one round trip for each of EHLO, STARTTLS, EHLO, AUTH, the envelope, the
	// content and QUIT. If the envelope arrives in several segments, there are more.
	assert.LessOrEqual(t, record.RoundTrips, 9)
	assert.GreaterOrEqual(t, record.RoundTrips, 7)
	assert.Contains(t, record.Dialogue.String(), "C: AUTH PLAIN ****\n")
}

func TestImplicitTLSAndClosing(t *testing.T) {
	server := serve(t, MailOptions{Certificate: "good"})
	c := dial(t, server.TLSAddr())
	require.NoError(t, c.startTLS(trusting()))
	c.hear()
	c.want("503", "STARTTLS")
	server.Close()
	c.ended()
	_, err := net.Dial("tcp", server.Addr())
	assert.Error(t, err)
}

func TestRefusals(t *testing.T) {
	mail, rcpt := "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>"
	for _, c := range []struct {
		options   MailOptions
		says      []string
		want      string
		violation bool
	}{
		{says: []string{"MAIL FROM:a@b.example"}, want: "501", violation: true},
		{says: []string{"MAIL FROM: <a@b.example>"}, want: "501", violation: true},
		{says: []string{"MAIL FROM:<a@b.example>SIZE=1"}, want: "501", violation: true},
		{says: []string{"MAIL FROM:<a b@b.example>"}, want: "553", violation: true},
		{says: []string{"MAIL FROM:<@x.example:a@b.example>"}, want: "553", violation: true},
		{says: []string{"MAIL FROM:<ä@b.example>"}, want: "553", violation: true},
		{says: []string{"MAIL FROM:<ä@b.example> SMTPUTF8"}, want: "250"},
		{says: []string{`MAIL FROM:<"a> b"@b.example>`}, want: "250"},
		{says: []string{"MAIL FROM:<>"}, want: "250"},
		{says: []string{"MAIL FROM:<> SIZE=x"}, want: "501", violation: true},
		{says: []string{"MAIL FROM:<> SIZE=1 SIZE=1"}, want: "501", violation: true},
		{says: []string{"MAIL FROM:<> SIZE=99999999999"}, want: "552"},
		{says: []string{"MAIL FROM:<> BY=120;R"}, want: "555", violation: true},
		{options: MailOptions{Extra: []string{"DELIVERBY"}}, says: []string{"MAIL FROM:<> BY=120;R"}, want: "250"},
		{options: MailOptions{Hide: []string{"SIZE"}}, says: []string{"MAIL FROM:<> SIZE=1"}, want: "555", violation: true},
		{says: []string{mail, mail}, want: "503", violation: true},
		{options: MailOptions{AuthFirst: true}, says: []string{mail}, want: "530"},
		{options: MailOptions{TLSFirst: true}, says: []string{mail}, want: "530"},
		{options: MailOptions{TLSFirst: true}, says: []string{"AUTH PLAIN"}, want: "502"},
		{options: MailOptions{Mechanisms: []string{"LOGIN"}}, says: []string{"AUTH PLAIN"}, want: "504"},
		{says: []string{rcpt}, want: "503"},
		{says: []string{mail, "RCPT TO:<tempfail@d.example>"}, want: "450"},
		{says: []string{mail, "RCPT TO:<full@d.example>"}, want: "452"},
		{says: []string{mail, "RCPT TO:<over1@d.example>"}, want: "552"},
		{says: []string{mail, "RCPT TO:<drop@d.example>"}, want: "421"},
		{says: []string{mail, "RCPT TO:<c@d.example> NOTIFY=SOON"}, want: "501", violation: true},
		{options: MailOptions{Extra: []string{"LIMITS RCPTMAX=1"}}, says: []string{mail, rcpt, rcpt}, want: "452"},
		{says: []string{mail, "DATA"}, want: "554"},
		{says: []string{"DATA"}, want: "503"},
		{says: []string{"EHLO under_score.example"}, want: "501", violation: true},
		{says: []string{"EHLO [127.0.0.1]"}, want: "250"},
		{says: []string{"LHLO me.example"}, want: "500"},
		{says: []string{"XYZZY"}, want: "500"},
		{says: []string{mail, rcpt, "DATA", "a\nb\r\n."}, want: "554 5.6.0 Content has a bare LF", violation: true},
		{says: []string{mail, rcpt, "DATA", "a\rb\r\n."}, want: "554 5.6.0 Content has a bare CR", violation: true},
		{says: []string{mail, rcpt, "DATA", "a\n.\r\nb\r\n."}, want: "554", violation: true},
		{says: []string{mail, rcpt, "DATA", "a\x00b\r\n."}, want: "554 5.6.0 Content has a NUL", violation: true},
		{says: []string{mail, rcpt, "DATA", strings.Repeat("x", 998) + "\r\n."}, want: "250"},
		{says: []string{mail, rcpt, "DATA", strings.Repeat("x", 999) + "\r\n."}, want: "554", violation: true},
		{says: []string{mail, rcpt, "DATA", "\r\nä\r\n."}, want: "554", violation: true},
		{says: []string{mail + " BODY=8BITMIME", rcpt, "DATA", "\r\nä\r\n."}, want: "250"},
		{says: []string{mail + " BODY=8BITMIME", rcpt, "DATA", "X: ä\r\n\r\n."}, want: "554", violation: true},
		{says: []string{mail + " SMTPUTF8", rcpt, "DATA", "X: ä\r\n\r\n."}, want: "250"},
		{says: []string{mail + " BODY=BINARYMIME", rcpt, "DATA"}, want: "503"},
		{options: MailOptions{MaxSize: 5}, says: []string{mail, rcpt, "DATA", "123\r\n456\r\n."}, want: "552"},
		{says: []string{mail, "RCPT TO:<late@d.example>", "DATA", "x\r\n."}, want: "552"},
		{says: []string{"NOOP\r\nNOOP"}, want: "503 5.5.0", violation: true},
		{options: MailOptions{Hide: []string{"PIPELINING"}}, says: []string{mail + "\r\n" + rcpt}, want: "503 5.5.0", violation: true},
		{says: []string{"NOOP\n"}, want: "500 5.5.2 a bare LF", violation: true},
	} {
		server := serve(t, c.options)
		client := greeted(t, server)
		reply := ""
		for _, line := range c.says {
			reply = client.ask(line)
		}
		assert.True(t, strings.HasPrefix(reply, c.want), "%q: %s, want %s", c.says, reply, c.want)
		violations := server.Sessions()[0].Violations
		assert.Equal(t, c.violation, len(violations) > 0, "%q: %q", c.says, violations)
		server.Close()
	}
}

func TestChunking(t *testing.T) {
	server := serve(t, MailOptions{})
	c := greeted(t, server)
	c.want("250", "MAIL FROM:<> BODY=BINARYMIME")
	c.want("250", "RCPT TO:<c@d.example>")
	c.say("BDAT 4\r\n\n\x00\r.BDAT 3 LAST\r\n.\r\n")
	assert.Contains(t, c.hear(), "4 octets")
	assert.Contains(t, c.hear(), "queued")
	assert.Equal(t, "\n\x00\r..\r\n", string(server.Mails()[0].Data))
	assert.Equal(t, 2, server.Mails()[0].Chunks)
}

func TestLMTPOnUnixSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lmtp")
	server := serve(t, MailOptions{LMTP: true, UnixSocket: path})
	conn, err := net.Dial("unix", path)
	require.NoError(t, err)
	c := newClient(t, conn)
	assert.Contains(t, c.hear(), "LMTP")
	c.want("500", "EHLO me")
	c.want("250", "LHLO me")
	c.want("250", "MAIL FROM:<>")
	for _, name := range []string{"a", "late", "b"} {
		c.want("250", "RCPT TO:<"+name+"@d.example>")
	}
	c.want("354", "DATA")
	c.want("250", "x\r\n.")
	assert.True(t, strings.HasPrefix(c.hear(), "552"))
	assert.True(t, strings.HasPrefix(c.hear(), "250"))
	assert.Len(t, server.Mails()[0].Recipients, 2)
}

func TestFolder(t *testing.T) {
	folder := t.TempDir()
	server := serve(t, MailOptions{Folder: folder})
	c := greeted(t, server)
	c.want("250", "MAIL FROM:<a@b.example>")
	c.want("250", "RCPT TO:<c@d.example>")
	c.want("354", "DATA")
	c.want("250", letterText)
	c.want("250", "MAIL FROM:<a@b.example>")
	c.want("250", "RCPT TO:<c@d.example>")
	c.say("BDAT 2\r\nxx")
	c.hear()
	c.want("221", "QUIT")
	require.NoError(t, server.WaitIdle(1, 10*time.Second))

	eml, err := os.ReadFile(filepath.Join(folder, "1.eml"))
	require.NoError(t, err)
	assert.Equal(t, "Subject: hi\r\n\r\n.dot\r\nend\r\n", string(eml))
	text, err := os.ReadFile(filepath.Join(folder, "1.json"))
	require.NoError(t, err)
	var mail Mail
	require.NoError(t, json.Unmarshal(text, &mail))
	assert.Equal(t, "a@b.example", mail.From)
	assert.EqualValues(t, len(eml), mail.Size)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	assert.Len(t, files, 2, "the incomplete mail is removed")
}

// A mail that cannot be stored is refused and leaves no files.
func TestFolderThatFails(t *testing.T) {
	for _, name := range []string{"1.json", "1.eml"} {
		folder := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		server := serve(t, MailOptions{Folder: folder})
		c := greeted(t, server)
		c.want("250", "MAIL FROM:<a@b.example>")
		c.want("250", "RCPT TO:<c@d.example>")
		c.want("354", "DATA")
		c.want("451", letterText)
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, files, 1)
		assert.Equal(t, name, files[0].Name())
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, options := range []MailOptions{
		{Mechanisms: []string{"BASIC"}},
		{Certificate: "golden"},
		{NewestTLS: "2.0"},
		{Faults: []Fault{{Step: "LUNCH", Do: "close"}}},
		{UnixSocket: "/nowhere/at/all"},
	} {
		_, err := NewMailServer(options)
		assert.Error(t, err, "%+v", options)
	}
}
