// SPDX-License-Identifier: MIT

package smtp

import (
	"strings"
)

// Hints that use names of this package.
const (
	HintUseImplicitTLS     Hint = "port 465 usually speaks TLS first: use ImplicitTLS"
	HintPlainFirst         Hint = "this port speaks plain SMTP first: use STARTTLS, usually port 587"
	HintTLSFirst           Hint = "this port speaks TLS first: use ImplicitTLS, usually port 465"
	HintOlderTLS           Hint = "the server's software is too old; TLSConfig.MinVersion allows an older TLS version, at your risk"
	HintOtherName          Hint = "is this the right server, or does its certificate have another name (TLSConfig.ServerName)?"
	HintExpectName         Hint = "connect to a name in the certificate, or set the expected name in TLSConfig.ServerName"
	HintSystemRoots        Hint = "install the system's CA certificates, or set TLSConfig.RootCAs"
	HintTrustCertificate   Hint = "to trust it, add it to TLSConfig.RootCAs or pin its key"
	HintTrustAuthority     Hint = "if you trust this authority, add it to TLSConfig.RootCAs"
	HintAuthorizationID    Hint = "the server may find no account for the client certificate: set the account in Credentials.AuthzID"
	HintOtherAuthzID       Hint = "the client certificate may not log in as this account: check Credentials.AuthzID"
	HintMissingCertificate Hint = "add it to TLSConfig.RootCAs; if it is an intermediate certificate of a public authority, the server must send it"
)

// replyHint is the hint for a known reply. A zero field matches every reply.
type replyHint struct {
	op       Op
	code     int
	enhanced EnhancedCode
	text     string // in the reply, in lower case
	hint     Hint
}

// The first row that matches applies, so specific rows come before general ones.
var replyHints = []replyHint{
	{enhanced: EnhancedCode{5, 7, 30}, hint: "Exchange Online no longer accepts passwords for SMTP: use OAuth 2.0 (XOAUTH2), or a relay service for devices"},
	{enhanced: EnhancedCode{5, 7, 139}, text: "smtpclientauthentication is disabled", hint: "SMTP AUTH is disabled for this mailbox or organization: an administrator must enable it (Set-CASMailbox -SmtpClientAuthenticationDisabled $false)"},
	{enhanced: EnhancedCode{5, 7, 139}, hint: "the account's policy forbids this login mechanism: use OAuth 2.0, or have SMTP AUTH enabled for the mailbox"},
	{enhanced: EnhancedCode{5, 7, 57}, hint: "the server requires a login: set login and password, and check that SMTP AUTH is enabled for the mailbox"},
	{code: 534, enhanced: EnhancedCode{5, 7, 9}, hint: "the account requires an application password (two-step verification is on) or OAuth 2.0"},
	{code: 534, hint: "the server requires a stronger login mechanism or an application password"},
	{code: 535, text: "badcredentials", hint: "login or password is wrong; Google accounts need an application password or OAuth 2.0"},
	{code: 535, enhanced: EnhancedCode{5, 7, 8}, hint: "login or password is wrong, or the account needs an application password"},
	{op: OpAUTH, code: 535, hint: "login or password is wrong, or this login mechanism is not enabled for the account"},
	{code: 538, hint: "the server accepts this login only over TLS: use STARTTLS or implicit TLS"},
	{code: 530, text: "starttls", hint: "the server requires TLS: use STARTTLS (port 587) or implicit TLS (port 465)"},
	{code: 530, enhanced: EnhancedCode{5, 7, 0}, text: "tls", hint: "the server requires TLS: use STARTTLS (port 587) or implicit TLS (port 465)"},
	{code: 530, hint: "the server requires a login: set login and password"},
	{op: OpAUTH, code: 454, hint: "the server's login service is temporarily unavailable: try again later"},
	{op: OpRCPT, enhanced: EnhancedCode{5, 7, 1}, text: "relay", hint: "the server does not relay mail to this domain without a login"},
	{op: OpRCPT, code: 550, text: "relay", hint: "the server does not relay mail to this domain without a login"},
	{op: OpRCPT, code: 554, text: "relay", hint: "the server does not relay mail to this domain without a login"},
	{op: OpRCPT, code: 450, text: "greylist", hint: "the server delays mail from new senders (greylisting): try again in a few minutes"},
	{op: OpRCPT, code: 451, text: "greylist", hint: "the server delays mail from new senders (greylisting): try again in a few minutes"},
	{code: 552, enhanced: EnhancedCode{5, 3, 4}, hint: "the message is larger than the server accepts"},
	{op: OpMAIL, code: 553, hint: "the server does not allow this login to send mail from that address"},
}

func (h *replyHint) matches(e *Error) bool {
	return (h.op == "" || h.op == e.Op) &&
		(h.code == 0 || h.code == e.Reply.Code) &&
		(h.enhanced.IsZero() || h.enhanced == e.Reply.Enhanced) &&
		(h.text == "" || strings.Contains(strings.ToLower(e.Reply.Text()), h.text))
}

// hint returns the hint for e, or "".
func hint(e *Error, s *Session) Hint {
	if e.Reply != nil {
		for i := range replyHints {
			if h := &replyHints[i]; h.matches(e) {
				return h.hint
			}
		}
		return ""
	}
	switch {
	case e.Op == OpSTARTTLS && e.Kind == KindUnsupported:
		return "nothing was sent; use implicit TLS (port 465) if the server has it, or no TLS on a network you trust"
	case e.Op == OpAUTH && e.Kind == KindUnsupported && s.tls == nil && s.security != STARTTLS:
		return "many servers offer logins only over TLS: use STARTTLS or implicit TLS"
	case e.Op != OpGreeting || s.tls != nil:
		return ""
	case (e.Kind == KindTimeout || e.Kind == KindClosed) && s.server.Port == 465:
		return HintUseImplicitTLS
	}
	return ""
}
