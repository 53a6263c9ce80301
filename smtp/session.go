// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"time"

	"csmtp/smtp/internal/conn"
	"csmtp/smtp/internal/wire"
)

// Session is a connection to a server, ready for mail transactions. Only one goroutine may
// use it at a time. Another goroutine may cancel the context that was passed to Dial.
type Session struct {
	cfg      *Config
	server   Server
	untried  []Server // the servers that Dial would have tried after this one
	timeouts Timeouts
	security Security
	ctx      context.Context
	stop     func() bool // stops the session from watching ctx
	total    time.Time   // when the current call has to end; zero without Timeouts.Total
	stepAt   time.Time   // when the last step began
	askedAt  time.Time   // when the operating system last said that no octets had arrived

	link *conn.Link // below TLS
	tls  *tls.Conn  // nil without TLS
	buffers
	raw  rawReply
	line []byte // the command being built
	dead bool

	watch stopwatch

	onLine func([]byte) // nil without Trace
	heard  []string     // lines of a reply, passed to Trace when the last line has arrived
	inAuth bool         // whether the session is logging in

	mechanism    string // the SASL mechanism of the login; "" if there was no login
	loginSkipped bool   // whether Config.Auth is set, but the server does not offer AUTH

	ext        map[string]string // maps the keyword of each extension offered to its parameters; nil after HELO
	pipelining bool
	limits     limits

	waits      bool // whether nothing may be sent between a message and its reply
	wasSlow    bool // whether Known says that the server's last reply to the previous session was slow
	takesAhead bool // whether the server has accepted commands between a message and its reply
	pipelined  bool // whether the server has replied to a RCPT, which shows that pipelining works
	together   int  // the number of mails that the next group may have; see groupMails
	overran    bool // whether commands between a message and its reply have ended the session

	quitSent   bool   // whether QUIT was sent, or is in the write buffer
	quitSaid   bool   // whether the reply to QUIT was read, or QUIT failed
	quitFailed *Error // the error from QUIT, or nil

	sent      int // transactions completed
	mails     int // transactions begun
	body      body
	dots      wire.DotWriter
	chunks    *wire.ChunkWriter
	chunkSent func(last bool, size int) error // called by chunks
	verdicts  verdicts
	spare     []byte   // reused memory for mails that are sent together
	lastRCPT  struct { // the latest reply to RCPT, shared by recipients with the same reply
		raw   []byte
		code  int
		reply *Reply
	}
}

// conn returns the connection for SMTP: the TLS connection, or the network connection
// without TLS.
func (s *Session) conn() net.Conn {
	if s.tls != nil {
		return s.tls
	}
	return s.link
}

// tcpConn returns the network connection below TLS.
func (s *Session) tcpConn() net.Conn { return s.link.Conn }

// waiting reports whether octets from the server can be read at once. It looks for octets
// that the program has already received. If 'kernel' is true, it also asks the operating
// system, by a system call, whether more octets have arrived. It returns an error if the
// connection has ended.
func (s *Session) waiting(kernel bool) (bool, error) {
	if s.rd.Buffered() > 0 {
		return true, nil
	}
	if !kernel && s.tls == nil {
		return false, nil
	}
	err := s.probe(kernel)
	left := s.rd.Buffered() > 0
	if kernel && !left && err == nil {
		s.askedAt = time.Now()
	}
	return left, err
}

// probe reads the octets that have arrived, without waiting. Unless 'kernel' is set, it
// reads only the octets that crypto/tls has already received.
func (s *Session) probe(kernel bool) error {
	return s.link.Probe(kernel, s.rd.Fill)
}

// deadline begins a step. It returns the current time plus d, or the time when the current call
// has to end if that is earlier.
func (s *Session) deadline(d time.Duration) time.Time {
	s.stepAt = time.Now()
	return s.limited(s.stepAt.Add(d))
}

// limited returns t, or the time when the current call has to end if that is earlier.
func (s *Session) limited(t time.Time) time.Time {
	if !s.total.IsZero() && s.total.Before(t) {
		return s.total
	}
	return t
}

// timeIsUp reports whether the time limit of the current call has passed.
func (s *Session) timeIsUp() bool { return !s.total.IsZero() && !time.Now().Before(s.total) }

// past is a deadline that ends a read or write at once.
var past = conn.Past

// startClock starts the time limit of one call, Timeouts.Total.
func (s *Session) startClock() {
	s.total = time.Time{}
	if s.timeouts.Total > 0 {
		s.total = time.Now().Add(s.timeouts.Total)
	}
}

// Usable reports whether another mail may be sent over the session. The server may
// have closed an idle session without notice; see IsStale.
func (s *Session) Usable() bool {
	return !s.dead && s.ctx.Err() == nil && !s.limits.usedUp(s.mails)
}

// Sent returns the number of mail transactions completed.
func (s *Session) Sent() int { return s.sent }

// Extension reports whether the server offers a service extension, and returns its
// parameters. The name is not case-sensitive.
func (s *Session) Extension(name string) (params string, ok bool) {
	name = strings.ToUpper(name)
	if params, ok = s.ext[name]; ok {
		_, params = s.shownExtension(name)
	}
	return params, ok
}

// Extensions returns a map from the keyword of each service extension that the server
// offers, in upper case, to its parameters. The map is empty after HELO.
func (s *Session) Extensions() map[string]string {
	shown := make(map[string]string, len(s.ext))
	for name := range s.ext {
		keyword, params := s.shownExtension(name)
		shown[keyword] = params
	}
	return shown
}

// Offers reports whether the server offers a service extension. The name is not
// case-sensitive.
func (s *Session) Offers(name string) bool { return s.offers(strings.ToUpper(name)) }

// offers is Offers for a keyword that is already in upper case.
func (s *Session) offers(extension string) bool {
	_, ok := s.ext[extension]
	return ok
}

// shownExtension returns keyword and parameters without secrets. A secret may
// begin in the keyword and end in the parameters.
func (s *Session) shownExtension(name string) (keyword, params string) {
	lines := s.cfg.Secrets.HideLines([]string{name, s.ext[name]})
	return lines[0], lines[1]
}

// Mechanism returns the name of the SASL mechanism of the login, or "" if there was no login.
func (s *Session) Mechanism() string { return s.mechanism }

// LoginSkipped reports whether Config.Auth is set, but the session is not logged in
// because the server does not offer AUTH.
func (s *Session) LoginSkipped() bool { return s.loginSkipped }

// Server returns the server of the session.
func (s *Session) Server() Server { return s.server }

// Untried returns the servers that Dial would have tried next, in order.
func (s *Session) Untried() []Server { return slices.Clone(s.untried) }

// MarkFailed makes Dial try the session's server only after the others, until
// Config.FailedFor has passed.
func (s *Session) MarkFailed() { s.cfg.noteFailed(s.server, time.Now()) }

// TLSState returns the state of the TLS connection, or nil without TLS.
func (s *Session) TLSState() *tls.ConnectionState {
	if s.tls == nil {
		return nil
	}
	state := s.tls.ConnectionState()
	return &state
}

// SetTimeouts replaces Config.Timeouts from the next call on.
func (s *Session) SetTimeouts(t Timeouts) { s.cfg.Timeouts, s.timeouts = t, t.WithDefaults() }

// Control calls f with the descriptor of the connection, if it has one. The descriptor
// must not be used after f has returned.
func (s *Session) Control(f func(fd uintptr)) { s.link.Control(f) }

// LocalAddr returns the local address of the connection.
func (s *Session) LocalAddr() net.Addr { return s.link.LocalAddr() }

// RemoteAddr returns the address of the server, or of the proxy.
func (s *Session) RemoteAddr() net.Addr { return s.link.RemoteAddr() }
