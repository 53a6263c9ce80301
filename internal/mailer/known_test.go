// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"csmtp/smtp"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// crashing is a server that accepts each message. But if the client has sent another command
// without waiting for the reply to the message, the server closes the connection instead of
// replying.
type crashing struct {
	mu       sync.Mutex
	subjects []string
	sessions int
}

func (s *crashing) talk(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	in := bufio.NewReaderSize(c, 64<<10)
	io.WriteString(c, "220 crashing\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 2.0.0 OK\r\n"
		switch strings.Fields(line)[0] {
		case "EHLO":
			answer = "250-crashing\r\n250 PIPELINING\r\n"
		case "DATA":
			io.WriteString(c, "354 go\r\n")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
				if subject, found := strings.CutPrefix(line, "Subject: "); found {
					s.mu.Lock()
					s.subjects = append(s.subjects, strings.TrimSpace(subject))
					s.mu.Unlock()
				}
			}
			if in.Buffered() > 0 {
				return
			}
		case "QUIT":
			answer = "221 bye\r\n"
		}
		io.WriteString(c, answer)
	}
}

func (s *crashing) start(t *testing.T) uint16 {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() {
		l.Close()
		known.Forget() // the server of another test may use the same port
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

// The batch is sent completely. One of its mails is in doubt, and none is delivered twice.
// The library then knows the server's behavior: no mail of the next batch is in doubt, even
// if another handle sends it.
func TestBatchAtAServerThatCrashes(t *testing.T) {
	for _, open := range []bool{false, true} {
		server := &crashing{}
		port := server.start(t)
		letters := func(n int) (h uintptr, mails []uintptr) {
			for i := range n + 1 {
				mail := New()
				t.Cleanup(func() { Free(mail) })
				mustCall(t, mail, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", port, false) })
				mustCall(t, mail, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
				mustCall(t, mail, func(m *Mailer) error { return m.AddRecipient("bob@test.example", "") })
				mustCall(t, mail, func(m *Mailer) error { return m.SetSubject(fmt.Sprintf("Mail %d", i)) })
				mustCall(t, mail, func(m *Mailer) error { return m.AddMsgLine("Hello.") })
				mails = append(mails, mail)
			}
			if open {
				mustCall(t, mails[n], func(m *Mailer) error {
					return m.ConnectRemoteServer("127.0.0.1", port, noSecurity, false, "", "")
				})
			}
			return mails[n], mails[:n]
		}
		h, mails := letters(20)
		numbers := make([]Number, 20)
		require.Equal(t, connectionClosed, SendBatch(h, mails, numbers))
		for i, mail := range mails {
			want := smtp.Accepted
			if i == 0 {
				want = smtp.InDoubt
			}
			assert.Equal(t, want, outcome(mail), "mail %d", i)
			assert.Equal(t, i != 0, numbers[i] == NoError)
		}
		h, mails = letters(5)
		require.Equal(t, NoError, SendBatch(h, mails, make([]Number, 5)))
		server.mu.Lock()
		assert.Len(t, server.subjects, 25, "%q", server.subjects)
		assert.Equal(t, 3, server.sessions)
		server.mu.Unlock()
	}
}
