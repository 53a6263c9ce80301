// SPDX-License-Identifier: MIT

package main

// purpose is what a session was made for: one account, at the server that is
// set, trusted in one way. It carries no mail for anything else.
type purpose struct {
	server         string
	port           uint16
	domain         string
	security       int
	authenticate   bool
	login, authzID string
	token          int // which one is set; 0: none
	trust          trust
}

func (s *settings) purpose() purpose {
	p := purpose{s.server, s.port, s.domain, s.security, s.authenticate, s.login.name, s.login.authzID, 0, s.trust}
	if l := &s.login; l.token != nil || l.grant != nil {
		p.token = l.tokens
	}
	return p
}

// serves tells whether what is wanted now is what the session was made for. A
// login or token that was wiped after it had been used is no other one, and
// where there is a login another token is the same account's.
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
func (m *mailer) renew() error {
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
