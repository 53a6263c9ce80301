// SPDX-License-Identifier: MIT

package mailer

import (
	"strings"

	"csmtp/smtp"
)

// login reports whether the call failed because of the login: the login is not possible
// with the settings, or the server refused it and will refuse it again.
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

// needsLogin reports whether a reply to any command says that the client has to log
// in, or has to log in differently (RFC 4954, section 6). 530 is also the reply
// that asks for STARTTLS (RFC 3207, section 4).
func needsLogin(r *smtp.Reply) bool {
	switch r.Code {
	case 530:
		return !strings.Contains(strings.ToLower(r.Text()), "tls")
	case 534, 535:
		return true
	}
	return false
}
