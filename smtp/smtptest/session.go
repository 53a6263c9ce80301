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
	maxCommand    = 12288 // for every command: the limit that RFC 4954, section 4, sets for AUTH
	maxViolations = 100   // the maximum number of recorded violations of one session
	idleLimit     = 2 * time.Minute
	readAhead     = 64 << 10
)

// errEnd is returned to end a session without another event in the dialogue.
var errEnd = errors.New("the session is over")

// session is one connection to a MailServer.
type session struct {
	server  *MailServer
	options *MailOptions // the options of the server, or of the Server that plays a script
	tls     *tls.Config
	mode    Mode
	limit   time.Time // if not zero, the time after which every operation fails
	conn    net.Conn  // TLS after the handshake
	raw     net.Conn
	r       *bufio.Reader
	out     bytes.Buffer
	record  *SessionRecord

	readSince bool // whether something was read since the last write
	welcomed  bool // whether the greeting was sent
	greeted   bool
	extended  bool     // whether the client sent EHLO or LHLO rather than HELO
	spoken    []string // the keywords in the EHLO reply, if a script has sent it
	secured   bool
	user      string
	envelope  *envelope
	accepted  int // the number of accepted mails

	secrecy
	hidden bool // whether the last command was masked in the dialogue

	verb string  // the last command
	stop *stop   // the command at which "* serve until" ends
	open []asked // commands that a script has not yet answered

	unread *string // the line at which "* serve until" has ended, for the next step; nil if there is none
}

func newSession(server *MailServer, conn net.Conn, record *SessionRecord) *session {
	return &session{server: server, options: &server.options, tls: server.tls, conn: conn, raw: conn,
		r: bufio.NewReaderSize(conn, readAhead), record: record}
}

// deadline returns the time at which the next operation fails.
func (x *session) deadline() time.Time {
	t := time.Now().Add(idleLimit)
	if !x.limit.IsZero() && x.limit.Before(t) {
		return x.limit
	}
	return t
}

func (x *session) note(change func(*SessionRecord)) {
	x.server.mu.Lock()
	defer x.server.mu.Unlock()
	change(x.record)
}

func (x *session) event(format string, args ...any) {
	x.note(func(r *SessionRecord) { r.Dialogue.event(format, args...) })
}

// violation records a violation of the protocol by the client.
func (x *session) violation(what string) {
	x.note(func(r *SessionRecord) {
		if len(r.Violations) < maxViolations {
			r.Violations = append(r.Violations, what)
		}
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
	if x.options.LMTP {
		service = "LMTP"
	}
	x.welcomed = true
	return x.reply("greeting", "220 %s %s ready", x.options.Hostname, service)
}

// checkMailCount carries out a fault such as "close after 2": it returns errEnd if that many
// mails have been accepted.
func (x *session) checkMailCount() error {
	for i := range x.options.Faults {
		f := &x.options.Faults[i]
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

// hear reads one line. If it has to wait for the line, it writes the pending output first.
func (x *session) hear(answersChallenge bool) (string, error) {
	if pending, _ := x.r.Peek(x.r.Buffered()); bytes.IndexByte(pending, '\n') < 0 {
		if err := x.flush(); err != nil {
			return "", err
		}
	}
	x.conn.SetReadDeadline(x.deadline())
	text, err := readLine(x.r, maxCommand)
	line := string(text)
	if len(line) > 0 || err == nil {
		x.readSince = true
	}
	if err == nil && !answersChallenge && x.stop.at(line) {
		x.unread = &line
		return "", errStop
	}
	if len(line) > 0 || err == nil {
		x.challenged = answersChallenge || x.challenged
		x.logClient(line)
	}
	if err == errBareCR || err == errBareLF || err == errTooLong {
		x.violation(err.Error())
		return "", x.sayAndEnd("500 5.5.2 " + err.Error())
	}
	return line, err
}

// logClient adds a client's line to the dialogue, without its secrets.
func (x *session) logClient(line string) {
	shown := x.shown(line)
	x.hidden = shown != line
	x.received(line)
	x.note(func(r *SessionRecord) { r.Dialogue.client(shown) })
}

// reply sends the reply to a step. If there is a fault for the step, reply carries out the fault
// instead.
func (x *session) reply(step, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if step != "" {
		if f := x.fault(step); f != nil {
			return x.misbehave(f, text)
		}
	}
	x.say(text)
	return nil
}

// say adds a reply to the pending output. The lines of text are separated by CRLF.
func (x *session) say(text string) {
	x.note(func(r *SessionRecord) {
		for line := range strings.SplitSeq(text, "\r\n") {
			r.Dialogue.server(line)
		}
	})
	x.out.WriteString(text + "\r\n")
	// A reply 334 outside a login, such as that of a fault for MAIL, does not request a
	// secret.
	x.sent([]byte(text))
	x.challenged = x.challenged && x.login
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
	mode := x.mode
	for i := range x.options.Faults {
		f := &x.options.Faults[i]
		if f.Do == "byte" && f.Step == "" {
			mode = ByByte
		}
		if d := f.latency(); d > 0 && f.Step == "" {
			time.Sleep(d)
		}
	}
	defer x.out.Reset()
	x.conn.SetWriteDeadline(x.deadline())
	return mode.write(x.conn, x.out.Bytes())
}

// misbehave carries out a fault. The text 'good' is the reply that the server would send
// without the fault.
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
		// Without this pause, the reset could arrive before the output, or even before
		// the client has connected.
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

// stall waits until the server is closed, but not longer than idleLimit. It reads nothing: a
// client that sends many octets has to wait too.
func (x *session) stall() {
	select {
	case <-x.server.closing:
	case <-time.After(idleLimit):
	}
}

func (x *session) handshake() error {
	if f := x.fault("TLS"); f != nil {
		if f.Do == "garble" {
			x.conn.Write([]byte("220 this is no TLS\r\n"))
			return errEnd
		}
		return x.abandon(f.Do)
	}
	conn := tls.Server(x.raw, x.tls)
	conn.SetDeadline(x.deadline())
	if err := conn.Handshake(); err != nil {
		x.event("handshake failed: %s", reason(err))
		return errEnd
	}
	conn.SetDeadline(time.Time{})
	x.noteTLS(conn.ConnectionState())
	x.conn, x.secured = conn, true
	x.r = bufio.NewReaderSize(conn, readAhead)
	return nil
}

// noteTLS records a successful handshake.
func (x *session) noteTLS(state tls.ConnectionState) {
	x.note(func(r *SessionRecord) {
		r.Handshakes++
		r.TLSVersion, r.ServerName = tls.VersionName(state.Version), state.ServerName
		if len(state.PeerCertificates) > 0 {
			r.ClientCert = state.PeerCertificates[0].Subject.CommonName
		}
		r.Dialogue.event("%s", r.TLSVersion)
	})
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
	check      *checker // checks the content
	chunks     int
	held       int64 // the octets that are reserved for the recipients and count towards MaxPending
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
