// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"

	"csmtp/smtp"
)

// login reports whether the call failed because of the login: the settings make a login
// impossible, the server refused the login and would refuse it again, or the server replied
// to another command that the client must log in.
func (f fault) login() bool {
	switch {
	case f.reply.Temporary():
		return false
	case f.reply != nil && needsLogin(f.reply):
		return true
	case f.phase != phaseAUTH:
		return false
	}
	switch f.kind {
	case smtp.KindRefused, smtp.KindUnsupported, smtp.KindLocal:
		return true
	case smtp.KindToken:
		return !f.passes
	}
	return f.number == badDigestResponse
}

// needsLogin reports whether a reply says that the client must log in first, or log in
// differently (RFC 4954, section 6). Servers can send such a reply to any command. A reply
// 530 does not count if it asks for STARTTLS (RFC 3207, section 4).
func needsLogin(r *smtp.Reply) bool {
	switch r.Code {
	case 530:
		return !strings.Contains(strings.ToLower(r.Text()), "tls")
	case 534, 535:
		return true
	}
	return false
}
