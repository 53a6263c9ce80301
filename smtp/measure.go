// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"net"
	"time"

	"csmtp/smtp/internal/dial"
)

// Milestone is the event that a Measurement reports.
type Milestone int

const (
	Connected    Milestone = iota + 1 // a connection was opened
	NotConnected                      // no connection could be opened
	TLSStarted                        // the TLS handshake has succeeded
	LoggedIn                          // the server has accepted the login
	LoginFailed                       // the login has failed
	Ready                             // the session is ready for mails
	Disconnected                      // the connection has ended
)

// Measurement is the argument of Config.Measure. Each Connected is followed by exactly
// one Disconnected.
type Measurement struct {
	What   Milestone
	Server Server
	Err    *Error // the cause of NotConnected, LoginFailed or Disconnected; nil if the client disconnected
	Code   int    // if Err is nil: the code of the last reply, or 0
	Durations
}

// Durations contains how long the steps of a session have taken so far. A step that was not
// done has the duration 0.
type Durations struct {
	Resolve  time.Duration // looking up the address
	Connect  time.Duration // connecting, including a proxy
	TLS      time.Duration // the handshake
	Greeting time.Duration
	EHLO     time.Duration // EHLO or HELO, also after STARTTLS, and STARTTLS itself
	Login    time.Duration
	Total    time.Duration // since the beginning of the connection attempt
}

// Times contains how long the steps of a mail took. They are measured only if
// Config.Measure is set. If a mail has several transactions, each field is the sum over all
// of them.
type Times struct {
	Envelope time.Duration // MAIL, RCPT, and the reply to DATA
	Content  time.Duration // writing the message
	Reply    time.Duration // from the last octet of the message to the reply
	Octets   int64         // the size of the message, if all of it was sent
}

// stopwatch measures the steps of a session.
type stopwatch struct {
	on      bool
	began   time.Time // the beginning of the connection attempt
	took    Durations
	setUp   bool // whether Dial has finished opening the session, successfully or not
	stopped bool // whether Disconnected was reported
}

// now returns the time, or the zero time if nothing is measured.
func (s *Session) now() time.Time {
	if !s.watch.on {
		return time.Time{}
	}
	return time.Now()
}

// timed calls step, and adds the duration of this call to *d, a field of s.watch.
func (s *Session) timed(d *time.Duration, step func() *Error) *Error {
	if !s.watch.on {
		return step()
	}
	began := time.Now()
	e := step()
	*d += time.Since(began)
	return e
}

// measured reports a milestone to Measure.
func (s *Session) measured(what Milestone, e *Error) {
	w := &s.watch
	if !w.on {
		return
	}
	w.took.Total = time.Since(w.began)
	m := Measurement{What: what, Server: s.server, Err: s.cfg.reported(e), Durations: w.took}
	if e == nil {
		m.Code = s.raw.code
	}
	s.cfg.Measure(m)
}

// disconnected reports the end of the connection to Measure, but only once. e is the
// cause, or nil if the client has ended the session. While the session is being opened,
// disconnected does nothing, because the function open reports the end with the error of the
// session.
func (s *Session) disconnected(e *Error) {
	if w := &s.watch; w.setUp && !w.stopped {
		w.stopped = true
		s.measured(Disconnected, e)
	}
}

// reported returns a copy of e for Measure, without secrets.
func (c *Config) reported(e *Error) *Error {
	if e == nil {
		return nil
	}
	c.conceal(e)
	copied := *e
	return &copied
}

// measure adds the times of the transaction, which has ended, to res.
func (t *transaction) measure(res *Result) {
	if t.began.IsZero() {
		return
	}
	end, m := t.ended, &res.Times
	switch {
	case t.writing.IsZero():
		m.Envelope += end.Sub(t.began)
	case t.wrote.IsZero():
		m.Envelope += t.writing.Sub(t.began)
		m.Content += end.Sub(t.writing)
	default:
		m.Envelope += t.writing.Sub(t.began)
		m.Content += t.wrote.Sub(t.writing)
		m.Reply += end.Sub(t.wrote)
		m.Octets = max(m.Octets, t.size)
	}
}

// connect opens a connection, and measures it if Measure is set.
func (c *Config) connect(ctx context.Context, o *dial.Options, server Server) (net.Conn, stopwatch, *Error) {
	if c.Measure != nil {
		return c.connectMeasured(ctx, o, server)
	}
	conn, err := dial.Dial(ctx, o)
	if err != nil {
		return nil, stopwatch{}, connectError(err)
	}
	return conn, stopwatch{}, nil
}

func (c *Config) connectMeasured(ctx context.Context, o *dial.Options, server Server) (net.Conn, stopwatch, *Error) {
	w := stopwatch{on: true, began: time.Now()}
	o.Resolved = func() { w.took.Resolve = time.Since(w.began) }
	conn, err := dial.Dial(ctx, o)
	w.took.Total = time.Since(w.began)
	w.took.Connect = w.took.Total - w.took.Resolve
	if err != nil {
		e := connectError(err)
		c.Measure(Measurement{What: NotConnected, Server: server, Err: c.reported(e), Durations: w.took})
		return nil, w, e
	}
	return conn, w, nil
}
