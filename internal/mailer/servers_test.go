// SPDX-License-Identifier: MIT

package mailer

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/smtptest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listed makes h use the servers, in this order.
func listed(t *testing.T, h uintptr, addresses ...string) {
	t.Helper()
	known.Forget()
	t.Cleanup(known.Forget)
	mustCall(t, h, func(m *Mailer) error { return m.SetSMTPServer(strings.Join(addresses, ", "), 0, true) })
}

func address(server *smtptest.MailServer) string { return fmt.Sprintf("127.0.0.1:%d", server.Port()) }

// faulty starts a server that has one fault.
func faulty(t *testing.T, fault string) *smtptest.MailServer {
	t.Helper()
	f, err := smtptest.ParseFault(fault)
	require.NoError(t, err)
	return serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{f}})
}

// nextServerAfter contains faults of a server. The value says whether the next server gets
// the mail after the fault.
var nextServerAfter = map[string]bool{
	"greeting: close":                      true,
	"greeting: 421":                        true,
	"EHLO: 421":                            true,
	"EHLO: close":                          true,
	"AUTH: 454 4.7.0 Temporary failure":    true,
	"AUTH: 421":                            true,
	"AUTH: close":                          true,
	"AUTH: 535 5.7.8 Wrong":                false,
	"AUTH: 432 4.7.12 Change the password": false,
	"MAIL: 451 4.3.0 Trouble":              true,
	"MAIL: 452 4.3.1 Disk full":            true,
	"MAIL: 421":                            true,
	"MAIL: close":                          true,
	"MAIL: reset":                          true,
	"MAIL: 550 5.7.1 Not you":              false,
	"RCPT: close":                          true,
	"RCPT: 421":                            true,
	"RCPT: 450 4.2.0 Greylisted":           false,
	"RCPT: 550 5.1.1 Unknown":              false,
	"DATA: close":                          true,
	"body+20: close":                       false, // in doubt: the whole message was sent
	"end of data: 451 4.3.0 Trouble":       false,
	"end of data: 421":                     false,
	"end of data: close":                   false, // in doubt
	"end of data: garble":                  false, // in doubt
	"MAIL: garble":                         false,
}

func TestNextServerAfter(t *testing.T) {
	for fault, next := range nextServerAfter {
		for _, connected := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", fault, connected), func(t *testing.T) {
				bad, good := faulty(t, fault), serve(t, smtptest.MailOptions{})
				h := handle(t, bad)
				listed(t, h, address(bad), address(good))
				mustCall(t, h, func(m *Mailer) error { return m.SetAuthMechanism("PLAIN") })
				n := NoError
				if connected {
					n = Call(h, func(m *Mailer) error { return m.ConnectRemoteServer(m.settings.server, 0, doNotSet, true, "", "") })
				}
				if n == NoError {
					n = Call(h, (*Mailer).Send)
				}
				if next {
					require.Equal(t, NoError, n, Value(h, (*Mailer).GetLastErrorText))
					require.Len(t, good.Mails(), 1)
					assert.Equal(t, smtp.Accepted, outcome(h))
					assert.Equal(t, address(good), Value(h, (*Mailer).GetPeerAddress))
					return
				}
				require.NotEqual(t, NoError, n)
				assert.Empty(t, good.Sessions())
			})
		}
	}
}

// If no server accepts the mail, Send returns the error for the refusal by the first server.
// The text of the error also says that the next server failed.
func TestNextServerFailsToo(t *testing.T) {
	bad := faulty(t, "MAIL: 451 4.3.0 Trouble")
	h := handle(t, bad)
	listed(t, h, address(bad), fmt.Sprintf("127.0.0.1:%d", deadPort(t)))
	text := mustFail(t, h, commandMailFrom, (*Mailer).Send)
	assert.Contains(t, text, "451 4.3.0 Trouble")
	assert.Contains(t, text, "the next server failed too")
	assert.Equal(t, smtp.RejectedTemporary, outcome(h))
	assert.Equal(t, 451, Value(h, (*Mailer).GetLastReplyCode))
	assert.True(t, Value(h, (*Mailer).IsSafeToRetry))
}

// A message that was built for the extensions of one server is built again for the next
// server.
func TestNextServerHasOtherExtensions(t *testing.T) {
	bad := faulty(t, "MAIL: 451 4.3.0 Trouble")
	good := serve(t, smtptest.MailOptions{Hide: []string{"8BITMIME", "SMTPUTF8", "CHUNKING", "BINARYMIME"}})
	h := handle(t, bad)
	listed(t, h, address(bad), address(good))
	mustCall(t, h, func(m *Mailer) error { return m.SetEightBit(true) })
	mustCall(t, h, func(m *Mailer) error { return m.SetCharSet("UTF-8") })
	mustCall(t, h, func(m *Mailer) error { return m.SetTextBody("Grüße") })
	mustCall(t, h, (*Mailer).Send)
	require.Len(t, good.Mails(), 1)
	assert.NotContains(t, string(good.Mails()[0].Data), "ü")
	assert.Empty(t, waitIdle(t, good, 1)[0].Violations)
}

// A server that has failed is tried after the other servers, until the time of
// SetServerPause is over.
func TestServerPause(t *testing.T) {
	for _, seconds := range []uint32{60, 0} {
		bad, good := faulty(t, "MAIL: 451 4.3.0 Trouble"), serve(t, smtptest.MailOptions{})
		h := handle(t, bad)
		listed(t, h, address(bad), address(good))
		mustCall(t, h, func(m *Mailer) error { return m.SetServerPause(seconds) })
		for range 3 {
			mustCall(t, h, (*Mailer).Send)
		}
		other := handle(t, good) // another handle of the process
		mustCall(t, other, func(m *Mailer) error { return m.SetSMTPServer(address(bad)+","+address(good), 0, true) })
		mustCall(t, other, func(m *Mailer) error { return m.SetServerPause(seconds) })
		mustCall(t, other, (*Mailer).Send)
		assert.Len(t, good.Mails(), 4)
		want := 1
		if seconds == 0 {
			want = 4
		}
		assert.Len(t, bad.Sessions(), want, "with a pause of %d seconds", seconds)
	}
}

// The client waits for a silent server only once, because it remembers that the server has
// failed.
func TestSilentServerIsRemembered(t *testing.T) {
	silent, good := faulty(t, "greeting: stall"), serve(t, smtptest.MailOptions{})
	h := handle(t, silent)
	listed(t, h, address(silent), address(good))
	mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutGreeting, 300) })
	for range 3 {
		mustCall(t, h, (*Mailer).Send)
	}
	assert.Len(t, good.Mails(), 3)
	assert.Len(t, silent.Sessions(), 1)
}

// If the connection is lost during the TLS handshake, the next server gets the mail. If the
// certificate is wrong, the next server does not get the mail.
func TestNextServerAfterTLS(t *testing.T) {
	ca := caFile(t)
	for fault, next := range map[string]bool{"TLS: close": true, "certificate": false} {
		options := smtptest.MailOptions{Certificate: "expired"}
		if next {
			options = smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "TLS", Do: "close"}}}
		}
		bad, good := serve(t, options), serve(t, smtptest.MailOptions{})
		h := handle(t, bad)
		listed(t, h, fmt.Sprintf("localhost:%d", bad.TLSPort()), fmt.Sprintf("localhost:%d", good.TLSPort()))
		mustCall(t, h, func(m *Mailer) error { return m.SetSecurityType(useSSL) })
		mustCall(t, h, func(m *Mailer) error { return m.SetCAFile(ca) })
		n := Call(h, (*Mailer).Send)
		assert.Equal(t, next, n == NoError, "%s: %s", fault, Value(h, (*Mailer).GetLastErrorText))
		assert.Equal(t, next, len(good.Sessions()) > 0, fault)
	}
}

// A server that has failed is still tried if no other server accepts the mail.
func TestServerPauseExcludesNoServer(t *testing.T) {
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "MAIL", Do: "451 4.3.0 Trouble", Nth: 1}}})
	h := handle(t, server)
	listed(t, h, address(server), fmt.Sprintf("127.0.0.1:%d", deadPort(t)))
	mustFail(t, h, commandMailFrom, (*Mailer).Send)
	mustCall(t, h, (*Mailer).Send)
}

// If a server fails during SendBatch, the remaining mails are sent to the next server,
// except a mail that is in doubt.
func TestBatchGoesOnElsewhere(t *testing.T) {
	for fault, doubt := range map[string]bool{
		"MAIL#3: 451 4.3.0 Trouble": false, "MAIL#3: close": false, "RCPT#3: reset": false, "MAIL: 451 4.3.0 Trouble": false,
		"end of data#3: close": true,
	} {
		bad, good := faulty(t, fault), serve(t, smtptest.MailOptions{})
		h, mails := letters(t, bad, 6)
		listed(t, h, address(bad), address(good))
		mustCall(t, h, func(m *Mailer) error { return m.SetExtensionOff("PIPELINING") })
		numbers := make([]Number, 6)
		n := SendBatch(h, mails, numbers)
		for i, mail := range mails {
			want := smtp.Accepted
			if doubt && i == 2 {
				want = smtp.InDoubt
			}
			assert.Equal(t, want, outcome(mail), "%s: mail %d: %s", fault, i, Value(mail, (*Mailer).GetLastErrorText))
		}
		assert.Equal(t, doubt, n != NoError, fault)
		subjects := map[string]int{}
		for _, mail := range append(bad.Mails(), good.Mails()...) {
			_, subject, _ := strings.Cut(string(mail.Data), "Subject: ")
			subject, _, _ = strings.Cut(subject, "\r\n")
			subjects[subject]++
		}
		for subject, n := range subjects {
			assert.Equal(t, 1, n, "%s: %s", fault, subject)
		}
	}
}

// halting is a server that offers PIPELINING, but does not reply to commands that are sent
// together.
type halting struct {
	mu       sync.Mutex
	sessions int
	mails    int
}

func (s *halting) talk(c net.Conn) {
	defer c.Close()
	s.mu.Lock()
	s.sessions++
	s.mu.Unlock()
	in := bufio.NewReader(c)
	io.WriteString(c, "220 halting\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		answer := "250 2.0.0 OK\r\n"
		switch strings.Fields(line)[0] {
		case "EHLO":
			answer = "250-halting\r\n250 PIPELINING\r\n"
		case "MAIL":
			time.Sleep(20 * time.Millisecond)
			if in.Buffered() > 0 {
				io.WriteString(c, answer)
				io.Copy(io.Discard, c)
				return
			}
		case "DATA":
			io.WriteString(c, "354 go\r\n")
			for line != ".\r\n" {
				if line, err = in.ReadString('\n'); err != nil {
					return
				}
			}
			s.mu.Lock()
			s.mails++
			s.mu.Unlock()
		case "QUIT":
			answer = "221 bye\r\n"
		}
		io.WriteString(c, answer)
	}
}

func (s *halting) counts() (sessions, mails int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sessions, s.mails
}

func shortPipeliningWait(t *testing.T) {
	long := pipeliningWait
	pipeliningWait = 300 * time.Millisecond
	t.Cleanup(func() { pipeliningWait = long })
}

// If a server does not reply to commands that are sent together, the client tries again
// without PIPELINING. It tries PIPELINING only once for each handle. The log reports the
// second attempt.
func TestServerThatCannotPipeline(t *testing.T) {
	shortPipeliningWait(t)
	for _, how := range []string{"Send", "connected", "batch"} {
		server := &halting{}
		port := serveWith(t, server.talk)
		var lines []string
		h := New()
		t.Cleanup(func() { Free(h) })
		mails := []uintptr{h}
		if how == "batch" {
			mails = nil
			for range 3 {
				mail := New()
				t.Cleanup(func() { Free(mail) })
				mails = append(mails, mail)
			}
		}
		for _, mail := range append([]uintptr{h}, mails...) {
			mustCall(t, mail, func(m *Mailer) error { return m.SetSMTPServer("127.0.0.1", port, false) })
			mustCall(t, mail, func(m *Mailer) error { return m.SetSenderMail("alice@test.example") })
			mustCall(t, mail, func(m *Mailer) error { m.DelRecipients(); return m.AddRecipient("bob@test.example", "") })
		}
		mustCall(t, h, func(m *Mailer) error {
			return m.SetLogCallback(func(_ int, line string) { lines = append(lines, line) })
		})
		if how == "connected" {
			mustCall(t, h, func(m *Mailer) error { return m.ConnectRemoteServer("127.0.0.1", port, doNotSet, false, "", "") })
		}
		for range 2 {
			if how == "batch" {
				require.Equal(t, NoError, SendBatch(h, mails, make([]Number, 3)))
			} else {
				mustCall(t, h, (*Mailer).Send)
			}
		}
		sessions, got := server.counts()
		assert.Equal(t, 2*len(mails), got, how)
		want := 3 // the session that got no reply, and one session for each call
		if how == "connected" {
			want = 2
		}
		assert.Equal(t, want, sessions, how)
		said := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "trying again without PIPELINING") })
		assert.GreaterOrEqual(t, said, 0, "%s: %q", how, lines)
	}
}

// If a server never replies to RCPT, the first call to Send tries once more without PIPELINING
// before it reports the timeout. The second call tries only once.
func TestServerThatNeverRepliesToRCPT(t *testing.T) {
	shortPipeliningWait(t)
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Step: "RCPT", Do: "stall"}}})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetTimeout(timeoutCommand, 600) })
	mustFail(t, h, serverNotResponding, (*Mailer).Send)
	assert.Len(t, server.Sessions(), 2)
	mustFail(t, h, serverNotResponding, (*Mailer).Send)
	assert.Len(t, server.Sessions(), 3, "a second attempt without PIPELINING")
	assert.Equal(t, smtp.NotSent, outcome(h))
	assert.Empty(t, server.Mails())
}

// If a slow server has replied to one RCPT, the client does not open a session without
// PIPELINING.
func TestSlowServerThatPipelines(t *testing.T) {
	shortPipeliningWait(t)
	server := serve(t, smtptest.MailOptions{Faults: []smtptest.Fault{{Do: "latency 100ms"}}})
	h := handle(t, server)
	for i := range 5 {
		mustCall(t, h, func(m *Mailer) error { return m.AddRecipient(fmt.Sprintf("b%d@test.example", i), "") })
	}
	mustCall(t, h, (*Mailer).Send)
	assert.Len(t, waitIdle(t, server, 1), 1)
}

// serveWith returns the port of a server that calls talk for each connection. A connection
// stays open until talk closes it, or until the test ends.
func serveWith(t *testing.T, talk func(net.Conn)) uint16 {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() {
		close(done)
		l.Close()
		known.Forget()
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				talk(c)
				<-done // otherwise, the garbage collector could close the connection
			}()
		}
	}()
	return uint16(l.Addr().(*net.TCPAddr).Port)
}

func TestSetExtensionOff(t *testing.T) {
	server := serve(t, smtptest.MailOptions{})
	h := handle(t, server)
	mustCall(t, h, func(m *Mailer) error { return m.SetExtensionOff("size, Pipelining") })
	mustCall(t, h, func(m *Mailer) error {
		return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
	})
	for name, want := range map[string]bool{"SIZE": false, "PIPELINING": false, "8BITMIME": true, "CHUNKING": true} {
		m := Lookup(h)
		_, ok := m.GetExtension(name)
		assert.Equal(t, want, ok, name)
	}
	mustCall(t, h, (*Mailer).Send)
	dialogue := server.Sessions()[0].Dialogue.String()
	assert.NotContains(t, dialogue, "SIZE=")
	for _, bad := range []string{"STARTTLS", "PIPELINING starttls", "SIZE=10", "a;b", "-", "PIPE\r\nLINING", "Größe"} {
		mustFail(t, h, BadArgument, func(m *Mailer) error { return m.SetExtensionOff(bad) })
	}
	mustCall(t, h, func(m *Mailer) error { return m.SetExtensionOff("") })
	mustCall(t, h, (*Mailer).Send)
	_, ok := Lookup(h).GetExtension("SIZE")
	assert.True(t, ok, "the setting was cleared")
}

// For KeepAlive, a reply 421 means the same as a connection that the server has closed.
func TestKeepAliveAnd421(t *testing.T) {
	for fault, want := range map[string]Number{
		"NOOP: 421": connectionClosed, "NOOP: close": connectionClosed, "NOOP: 500 5.5.1 What": undefXYZResponse,
	} {
		server := faulty(t, fault)
		h := handle(t, server)
		mustCall(t, h, func(m *Mailer) error {
			return m.ConnectRemoteServer("127.0.0.1", uint16(server.Port()), doNotSet, true, "", "")
		})
		mustFail(t, h, want, (*Mailer).KeepAlive)
	}
}
