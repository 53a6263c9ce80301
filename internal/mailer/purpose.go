// SPDX-License-Identifier: MIT

package mailer

import "strings"

// purpose is what a session was made for: one account, at the server that is
// set, reached in one way and trusted in one way. It carries no mail for
// anything else.
type purpose struct {
	server         string
	port           uint16
	domain         string
	security       int
	authenticate   bool
	login, authzID string
	token          int // which one is set; 0: none
	trust          trust
	way            way
	proof          proof
}

// way is how a session gets to its server, and what it says there at EHLO.
type way struct {
	proxy, localAddress, localName string
	lmtp                           bool
}

// proof is how a session may prove who it is.
type proof struct {
	password   int // which one is set; wiping it does not count
	mechanisms string
	clear      clearLogin
}

func (s *settings) purpose() purpose {
	l := &s.login
	p := purpose{
		server: s.server, port: s.port, domain: s.domain, security: s.security,
		authenticate: s.authenticate, login: l.name, authzID: l.authzID, trust: s.trust,
		way:   way{s.proxy, s.localAddress, s.localName, s.lmtp},
		proof: proof{l.passwords, strings.Join(l.mechanisms, " "), l.clear},
	}
	if l.token != nil || l.grant != nil {
		p.token = l.tokens
	}
	return p
}

// serves reports whether what is wanted now is what the session was made for. A
// login, password or token that was wiped after it had been used is no other
// one, and where there is a login another token is the same account's. How to
// log in does not matter where there is no login.
func (p purpose) serves(now purpose) bool {
	wiped := now.token == 0 || now.token == p.token
	if now.login == "" && wiped {
		now.login = p.login
		if now.authzID == "" {
			now.authzID = p.authzID
		}
	}
	if wiped || now.login != "" {
		now.token = p.token
	}
	if !p.authenticate && !now.authenticate {
		now.proof = p.proof
	}
	return p == now
}

// target is where a session leads: ConnectRemoteServer may be told of another
// server than the one that is set.
type target struct {
	server       string
	port         uint16
	domain       string
	authenticate bool
}

func (s *settings) target() target { return target{s.server, s.port, s.domain, s.authenticate} }

// renew makes another session in place of one that was made for something else
// than the settings say now.
func (m *Mailer) renew() error {
	if err := m.adjust(); err != nil {
		return err
	}
	now := m.settings.purpose()
	if m.session == nil || m.purpose.serves(now) {
		return nil
	}
	s := m.settings
	if was := m.purpose; was.server == now.server && was.port == now.port && was.domain == now.domain {
		s.server, s.port, s.domain = m.target.server, m.target.port, m.target.domain
		if was.authenticate == now.authenticate {
			s.authenticate = m.target.authenticate
		}
	}
	m.uses(m.endSession)
	m.leave()
	config, err := m.configure(&s)
	if err != nil {
		return err
	}
	m.target = s.target()
	return m.connect(config)
}

// adjust gives the open session the times and the log that are set now: for
// these it need not be made anew.
func (m *Mailer) adjust() error {
	if m.session == nil {
		return nil
	}
	if now := m.settings.timeouts; now != m.dialled.Timeouts {
		m.dialled.Timeouts = now
		m.session.SetTimeouts(now)
	}
	if now := m.settings.log.changes; now != m.logged {
		s, warnings, err := configured(&m.settings)
		if err != nil {
			return err
		}
		m.logged, m.dialled.Trace = now, s.log.trace()
		s.warn(m.dialled.Trace, warnings)
		m.session.SetTrace(m.dialled.Trace)
	}
	return nil
}
