// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"context"
	"errors"
	"net"
	"time"

	"csmtp/smtp/internal/conn"
	"csmtp/smtp/internal/dial"
	"csmtp/smtp/internal/wire"
)

// Dial connects to the first server of cfg that greets, secures the connection
// and logs in. ctx governs the whole life of the session, not only Dial: when
// it ends, whatever step is under way ends within moments.
//
// A server that cannot be reached, does not greet, or is out of service for
// now is followed by the next; one whose certificate is wrong, lacks what was
// asked for, or refuses the login is not. Every error is an *Error.
func Dial(ctx context.Context, cfg *Config) (*Session, error) {
	c := *cfg
	c.keepSecrets()
	if len(c.Servers) == 0 {
		return nil, &Error{Op: OpConnect, Kind: KindLocal, Err: errors.New("no server is set")}
	}
	if c.Security != NoSecurity {
		if err := c.checkTLS(); err != nil {
			return nil, asError(err, OpTLS, KindLocal)
		}
	}
	if e := c.checkAuth(); e != nil {
		return nil, e
	}
	if c.LocalName != "" {
		if _, err := localName(c.LocalName); err != nil {
			return nil, asError(err, OpEHLO, KindLocal)
		}
	}
	var total time.Time
	if c.Timeouts.Total > 0 {
		total = time.Now().Add(c.Timeouts.Total)
	}
	var failures []error
	for _, server := range c.Servers {
		s, e := open(ctx, &c, server, total)
		if e == nil {
			return s, nil
		}
		c.conceal(e)
		if !total.IsZero() && !time.Now().Before(total) || ctx.Err() != nil || !e.nextServer() {
			return nil, e.after(failures)
		}
		failures = append(failures, &serverError{server, e})
		if len(failures) == len(c.Servers) {
			return nil, e.after(failures[:len(failures)-1])
		}
	}
	panic("unreachable")
}

// serverError says which of several servers failed.
type serverError struct {
	server Server
	err    *Error
}

func (e *serverError) Error() string { return e.server.String() + ": " + e.err.Error() }
func (e *serverError) Unwrap() error { return e.err }

// after adds what went wrong with the servers tried before.
func (e *Error) after(earlier []error) *Error {
	if len(earlier) > 0 {
		e.Err = errors.Join(append([]error{e.Err}, earlier...)...)
	}
	return e
}

// nextServer tells whether another server may fare better.
func (e *Error) nextServer() bool {
	switch e.Op {
	case OpResolve, OpConnect:
		return e.Kind == KindResolve || e.Kind == KindDial || e.Kind == KindTimeout
	case OpGreeting:
		return e.Kind != KindCanceled
	case OpEHLO, OpSTARTTLS:
		return e.Kind == KindClosed || e.Kind == KindTimeout || e.Reply.Temporary()
	}
	return false
}

// open makes a session with one server.
func open(ctx context.Context, cfg *Config, server Server, total time.Time) (*Session, *Error) {
	dialCtx := ctx
	if !total.IsZero() {
		var cancel context.CancelFunc
		dialCtx, cancel = context.WithDeadline(ctx, total)
		defer cancel()
	}
	options := dial.Options{
		Network: cfg.Network, Host: server.Host, Port: server.Port,
		LocalAddr: cfg.LocalAddr, Proxy: cfg.Proxy, Resolver: cfg.Resolver,
		Timeout: cfg.Timeouts.WithDefaults().Connect,
	}
	if cfg.Secrets != nil {
		options.Hide = cfg.Secrets.Hide
	}
	if cfg.OnThread {
		options.Connect = conn.Connect
	}
	c, err := dial.Dial(dialCtx, &options)
	if err != nil {
		return nil, connectError(err)
	}
	s := newSession(ctx, cfg, server, c)
	s.total = total
	s.event("connected to %s", c.RemoteAddr())
	if e := s.start(); e != nil {
		s.leave()
		e.Addr = c.RemoteAddr()
		return nil, e
	}
	return s, nil
}

// newSession returns a session over c, before the greeting.
func newSession(ctx context.Context, cfg *Config, server Server, c net.Conn) *Session {
	if cfg.OnThread {
		c = conn.OnThread(c)
	}
	s := &Session{cfg: cfg, server: server, timeouts: cfg.Timeouts.WithDefaults(), ctx: ctx, link: conn.New(ctx, c)}
	s.security = cfg.Security
	if server.ImplicitTLS && (cfg.Security == STARTTLS || cfg.Security == STARTTLSIfOffered) {
		s.security = ImplicitTLS
	}
	s.waits = cfg.Known.mustWait(cfg.knownAs(server), time.Now())
	s.rd = wire.NewReader(s.link)
	s.body.s = s
	s.raw.secrets = cfg.Secrets
	s.bw = bufio.NewWriterSize(&s.body, writeBuffer)
	if cfg.Trace != nil {
		s.onLine = s.traceReply
	}
	s.stop = context.AfterFunc(ctx, s.link.End)
	return s
}

func connectError(err error) *Error {
	e := &Error{Op: OpConnect, Kind: KindDial, Err: err}
	var de *dial.Error
	if errors.As(err, &de) {
		if de.Resolving || de.Stage == dial.Resolve {
			e.Op = OpResolve
		}
		switch de.Stage {
		case dial.Local:
			e.Kind = KindLocal
		case dial.Resolve:
			e.Kind = KindResolve
		case dial.Timeout:
			e.Kind = KindTimeout
		case dial.Canceled:
			e.Kind = KindCanceled
		}
	}
	return e
}

// start brings a connection to where mail can be sent.
func (s *Session) start() *Error {
	if s.security == ImplicitTLS {
		if e := s.startTLS(); e != nil {
			return e
		}
	}
	if s.tls == nil {
		s.link.First = refuseTLS
	}
	s.arm(&stepGreeting)
	if e := s.await(&stepGreeting); e != nil {
		return e
	}
	if e := s.hello(); e != nil {
		return e
	}
	if s.security == STARTTLS || s.security == STARTTLSIfOffered {
		if e := s.upgrade(); e != nil {
			return e
		}
	}
	if s.cfg.Auth != nil {
		return s.login()
	}
	return nil
}

// leave ends a session that could not be started. Where the connection is in
// step, whatever the error, the server is told QUIT (RFC 5321, section
// 4.1.1.10). A session out of step, or with a read that timed out, is dead by
// now. The server's 221 is waited for no longer than partingTime: the caller
// has an error to hear.
func (s *Session) leave() {
	if !s.dead {
		s.timeouts.Quit = min(s.timeouts.Quit, partingTime)
		_ = s.quit()
	}
	s.kill()
}

// partingTime is how long a server may take to answer the QUIT of a session
// that could not be started.
const partingTime = time.Second
