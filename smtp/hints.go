// SPDX-License-Identifier: MIT

package smtp

// Hints that use names of this package.
const (
	HintUseImplicitTLS     Hint = "on port 465, servers usually expect TLS from the start: use ImplicitTLS"
	HintPlainFirst         Hint = "on this port, the server starts without TLS: use STARTTLS, usually on port 587"
	HintTLSFirst           Hint = "on this port, the server expects TLS from the start: use ImplicitTLS, usually on port 465"
	HintMaybeTLSFirst      Hint = "if the server expects TLS from the start on this port, use ImplicitTLS (usually on port 465); otherwise try again later, or ask the server's operator"
	HintMasked             Hint = "a firewall or virus scanner on the network path hides STARTTLS: turn off its inspection of SMTP, or use ImplicitTLS (usually port 465); do not log in without TLS there"
	HintOlderTLS           Hint = "the server's software is too old: ask its operator to update it; TLSConfig.MinVersion allows an older TLS version, at your own risk"
	HintOlderSuites        Hint = "if the server's software is old, it may offer only the RSA key exchange: a TLSConfig.MinVersion of TLS 1.1 or older allows this key exchange, at your own risk"
	HintBrokenCertificate  Hint = "the server needs a new certificate; TLSConfig.InsecureSkipVerify accepts this one, without protection against an active attacker"
	HintOtherName          Hint = "check that this is the right server; if its certificate has another name, set TLSConfig.ServerName"
	HintExpectName         Hint = "connect to a name in the certificate, or set the expected name in TLSConfig.ServerName"
	HintLocalName          Hint = "the server refuses the name in EHLO: set Config.LocalName to the full name of this computer, such as host.example.com"
	HintSetToken           Hint = "the server accepts only access tokens (OAuth 2.0): set Credentials.Token instead of a password"
	HintSetPassword        Hint = "the server accepts no access tokens: set a password instead"
	HintOtherMechanism     Hint = "in Auth.Mechanisms, set one of the mechanisms that the server offers, or leave it empty"
	HintAddressAsName      Hint = "connect to a host name in the certificate, or set the expected name in TLSConfig.ServerName"
	HintSystemRoots        Hint = "install the system's CA certificates (the package ca-certificates), or set TLSConfig.RootCAs"
	HintTrustCertificate   Hint = "to trust the certificate, add it to TLSConfig.RootCAs or pin its key"
	HintTrustAuthority     Hint = "if you trust this authority, add it to TLSConfig.RootCAs"
	HintUsePlain           Hint = "perhaps the server does not support this mechanism for the account: if login and password are right, set Auth.Mechanisms to PLAIN"
	HintUseLogin           Hint = "perhaps the server does not support this mechanism for the account: if login and password are right, set Auth.Mechanisms to LOGIN"
	HintAuthorizationID    Hint = "perhaps the server finds no account for the client certificate: set the account in Credentials.AuthzID"
	HintOtherAuthzID       Hint = "perhaps the server does not allow the client certificate to log in as this account: check Credentials.AuthzID"
	HintMissingCertificate Hint = "add the issuer's certificate to TLSConfig.RootCAs; if it is an intermediate certificate of a public authority, the server must send it"
)

// hint returns the hint for e, or "".
func hint(e *Error, s *Session) Hint {
	if e.Reply != nil {
		return replyHint(e, s)
	}
	switch {
	case e.Op == OpSTARTTLS && e.Kind == KindUnsupported:
		if s.masked() != "" {
			return HintMasked
		}
		return "nothing was sent; use implicit TLS (port 465) if the server has it, or no TLS on a network you trust"
	case e.Op == OpAUTH && e.Kind == KindUnsupported && s.tls == nil && s.security != STARTTLS:
		return "many servers offer logins only over TLS: use STARTTLS or implicit TLS"
	case e.Op != OpGreeting:
		return ""
	case e.Kind == KindProtocol:
		return "is it a mail server? Check the host and the port; usual ports are 587, 465 and 25"
	case e.Kind != KindTimeout && e.Kind != KindClosed || s.tls != nil:
		return ""
	case s.server.Port == 465:
		return HintUseImplicitTLS
	}
	return HintMaybeTLSFirst
}
