// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"slices"

	"csmtp/smtp/sasl"
)

// Many servers offer SCRAM, CRAM-MD5 or DIGEST-MD5 although these mechanisms do not work
// with the passwords as the server stores them. Such a server replies 535 to every login
// with one of these mechanisms. This file decides when the client may then try to log in
// once more, with PLAIN or LOGIN (RFC 4954, section 4).

// loginInstead tries PLAIN or LOGIN after a login with another mechanism has failed. 'refused'
// is the error from that login, 'names' lists the mechanisms that may be used, and 'tried'
// lists the mechanisms that the server has refused. loginInstead returns nil if the server
// accepts the login.
func (s *Session) loginInstead(names, tried []string, refused *Error, ch sasl.Channel) *Error {
	others := s.others(names, tried, refused)
	if len(others) == 0 {
		return refused
	}
	if !s.mayReveal() {
		refused.Hint = useMechanism[others[0]]
		return refused
	}
	server := s.cfg.knownAs(s.server)
	// If the connection ends before the server accepts or refuses the other mechanism,
	// this entry remains, and the next session tries that mechanism first.
	s.cfg.Logins.set(server, triedLogin{first: names[0], instead: others[0]})
	for _, name := range others {
		s.event("the server refused %s: trying %s", refused.Mechanism, name)
		e, more := s.loginWith(name, s.cfg.Auth.Credentials, ch)
		switch {
		case e == nil:
			s.cfg.Logins.set(server, triedLogin{first: names[0], instead: name, worked: true})
			return nil
		case e.stale, e.Reply == nil && e.ended():
			refused.Err = fmt.Errorf("then the connection ended before the login with %s: %w", name, e.cause())
			refused.Hint = useMechanism[name]
			return refused
		case more && !s.dead:
			continue // the server does not know this mechanism
		case e.Reply.Permanent():
			s.cfg.Logins.set(server, triedLogin{first: names[0]})
		}
		e.Earlier = refused
		return e
	}
	s.cfg.Logins.set(server, triedLogin{first: names[0]})
	return refused
}

// cause returns the cause of e or, if there is none, an error with the reply of e.
func (e *Error) cause() error {
	if e.Err == nil && e.Reply != nil {
		return errors.New("the server said " + e.Reply.String())
	}
	return e.Err
}

// others returns, in order, the mechanisms in 'names' that send the password itself and may
// be tried after a login with another mechanism has failed. 'refused' is the error from that
// login, and 'tried' lists the mechanisms that the server has refused. The result is nil if
// the mechanism was not the reason for the refusal, or if the caller has chosen the
// mechanisms. It is also nil if a refused mechanism uses channel binding, since the refusal
// may then mean that somebody intercepts the connection.
func (s *Session) others(names, tried []string, refused *Error) []string {
	if refused.Kind != KindRefused || refused.Reply == nil || refused.Reply.Code != 535 ||
		slices.Contains(aboutAccount, refused.Reply.Enhanced) ||
		len(s.cfg.Auth.Mechanisms) > 0 || !sasl.ProvesPassword(refused.Mechanism) ||
		slices.ContainsFunc(tried, sasl.Binds) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !sasl.SendsPassword(name) || slices.Contains(tried, name)
	})
}

// aboutAccount lists the enhanced status codes of refusals after which another mechanism
// does not help: the reason is the account, or the server requires encryption.
var aboutAccount = []EnhancedCode{
	{5, 7, 11},  // encryption required
	{5, 7, 13},  // user account disabled
	{5, 7, 14},  // trust relationship required
	{5, 7, 30},  // Exchange Online: no passwords
	{5, 7, 139}, // Exchange Online: the account's policy
}

// mayReveal reports whether the session may send the password itself after the server has
// refused a mechanism that protects the password. The session may send it over TLS if the
// server has proved its identity, and in the clear if the caller has set NoSecurity. If
// NoCleartext forbids PLAIN and LOGIN, the session has already removed them from the list
// of mechanisms to try.
func (s *Session) mayReveal() bool {
	if s.tls == nil {
		return s.security == NoSecurity
	}
	return !s.cfg.TLS.InsecureSkipVerify || len(s.cfg.TLS.PinnedPublicKeys) > 0
}

// useMechanism maps each of PLAIN and LOGIN to the hint to select it.
var useMechanism = map[string]Hint{"PLAIN": HintUsePlain, "LOGIN": HintUseLogin}
