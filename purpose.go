// SPDX-License-Identifier: MIT

package main

// purpose is what a session was made for: one account, at the server that is
// set, trusted in one way. It carries no mail for anything else.
type purpose struct {
	server         string
	port           uint16
	domain         string
	security       int
	login, authzID string
	trust          trust
}

func (s *settings) purpose() purpose {
	return purpose{s.server, s.port, s.domain, s.security, s.login.name, s.login.authzID, s.trust}
}

// serves tells whether what is wanted now is what the session was made for. A
// login that was wiped after it had been used is no other one.
func (p purpose) serves(now purpose) bool {
	if now.login == "" {
		now.login = p.login
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
		s.server, s.port, s.domain, s.authenticate = m.target.server, m.target.port, m.target.domain, m.target.authenticate
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
