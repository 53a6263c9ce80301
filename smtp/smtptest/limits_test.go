// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLimits(t *testing.T) {
	server := serve(t, MailOptions{MaxSessions: 1, MaxRecipients: 2, MaxPending: 1000, MaxDialogue: 3000})
	c := greeted(t, server)
	other := dial(t, server.Addr())
	assert.Equal(t, "421 4.7.0 Too many sessions at the same time", other.hear())
	c.want("250", "MAIL FROM:<>")
	c.want("250", "RCPT TO:<a@b.example>")
	c.want("250", "RCPT TO:<c@b.example>")
	c.want("452 4.5.3", "RCPT TO:<d@b.example>")
	c.want("354", "DATA")
	c.want("452 4.3.1", strings.Repeat(strings.Repeat("x", 98)+"\r\n", 20)+".")
	// After each mail, its memory no longer counts towards MaxPending.
	for range 2 {
		c.want("250", "MAIL FROM:<>")
		c.want("250", "RCPT TO:<a@b.example>")
		c.want("354", "DATA")
		c.want("250", strings.Repeat("x", 900)+"\r\n.")
	}
	for range 100 {
		c.want("500", strings.Repeat("\x01", 100))
	}
	c.want("221", "QUIT")
	require.NoError(t, server.WaitIdle(2, 10*time.Second))
	dialogue := server.Sessions()[0].Dialogue.String()
	assert.Less(t, len(dialogue), 3200)
	assert.True(t, strings.HasSuffix(dialogue, "* the rest of the dialogue is not recorded\n"))
	assert.Zero(t, server.pending)
}

// The recipients of open transactions count towards MaxPending.
func TestRecipientsCountTowardsMaxPending(t *testing.T) {
	server := serve(t, MailOptions{MaxPending: 2000})
	c := greeted(t, server)
	c.want("250", "MAIL FROM:<>")
	long := "RCPT TO:<a@b.example> ORCPT=rfc822;" + strings.Repeat("x", 300)
	for range 5 {
		c.want("250", long)
	}
	c.want("452 4.3.1", long)
	c.want("354", "DATA")
	c.want("250", "x\r\n.")
	for _, end := range []string{"RSET", "EHLO me"} {
		c.want("250", "MAIL FROM:<>")
		for range 5 {
			c.want("250", long)
		}
		c.want("250", end)
	}
	c.want("250", "MAIL FROM:<>")
	c.want("250", long)
	c.want("221", "QUIT")
	require.NoError(t, server.WaitIdle(1, 10*time.Second))
	assert.Zero(t, server.pending)
}

// MaxPending also limits the memory for content that scripts read.
func TestLimitsOfScripts(t *testing.T) {
	server := staged(t, MailOptions{MaxPending: 1000}, "S: 220 x\nC: DATA\nS: 354 x\nC...\nS: 250 x\n* leave\n")
	c := dial(t, server.Addr())
	c.hear()
	c.want("354", "DATA")
	c.say(strings.Repeat(strings.Repeat("x", 98)+"\r\n", 20))
	assert.ErrorContains(t, finished(t, server), "more than the server has memory for")
	server.Close()
	assert.Zero(t, server.pending)
}

// failing is a listener whose Accept method at first returns errors.
type failing struct {
	net.Listener
	left int
}

func (l *failing) Accept() (net.Conn, error) {
	if l.left > 0 {
		l.left--
		return nil, syscall.EMFILE
	}
	return l.Listener.Accept()
}

// The server accepts further connections after an error such as too many open files.
func TestAcceptGoesOnAfterErrors(t *testing.T) {
	server := serve(t, MailOptions{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ended := make(chan struct{})
	go func() {
		server.accept(&failing{listener, 3}, false)
		close(ended)
	}()
	assert.Contains(t, dial(t, listener.Addr().String()).hear(), "220 ")
	listener.Close()
	<-ended

	// When the server is closed, accept returns even if the listener continues to fail.
	ended = make(chan struct{})
	go func() {
		server.accept(&failing{nil, 1 << 30}, false)
		close(ended)
	}()
	server.Close()
	<-ended
}

// If Received is set, the server stores no mails. It calls Received before it accepts a mail.
func TestReceivedAndEnded(t *testing.T) {
	var mails []Mail
	var during, after []SessionRecord
	var mu sync.Mutex // Ended is called by several goroutines
	server := serve(t, MailOptions{
		Received: func(m Mail, r SessionRecord) { mails, during = append(mails, m), append(during, r) },
		Ended: func(r SessionRecord) {
			mu.Lock()
			defer mu.Unlock()
			after = append(after, r)
		},
	})
	for i := range 3 {
		c := greeted(t, server)
		c.want("250", "MAIL FROM:<>")
		c.want("250", "RCPT TO:<a@b.example>")
		c.want("354", "DATA")
		c.want("250", ".")
		server.mu.Lock()
		assert.Len(t, mails, i+1)
		server.mu.Unlock()
		c.conn.Close()
	}
	require.NoError(t, server.WaitIdle(3, 10*time.Second))
	server.Close()
	assert.Empty(t, server.Mails())
	assert.Empty(t, server.Sessions())
	assert.Equal(t, 3, mails[2].Number)
	assert.Equal(t, 3, mails[2].Session)
	assert.WithinDuration(t, time.Now(), mails[2].Received, time.Minute)
	assert.Equal(t, 1, during[2].Mails)
	require.Len(t, after, 3)
}

// A session counts towards MaxSessions until Ended has returned.
func TestEndedThatBlocks(t *testing.T) {
	began, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	server := serve(t, MailOptions{MaxSessions: 1, Ended: func(SessionRecord) {
		once.Do(func() { close(began) })
		<-release
	}})
	greeted(t, server).want("221", "QUIT")
	<-began
	assert.Equal(t, "421 4.7.0 Too many sessions at the same time", dial(t, server.Addr()).hear())
	close(release)
	require.NoError(t, server.WaitIdle(0, 10*time.Second))
	assert.Contains(t, dial(t, server.Addr()).hear(), "220 ")
}

// FuzzSession checks that no input makes a session panic, hang or use much memory.
func FuzzSession(f *testing.F) {
	for _, text := range []string{
		"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.example>\r\nDATA\r\n\r\n.\r\nQUIT\r\n",
		"EHLO x\r\nAUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\nYQ==\r\nYg==\r\nAUTH CRAM-MD5\r\n*\r\n",
		"EHLO x\r\nAUTH SCRAM-SHA-256 biwsbj1hLHI9YWFhYWFhYWFhYQ==\r\nYz1iaXdz\r\n",
		"LHLO x\r\nMAIL FROM:<> BODY=BINARYMIME\r\nRCPT TO:<\"a\\\"b\"@[127.0.0.1]> NOTIFY=NEVER ORCPT=rfc822;x\r\nBDAT 3\r\nabcBDAT 0 LAST\r\n",
		"EHLO x\r\nSTARTTLS\r\n\x16\x03\x01\x00\x05hello",
		"HELO\r\nBDAT 99999999999999999999\r\nDATA\r\nRSET\r\nNOOP\r\nVRFY\r\nHELP\r\n\x00\xff\n\r",
	} {
		f.Add([]byte(text), false, "* serve until DATA\nC: DATA\nS: 354 x\nC...\nS: 250 x\n* serve\n")
	}
	f.Add([]byte("EHLO x\r\n"), true, "repeat: yes\n\n* serve until EHLO\n* close\n")
	f.Fuzz(func(t *testing.T, input []byte, lmtp bool, text string) {
		server, err := NewMailServer(MailOptions{LMTP: lmtp, MaxSize: 1 << 16, MaxPending: 1 << 16, MaxDialogue: 1 << 16, MaxRecipients: 10})
		require.NoError(t, err)
		defer server.Close()
		// Scripts that take a long time are not played.
		if script, err := Parse(text); err == nil && !strings.Contains(text, "drip") && !strings.Contains(text, "wait") &&
			!strings.Contains(text, "repeat ") && !strings.Contains(text, "latency") && !strings.Contains(text, "RSA") {
			require.NoError(t, server.Play(script, script.Modes()[0]))
		}
		c := dial(t, server.Addr())
		c.conn.Write(bytes.Repeat(input, 2))
		c.conn.(interface{ CloseWrite() error }).CloseWrite()
		c.conn.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		c.ended()
		c.conn.Close()
		server.Close()
		assert.Zero(t, server.pending)
	})
}
