// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"

	"csmtp/smtp/internal/conn"
	"csmtp/smtp/internal/dial"
)

// Dial connects to the first server of cfg that sends a greeting, starts TLS and logs in.
// ctx applies to the whole session, not only to Dial: when it ends, the current step ends
// too.
//
// Dial tries the next server if a server cannot be reached, sends no greeting, ends the
// connection, or replies 4yz to a command, including AUTH (except 432). It does not try the
// next server if the certificate is wrong, an extension is missing, or the login fails
// permanently. It tries the servers that have failed recently (Config.FailedFor) after the
// others. Every error is an *Error.
func Dial(ctx context.Context, cfg *Config) (*Session, error) {
	c := *cfg
	c.keepSecrets()
	if len(c.Servers) == 0 {
		return nil, &Error{Op: OpConnect, Kind: KindLocal, Err: ErrNoServer}
	}
	if c.Security != NoSecurity {
		if err := c.checkTLS(); err != nil {
			return nil, asError(err, OpTLS, KindLocal)
		}
	}
	if e := c.checkAuth(); e != nil {
		return nil, e
	}
	for _, off := range c.ExtensionsOff {
		if strings.EqualFold(off, "STARTTLS") {
			return nil, &Error{Op: OpEHLO, Kind: KindLocal, Err: errors.New("ExtensionsOff cannot contain STARTTLS: set Security")}
		}
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
	servers := c.inOrder(time.Now())
	var failures []error
	for i, server := range servers {
		s, e := open(ctx, &c, server, total)
		if e == nil {
			s.untried = servers[i+1:]
			return s, nil
		}
		c.conceal(e)
		next := ctx.Err() == nil && e.nextServer()
		if next {
			c.noteFailed(server, time.Now())
		}
		if !next || !total.IsZero() && !time.Now().Before(total) {
			return nil, e.after(failures)
		}
		failures = append(failures, &serverError{server, e})
		if len(failures) == len(servers) {
			return nil, e.after(failures[:len(failures)-1])
		}
	}
	panic("unreachable")
}

// serverError is an error, together with the server that caused it.
type serverError struct {
	server Server
	err    *Error
}

func (e *serverError) Error() string { return e.server.String() + ": " + e.err.Error() }
func (e *serverError) Unwrap() error { return e.err }

// The method named 'after' adds to e the errors of the servers tried earlier, and returns e.
func (e *Error) after(earlier []error) *Error {
	if len(earlier) > 0 {
		e.Err = errors.Join(append([]error{e.Err}, earlier...)...)
	}
	return e
}

// nextServer reports whether Dial tries the next server after the error e.
func (e *Error) nextServer() bool {
	switch e.Op {
	case OpResolve, OpConnect:
		return e.Kind == KindResolve || e.Kind == KindDial || e.Kind == KindTimeout
	case OpGreeting:
		return e.Kind != KindCanceled
	case OpAUTH:
		if e.Reply != nil && e.Reply.Code == 432 { // RFC 4954, section 6: the account needs a new password
			return false
		}
		return e.Kind == KindClosed || e.Kind == KindTimeout || e.Kind == KindRefused && e.Reply.Temporary()
	case OpTLS:
		return e.Kind == KindClosed || e.Kind == KindTimeout
	case OpEHLO, OpSTARTTLS:
		return e.Kind == KindClosed || e.Kind == KindTimeout || e.Reply.Temporary()
	}
	return false
}

// open starts a session with one server.
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
	c, watch, e := cfg.connect(dialCtx, &options, server)
	if e != nil {
		return nil, e
	}
	s := newSession(ctx, cfg, server, c)
	s.total, s.watch = total, watch
	s.event("connected to %s", c.RemoteAddr())
	s.measured(Connected, nil)
	e = s.start(&options)
	if e != nil {
		s.leave()
		e.Addr = c.RemoteAddr()
	}
	s.watch.setUp = watch.on
	if e != nil {
		s.disconnected(e)
		return nil, e
	}
	s.measured(Ready, nil)
	return s, nil
}

// newSession returns a session over c, before the greeting.
func newSession(ctx context.Context, cfg *Config, server Server, c net.Conn) *Session {
	if cfg.OnThread {
		c = conn.OnThread(c)
	}
	s := &Session{cfg: cfg, server: server, together: 1, timeouts: cfg.Timeouts.WithDefaults(), ctx: ctx, link: conn.New(ctx, c)}
	s.link.KeepProcessor(cfg.SpareProcessor)
	s.security = cfg.Security
	if server.ImplicitTLS && (cfg.Security == STARTTLS || cfg.Security == STARTTLSIfOffered) {
		s.security = ImplicitTLS
	}
	known, now := cfg.knownAs(server), time.Now()
	s.waits = cfg.Known.mustWait(known, now)
	if s.wasSlow = cfg.Known.isSlow(known, now); s.wasSlow {
		s.link.ExpectSlow()
	}
	s.buffers = takeBuffers()
	s.rd.Reset(s.link)
	s.body.s = s
	s.raw.secrets, s.raw.decode = cfg.Secrets, cfg.DecodeText
	s.bw.Reset(&s.body)
	if cfg.Trace != nil {
		s.onLine = s.traceReply
	}
	s.stop = context.AfterFunc(ctx, s.link.End)
	return s
}

// connectError returns the *Error for an error of package dial.
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

// start does everything that precedes the first mail: greeting, EHLO, TLS and login.
func (s *Session) start(options *dial.Options) *Error {
	if s.security == ImplicitTLS {
		if e := s.startTLS(); e != nil {
			return e
		}
	}
	if s.tls == nil {
		s.link.First = refuseTLS
	}
	s.arm(&stepGreeting)
	watch := s.watchSilence(options)
	e := s.timed(&s.watch.took.Greeting, func() *Error { return s.await(&stepGreeting) })
	if watch.end() {
		s.kill()
		return &Error{Op: OpGreeting, Kind: KindProtocol, Err: errSilentTLS, Hint: HintTLSFirst}
	}
	if e != nil {
		return e
	}
	if e := s.timed(&s.watch.took.EHLO, s.hello); e != nil {
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

// leave ends a session that could not be started. It sends QUIT (RFC 5321, section
// 4.1.1.10), unless replies do not match the commands or a read timed out. It waits at
// most partingTime for the reply, since the caller is waiting for the error.
func (s *Session) leave() {
	if !s.dead {
		s.timeouts.Quit = min(s.timeouts.Quit, partingTime)
		_ = s.quit()
	}
	s.kill()
}

// partingTime is how long leave waits for the reply to QUIT.
const partingTime = time.Second
