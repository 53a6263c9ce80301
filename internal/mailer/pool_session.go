// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"csmtp/smtp"
)

// poolRelay is a relay of a pool. The pool's lock guards all fields except settings,
// logging and tokens, which do not change.
type poolRelay struct {
	number     int
	settings   settings
	name       string
	perSession int // the maximum number of mails per session; 0: no limit
	idleTime   time.Duration

	logging, tokens turns // limit the relay to one log callback and one token callback at a time

	idle []*poolSession // the open sessions that send no mail; the one that was used last is at the end
	open int            // the number of sessions that are open or being opened

	resume      resumption // shared by the sessions
	account     *account
	logins      *smtp.Logins
	unpipelined bool

	counts relayCounts
	last   fault // the last error that was caused by the relay
}

func newPoolRelay(s settings, name string) *poolRelay {
	s.progress, s.progressed = nil, Origin{}
	s.event, s.eventOrigin = nil, Origin{}
	return &poolRelay{settings: s, name: name, idleTime: defaultIdle, logging: make(turns, 1), tokens: make(turns, 1)}
}

// serverName returns the name of the server in the settings, for error texts.
func (s *settings) serverName() string {
	if s.transport.service != "" {
		return string(s.transport.service)
	}
	if s.domain != "" {
		return smtp.Visible(s.domain)
	}
	if s.port == 0 || strings.Contains(s.server, ":") {
		return smtp.Visible(s.server)
	}
	return smtp.Visible(fmt.Sprintf("%s:%d", s.server, s.port))
}

// poolSession is a session of a relay. Its Mailer has the relay's settings, and the program
// has no handle for it. The Mailer is in the table of handles, so that a forked child finds
// it and closes its copy of the session's descriptor.
type poolSession struct {
	*Mailer
	since time.Time // when it became idle
	last  bool      // whether QUIT is sent together with the current mail

	user atomic.Pointer[asyncSend] // what the callbacks run for: the current mail, or the end of the session

	posted int // the number of mails that were sent over HTTPS
}

func (s *poolSession) isOpen() bool { return s.session != nil || s.web != nil }

// carried returns the number of mails that were sent over the session.
func (s *poolSession) carried() int {
	if s.session != nil {
		return s.session.Sent()
	}
	return s.posted
}

// take returns a session for a mail: an idle session or, if there is none, a new one that
// is not open yet. If 'fresh' is set, take prefers a new session, and returns an idle one
// only if the relay has as many sessions as it may have. p.mu must be held.
func (p *Pool) take(r *poolRelay, fresh bool) *poolSession {
	if n := len(r.idle); n > 0 && !(fresh && r.open+p.sched.Closing(r.number, 0) < p.sched.Limits(r.number).Sessions) {
		s := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return s
	}
	r.open++
	s := &poolSession{Mailer: newMailer(r.settings)}
	s.hidden = true
	s.resume, s.account, s.logins, s.unpipelined = r.resume, r.account, r.logins, r.unpipelined
	p.setCallbacks(r, s)
	if p.events.wanted() {
		number, name := r.number, r.name
		s.edit().event = func(e *Event) {
			e.Relay, e.Name = number, name
			p.report(e)
		}
	}
	addMailer(s.Mailer)
	return s
}

// setCallbacks makes the log and token callbacks of the session run as callbacks of the
// pool, so that the pool knows which callbacks are running.
func (p *Pool) setCallbacks(r *poolRelay, s *poolSession) {
	id := func() uint64 {
		if a := s.user.Load(); a != nil {
			return a.id
		}
		return 0
	}
	run := func(k turns, f func()) { k.run(id(), func() { p.entered(id(), f) }) }
	if log := r.settings.log.call; log != nil {
		if o := r.settings.log.origin; o.Function != 0 {
			log = Gate.Log(o, id)
		}
		s.edit().log.call = func(direction int, line string) {
			run(r.logging, func() { log(direction, line) })
		}
	}
	if token := r.settings.login.token; token != nil && r.settings.login.callback {
		if o := r.settings.login.origin; o.Function != 0 {
			token = Gate.Token(o, id)
		}
		s.edit().login.token = func(refused bool) (text string, err error) {
			err = errTokenPanic
			run(r.tokens, func() { text, err = token(refused) })
			return text, err
		}
	}
}

var errTokenPanic = Faultf(Internal, "the token callback failed")

// put takes back the session after an attempt. If 'keep' is set and another mail can be sent
// over the session, the session becomes idle. Otherwise put ends it. p.mu must be held.
func (p *Pool) put(r *poolRelay, s *poolSession, keep bool, now time.Time) {
	s.user.Store(nil)
	r.resume, r.account, r.logins = s.resume, s.account, s.logins
	r.unpipelined = r.unpipelined || s.unpipelined
	full := r.perSession > 0 && s.carried() >= r.perSession
	if !keep || p.freed || !s.isOpen() || s.last || full || s.session != nil && !s.session.Usable() || s.web != nil && !s.web.Usable() {
		p.end(r, s)
		return
	}
	s.since = now
	r.idle = append(r.idle, s)
}

// end starts a goroutine that closes a session with QUIT and then removes its Mailer. Until
// the session is closed, it counts towards the limit of the relay. If the session is not
// open, end removes its Mailer at once. p.mu must be held.
func (p *Pool) end(r *poolRelay, s *poolSession) {
	r.open--
	if !s.isOpen() {
		s.discard()
		return
	}
	a := newAsyncSend()
	s.user.Store(a)
	p.closing[a] = struct{}{}
	p.sched.Closing(r.number, 1)
	go func() {
		defer func() {
			_ = recover()
			p.mu.Lock()
			defer p.mu.Unlock()
			delete(p.closing, a)
			close(a.done)
			p.sched.Closing(r.number, -1)
			p.pump()
		}()
		s.leave()
		s.discard()
	}()
}

// discard removes the Mailer of a session that is closed.
func (s *poolSession) discard() {
	s.recordEnd(&smtp.Result{}, nil)
	s.recorder.release()
	s.change(func() { s.settings, s.lent = &initial, true })
	remove(s.Mailer)
}

// expire ends the sessions of a relay that have been idle for too long. It returns the time
// at which the next idle session must end, or the zero time if no session is idle. p.mu must
// be held.
func (p *Pool) expire(r *poolRelay, now time.Time) (next time.Time) {
	for len(r.idle) > 0 {
		if at := r.idle[0].since.Add(r.idleTime); at.After(now) {
			return at
		}
		s := r.idle[0]
		r.idle = r.idle[1:]
		p.end(r, s)
	}
	return time.Time{}
}

// endIdle ends all idle sessions. p.mu must be held.
func (p *Pool) endIdle() {
	for _, r := range p.relays {
		for _, s := range r.idle {
			p.end(r, s)
		}
		r.idle = nil
	}
}
