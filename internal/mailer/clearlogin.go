// SPDX-License-Identifier: MIT

package mailer

import "csmtp/smtp/sasl"

func (m *Mailer) SetClearLogin(allow bool) error {
	m.edit().login.clear = clearForbidden
	if allow {
		m.edit().login.clear = clearAllowed
	}
	return nil
}

// checkToken returns an error if a token would be sent without TLS and SetClearLogin(1) was
// not called: anyone who reads a token can use it. checkToken is called before the session
// connects.
func (s *settings) checkToken() error {
	l := &s.login
	if s.security != noSecurity || l.clear == clearAllowed || l.token == nil && l.grant == nil {
		return nil
	}
	for _, name := range l.mechanisms {
		if !sasl.NeedsToken(name) {
			return nil // the client can log in with the password
		}
	}
	if l.tokenFrom == configToken || l.tokenFrom == configTokenFile {
		return Faultf(loginNotSupported, "%s: an access token needs TLS: set security to starttls or ssl in the file named by %s", l.tokenFrom, configVariable)
	}
	return Faultf(loginNotSupported, "%s: an access token needs TLS, but the security type is NO_SECURITY: call SetSecurityType with USE_TLS or USE_SSL "+
		"(or SetClearLogin(1), which lets anyone on the network path read the token)", l.tokenFrom)
}
