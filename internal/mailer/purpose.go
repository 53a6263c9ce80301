// SPDX-License-Identifier: MIT

package mailer

import "strings"

// purpose contains the settings that a session was opened with: the server, how to
// reach it, what to trust, and the account. A mail is sent over a session only if the
// session's purpose serves that of the current settings.
type purpose struct {
	server         string
	port           uint16
	domain         string
	security       int
	authenticate   bool
	required       bool // a login is required
	login, authzID string
	token          int // number of the token that is set, or 0
	trust          trust
	transport      transport
	way            way
	proof          proof
}

// way contains the settings for the connection and for EHLO.
type way struct {
	proxy, localAddress, localName string
	lmtp                           bool
	extensionsOff                  string
}

// proof contains the settings that decide how a session logs in.
type proof struct {
	password   int // number of the password that was set last
	mechanisms string
	clear      clearLogin
}

func (s *settings) purpose() purpose {
	l := &s.login
	p := purpose{
		server: s.server, port: s.port, domain: s.domain, security: s.security,
		authenticate: s.authenticate, required: l.required, login: l.name, authzID: l.authzID, trust: s.trust, transport: s.transport,
		way:   way{s.proxy, s.localAddress, s.localName, s.lmtp, s.extensionsOff},
		proof: proof{l.passwords, strings.Join(l.mechanisms, " "), l.clear},
	}
	if l.token != nil || l.grant != nil {
		p.token = l.tokens
	}
	return p
}

// serves reports whether a session with the purpose p may send a mail if the current
// settings have the purpose now. A login, password or token that was cleared after the
// login does not matter. If a login is set, a different token is taken to belong to the
// same account. Without authentication, the proof does not matter.
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
	now.required = now.required || p.required // a session with a login may also send mails that require none
	if !p.authenticate && !now.authenticate {
		now.proof = p.proof
	}
	return p == now
}

// target is the server of a session. It may differ from the settings, because
// ConnectRemoteServer has parameters for it.
type target struct {
	server       string
	port         uint16
	domain       string
	authenticate bool
}

func (s *settings) target() target { return target{s.server, s.port, s.domain, s.authenticate} }
