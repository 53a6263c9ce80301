// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"csmtp/smtp"
)

// poolRelay is a relay of a pool. The lock of the pool guards it, except for settings,
// which does not change.
type poolRelay struct {
	settings   settings
	name       string
	perSession int // the maximum number of mails per session; 0: no limit
	idleTime   time.Duration

	idle []*poolSession // the sessions without a mail; the last one was used last
	open int            // the number of sessions, including those that are being opened

	resume      resumption // shared by the sessions
	account     account
	logins      *smtp.Logins
	unpipelined bool

	counts relayCounts
	last   fault // the last error that was caused by the relay
}

func newPoolRelay(s settings, name string) *poolRelay {
	s.progress, s.progressed, s.record = nil, Origin{}, record{}
	s.event, s.eventOrigin = nil, Origin{}
	var one sync.Mutex // the callbacks of a relay run one at a time
	if token := s.login.token; token != nil && s.login.callback {
		s.login.token = func(refused bool) (string, error) {
			one.Lock()
			defer one.Unlock()
			return token(refused)
		}
	}
	if log := s.log.call; log != nil {
		s.log.call = func(direction int, line string) {
			one.Lock()
			defer one.Unlock()
			log(direction, line)
		}
	}
	return &poolRelay{settings: s, name: name, idleTime: defaultIdle}
}

// serverName returns the server of the settings, for error texts.
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

// poolSession is a session of a relay: a hidden Mailer with the relay's settings. It has a
// handle, so that a forked child closes its descriptor of the connection.
type poolSession struct {
	*Mailer
	since time.Time // when it became idle
	last  bool      // whether QUIT was sent with the last mail

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

// take returns an idle session or, if there is none, a session that is not open yet.
func (r *poolRelay) take() *poolSession {
	if n := len(r.idle); n > 0 {
		s := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return s
	}
	r.open++
	m := &Mailer{heritage: heritage{settings: r.settings}, hidden: true,
		resume: r.resume, account: r.account, logins: r.logins, unpipelined: r.unpipelined}
	addMailer(m)
	return &poolSession{Mailer: m}
}

// put takes a session back after an attempt. It returns false if no other mail can be
// sent over it; the caller must then call end.
func (r *poolRelay) put(s *poolSession) bool {
	r.resume, r.account, r.logins = s.resume, s.account, s.logins
	r.unpipelined = r.unpipelined || s.unpipelined
	full := r.perSession > 0 && s.carried() >= r.perSession
	if !s.isOpen() || s.last || full || s.session != nil && !s.session.Usable() || s.web != nil && !s.web.Usable() {
		r.open--
		return false
	}
	s.since = time.Now()
	r.idle = append(r.idle, s)
	return true
}

// end closes the session with QUIT, and frees its handle.
func (s *poolSession) end() {
	s.leave()
	s.change(func() { s.settings.forget() })
	remove(s.Mailer)
}

// expire ends the sessions that have been idle for too long with the function end. It
// returns the time at which the next session must end.
func (r *poolRelay) expire(now time.Time, end func(*poolSession)) (next time.Time) {
	for len(r.idle) > 0 {
		if at := r.idle[0].since.Add(r.idleTime); at.After(now) {
			return at
		}
		end(r.idle[0])
		r.idle = r.idle[1:]
		r.open--
	}
	return time.Time{}
}
