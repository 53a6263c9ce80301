// SPDX-License-Identifier: MIT

package mailer

import "strings"

// purpose contains the settings that a session was opened with: the server, how to reach
// it, what to trust, and the account. A mail is sent over a session only if the session's
// purpose serves the purpose of the current settings: see serves.
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

// serves reports whether a session with the purpose p can be used for a mail with the
// current settings, whose purpose is in now. The session can be used even if the program
// has cleared the login, the password or the token since the login. If a login is set, a different token is
// assumed to belong to the same account. If authentication is off, the proof does not
// matter.
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
	now.required = now.required || p.required // with a login, mails that require none can be sent too
	if !p.authenticate && !now.authenticate {
		now.proof = p.proof
	}
	return p == now
}

// target is the server of a session. It can differ from the server in the settings, because
// ConnectRemoteServer has parameters for it.
type target struct {
	server       string
	port         uint16
	domain       string
	authenticate bool
}

func (s *settings) target() target { return target{s.server, s.port, s.domain, s.authenticate} }
