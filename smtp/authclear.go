// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"slices"

	"csmtp/smtp/sasl"
)

// This file decides which logins may be sent without TLS.

// errNotStripped returns the error for a login that STARTTLSIfOffered does not allow,
// because the session has no TLS.
func errNotStripped() *Error {
	return &Error{Op: OpAUTH, Kind: KindUnsupported,
		Err: errors.New("a login needs TLS: the server did not offer STARTTLS, or somebody on the network path removed the offer"),
		Hint: "require TLS: STARTTLS (usually port 587) or implicit TLS (usually port 465); " +
			"if the server has no TLS and you trust the network, turn TLS off explicitly, or send without a login"}
}

// checkAuth returns an error if the login can use only a token, and the token would be
// sent without TLS although TokenInClear is not set. Dial calls checkAuth before it
// connects.
func (c *Config) checkAuth() *Error {
	if c.Auth == nil || c.Security != NoSecurity || c.Auth.TokenInClear {
		return nil
	}
	names := sasl.Order(sasl.Names(), &c.Auth.Credentials, false, c.Auth.Mechanisms)
	if len(names) == 0 || slices.ContainsFunc(names, func(n string) bool { return !sasl.NeedsToken(n) }) {
		return nil
	}
	return &Error{Op: OpAUTH, Kind: KindUnsupported, Err: errors.New("an access token needs TLS, but TLS is turned off"),
		Hint: "use STARTTLS (usually port 587) or implicit TLS (usually port 465)"}
}
