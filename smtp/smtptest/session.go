// SPDX-License-Identifier: MIT

package smtptest

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

const (
	maxCommand = 12288 // RFC 4954, section 4, for AUTH; other commands have at most 512 octets
	idleLimit  = 2 * time.Minute
	readAhead  = 64 << 10
)

// errEnd ends a session without another event in the dialogue.
var errEnd = errors.New("the session is over")

// session is one connection to a MailServer.
type session struct {
	server *MailServer
	conn   net.Conn // TLS after the handshake
	raw    net.Conn
	r      *bufio.Reader
	out    bytes.Buffer
	record *SessionRecord

	readSince bool // something was read since the last write
	greeted   bool
	extended  bool // by EHLO or LHLO
	secured   bool
	user      string
	envelope  *envelope
	accepted  int // mails
}

func newSession(server *MailServer, conn net.Conn, record *SessionRecord) *session {
	return &session{server: server, conn: conn, raw: conn, r: bufio.NewReaderSize(conn, readAhead), record: record}
}

func (x *session) note(change func(*SessionRecord)) {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	change(x.record)
}

func (x *session) event(format string, args ...any) {
	x.note(func(r *SessionRecord) { r.Dialogue.event(format, args...) })
}

// violation records that the client has violated the protocol.
func (x *session) violation(what string) {
	x.note(func(r *SessionRecord) {
		r.Violations = append(r.Violations, what)
		r.Dialogue.event("violation: %s", what)
	})
}

func (x *session) greet(secure bool) error {
	if secure {
		if err := x.handshake(); err != nil {
			return err
		}
	}
	service := "ESMTP"
	if x.server.options.LMTP {
		service = "LMTP"
	}
	return x.reply("greeting", "220 %s %s ready", x.server.options.Hostname, service)
}

// checkMailCount returns errEnd if a fault ends the session after this number of mails.
func (x *session) checkMailCount() error {
	for i := range x.server.options.Faults {
		f := &x.server.options.Faults[i]
		if n, is := f.after("close after "); is && x.accepted >= n {
			x.event("the server closes the connection")
			return errEnd
		}
		if n, is := f.after("421 after "); is && x.accepted >= n {
			return x.sayAndEnd("421 4.7.0 Too many mails in one session")
		}
	}
	return nil
}

// hear reads one line. It writes the pending output before it waits.
func (x *session) hear(answersChallenge bool) (string, error) {
	if pending, _ := x.r.Peek(x.r.Buffered()); bytes.IndexByte(pending, '\n') < 0 {
		if err := x.flush(); err != nil {
			return "", err
		}
	}
	x.conn.SetReadDeadline(time.Now().Add(idleLimit))
	text, err := readLine(x.r, maxCommand)
	line := string(text)
	if len(line) > 0 || err == nil {
		x.readSince = true
		x.note(func(r *SessionRecord) { r.Dialogue.client(masked(line, answersChallenge)) })
	}
	if err == errBareCR || err == errBareLF || err == errTooLong {
		x.violation(err.Error())
		return "", x.sayAndEnd("500 5.5.2 " + err.Error())
	}
	return line, err
}

// reply sends the reply to a step, or carries out the fault for it.
func (x *session) reply(step, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if step != "" {
		if f := x.server.fault(step); f != nil {
			return x.misbehave(f, text)
		}
	}
	x.say(text)
	return nil
}

// say buffers a reply; the lines of text are separated by CRLF.
func (x *session) say(text string) {
	x.note(func(r *SessionRecord) {
		for line := range strings.SplitSeq(text, "\r\n") {
			r.Dialogue.server(line)
		}
	})
	x.out.WriteString(text + "\r\n")
}

func (x *session) sayAndEnd(text string) error {
	x.say(text)
	return errEnd
}

// flush writes the buffered output.
func (x *session) flush() error {
	if x.out.Len() == 0 {
		return nil
	}
	if x.readSince {
		x.readSince = false
		x.note(func(r *SessionRecord) { r.RoundTrips++ })
	}
	mode := Whole
	for i := range x.server.options.Faults {
		f := &x.server.options.Faults[i]
		if f.Do == "byte" && f.Step == "" {
			mode = ByByte
		}
		if d := f.latency(); d > 0 && f.Step == "" {
			time.Sleep(d)
		}
	}
	defer x.out.Reset()
	x.conn.SetWriteDeadline(time.Now().Add(idleLimit))
	return mode.write(x.conn, x.out.Bytes())
}

// misbehave carries out a fault. good is the reply that it replaces.
func (x *session) misbehave(f *Fault, good string) error {
	switch f.Do {
	case "421":
		return x.sayAndEnd("421 4.3.2 Shutting down")
	case "garble":
		x.event("garbled reply")
		x.out.WriteString("\x00\xff this is no reply\r\n")
		return nil
	case "close", "reset", "stall":
		if n := min(f.Octets, len(good)+2); n > 0 && good != "" {
			x.event("%d octets of %q", n, good)
			x.out.WriteString((good + "\r\n")[:n])
		}
		return x.abandon(f.Do)
	}
	x.say(f.Do)
	return nil
}

// abandon ends a session without a reply.
func (x *session) abandon(how string) error {
	if err := x.flush(); err != nil {
		return err
	}
	switch how {
	case "reset":
		x.event("the server resets the connection")
		// A reset may overtake the output, and even the client's connect.
		time.Sleep(20 * time.Millisecond)
		if tcp, is := x.raw.(*net.TCPConn); is {
			tcp.SetLinger(0)
		}
		x.raw.Close()
	case "stall":
		x.event("the server is silent")
		x.stall()
	default:
		x.event("the server closes the connection")
		x.conn.Close()
	}
	return errEnd
}

// stall neither reads nor writes until the server is closed, so that the
// window of a client that sends much becomes full.
func (x *session) stall() {
	select {
	case <-x.server.closing:
	case <-time.After(idleLimit):
	}
}

func (x *session) handshake() error {
	if f := x.server.fault("TLS"); f != nil {
		if f.Do == "garble" {
			x.conn.Write([]byte("220 this is no TLS\r\n"))
			return errEnd
		}
		return x.abandon(f.Do)
	}
	conn := tls.Server(x.raw, x.server.tls)
	conn.SetDeadline(time.Now().Add(idleLimit))
	if err := conn.Handshake(); err != nil {
		x.event("handshake failed: %s", reason(err))
		return errEnd
	}
	conn.SetDeadline(time.Time{})
	state := conn.ConnectionState()
	x.note(func(r *SessionRecord) {
		r.Handshakes++
		r.TLSVersion, r.ServerName = tls.VersionName(state.Version), state.ServerName
		if len(state.PeerCertificates) > 0 {
			r.ClientCert = state.PeerCertificates[0].Subject.CommonName
		}
		r.Dialogue.event("%s", r.TLSVersion)
	})
	x.conn, x.secured = conn, true
	x.r = bufio.NewReaderSize(conn, readAhead)
	return nil
}

// tlsState returns the state of the TLS connection, or nil without TLS.
func (x *session) tlsState() *tls.ConnectionState { return stateOf(x.conn) }

func stateOf(conn net.Conn) *tls.ConnectionState {
	secured, is := conn.(*tls.Conn)
	if !is {
		return nil
	}
	state := secured.ConnectionState()
	return &state
}

// envelope is an open mail transaction.
type envelope struct {
	from       string
	params     []string
	recipients []Recipient
	letter     *letter  // nil before DATA or BDAT
	check      *checker // of its content
	chunks     int
}

func (e *envelope) param(name string) (value string, given bool) {
	for _, p := range e.params {
		key, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}
