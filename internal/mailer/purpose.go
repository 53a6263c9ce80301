// SPDX-License-Identifier: MIT

package mailer

import "strings"

// purpose contains the settings with which a session was opened: the server, the way to
// reach it, the trusted certificates, and the account. The method serves decides whether a
// mail can be sent over the session after settings have changed.
type purpose struct {
	server         string
	port           uint16
	domain         string
	security       int
	authenticate   bool
	required       bool // a login is required
	login, authzID string
	token          int // the value of login.tokens if a token or a grant is set; otherwise 0
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
	password   int // the value of login.passwords
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

// serves reports whether a session with the purpose p can be used for a mail. 'now' is the
// purpose of the current settings. The session can be used if p is equal to 'now', with these
// exceptions: the program may have cleared the login, the password or the token; if a login
// is set, a new token is assumed to belong to the same account; a login need no longer be
// required; and if authentication is off in both, the field 'proof' does not matter.
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
	now.required = now.required || p.required // a session with a login can also send mails that need none
	if !p.authenticate && !now.authenticate {
		now.proof = p.proof
	}
	return p == now
}

// target is the server of a session. It differs from the server in the settings if the
// program has called ConnectRemoteServer, which has its own parameters for the server.
type target struct {
	server       string
	port         uint16
	domain       string
	authenticate bool
}

func (s *settings) target() target { return target{s.server, s.port, s.domain, s.authenticate} }
