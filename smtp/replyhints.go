// SPDX-License-Identifier: MIT

package smtp

import (
	"slices"
	"strings"

	"csmtp/internal/pattern"
)

// hintRow contains a hint, and says to which replies it applies. A field with the zero
// value matches every reply.
type hintRow struct {
	ops      string       // Ops, separated by "|"
	code     int          // 400 matches all 4yz replies
	enhanced EnhancedCode // a class of 0 matches 4 and 5
	text     string       // the reply's text must contain one of these; in lower case, separated by "|"
	hint     Hint
}

const (
	atSender  = "MAIL|RCPT|DATA|body|end of data"
	atContent = "DATA|body|end of data"
)

// Hints of several rows.
const (
	hintTooOften    Hint = "the server temporarily blocks logins: wait, check the login and password, and send several mails in one session"
	hintPassword    Hint = "the login or password is wrong, or this login mechanism is not enabled for the account: check the login and password; the login is often the full mail address"
	hintAppPassword Hint = "the account requires an application password (two-step verification is on): create one at the provider, or use OAuth 2.0"
	hintAccountOff  Hint = "the account is disabled or locked, or is not allowed to use SMTP: check its settings at the provider, or ask the administrator"
	hintNeedTLS     Hint = "the server requires TLS: use STARTTLS (port 587) or implicit TLS (port 465)"
	hintNeedLogin   Hint = "the server requires a login: set login and password"
	hintSender      Hint = "the server does not allow this login to send mail from that address: use the account's own address as the sender, or ask for permission to send as the other address"
	hintRecipient   Hint = "check the recipient's address"
	hintRelay       Hint = "the server does not relay mail to this domain without a login: set login and password, or use the server of your mail provider"
	hintNoRelay     Hint = "the server does not relay mail to this domain for this login: check the recipient's address, or use the server of your mail provider"
	hintGreylist    Hint = "the server delays mail from new senders (greylisting): try again in a few minutes"
	hintTooLarge    Hint = "the message is larger than the server accepts: send smaller attachments"
	hintBlocked     Hint = "the server blocks this computer's address: see the reason in its reply, or send through the server of your mail provider"
	hintDomain      Hint = "the sender's domain does not authorize this server (SPF, DKIM or DMARC): send through the domain's own server, or correct its DNS records"
	hintLimit       Hint = "the sending limit of the account or the server has been reached: wait, and send fewer mails at a time"
	hintLater       Hint = "the error is temporary: try again later"
	hintAuthOff     Hint = "SMTP AUTH is disabled for this mailbox or organization: an administrator must enable it (Set-CASMailbox -SmtpClientAuthenticationDisabled $false)"
	hintToken       Hint = "the access token is wrong, expired, or not for mail: get a new one, and check scope and login"
	hintNoMailbox   Hint = "Exchange does not accept the token for this mailbox: check login and scope; for an application, register its service principal in Exchange (New-ServicePrincipal) with the permission for the mailbox (Add-MailboxPermission), and grant SMTP.SendAsApp"
)

// The first row that matches is used, so specific rows come before general ones.
var hintRows = []hintRow{
	// Logins
	{enhanced: EnhancedCode{5, 7, 30}, hint: "Exchange Online no longer accepts passwords for SMTP: use OAuth 2.0 (XOAUTH2), or a relay service for devices"},
	{enhanced: EnhancedCode{5, 7, 139}, text: "smtpclientauthentication is disabled", hint: hintAuthOff},
	{enhanced: EnhancedCode{5, 7, 139}, text: "security defaults", hint: "the organization's security defaults forbid logins by password: use OAuth 2.0, or ask the administrator to change them"},
	{enhanced: EnhancedCode{5, 7, 139}, text: "basic auth", hint: "logins by password are disabled for the account: use OAuth 2.0"},
	{enhanced: EnhancedCode{5, 7, 139}, text: "credentials were incorrect|password is incorrect|password was incorrect", hint: hintPassword},
	{enhanced: EnhancedCode{5, 7, 139}, text: "criteria|conditional access", hint: "a policy of the organization (Conditional Access) forbids this login: ask the administrator, or use OAuth 2.0"},
	{enhanced: EnhancedCode{5, 7, 139}, text: "locked|disabled|blocked|suspended", hint: hintAccountOff},
	{enhanced: EnhancedCode{5, 7, 139}, hint: "the account's policy forbids this login mechanism: use OAuth 2.0, or have SMTP AUTH enabled for the mailbox"},
	{enhanced: EnhancedCode{5, 7, 57}, hint: "the server requires a login: set login and password, and check that SMTP AUTH is enabled for the mailbox"},
	{ops: "AUTH", text: "too many|too frequent|rate limit|many failed|many bad|many invalid|try again in|temporarily blocked|temporarily locked", hint: hintTooOften},
	{ops: "AUTH", text: "web browser|webmail|browser", hint: "the provider blocked the login as suspicious: log in once with a web browser, or use an application password or OAuth 2.0"},
	{ops: "AUTH", enhanced: EnhancedCode{5, 7, 9}, text: "application-specific|app password", hint: hintAppPassword},
	{ops: "AUTH", text: "application-specific|application specific|application password|app password|app-specific|app specific|application-password|parol prilozheniya|authorization code|auth code|two-factor|two-step|2-step|2fa|multi-factor", hint: hintAppPassword},
	{ops: "AUTH", text: "password has expired|password expired|expired password|password is expired", hint: "the password has expired: set a new one at the provider, and then in this program"},
	{ops: "AUTH", text: "disabled|suspended|locked|deactivated|blocked|access rights|no permission|not enabled|not permitted|not allowed", hint: hintAccountOff},
	{ops: "AUTH", code: 534, enhanced: EnhancedCode{5, 7, 9}, hint: hintAppPassword},
	{ops: "AUTH", code: 534, hint: "the server requires a stronger login mechanism or an application password: create one at the provider, or use OAuth 2.0"},
	{ops: "AUTH", code: 432, hint: "the account needs a new password, or a login by PLAIN over TLS first: ask the server's operator"},
	{ops: "AUTH", code: 535, text: "badcredentials", hint: "the login or password is wrong; a Google account needs OAuth 2.0, or an application password from the account's settings"},
	{ops: "AUTH", code: 535, enhanced: EnhancedCode{5, 7, 8}, hint: "the login or password is wrong, or the account needs an application password: check the login and password, or create an application password at the provider"},
	{ops: "AUTH", code: 535, hint: hintPassword},
	{ops: "AUTH", code: 538, hint: "the server accepts this login only over TLS: use STARTTLS or implicit TLS"},
	{ops: "AUTH", code: 504, hint: "the server does not support this login mechanism: use another one"},
	{ops: "AUTH", text: "issue a starttls|requires tls|tls required|encryption required|requires encryption|ssl required|secure connection", hint: hintNeedTLS},
	{code: 530, text: "tls|ssl|encrypt", hint: hintNeedTLS},
	{code: 530, hint: hintNeedLogin},
	{ops: "AUTH", code: 454, hint: "the server's login service is temporarily unavailable: try again later"},

	// The name in EHLO, which many servers check at RCPT
	{text: "helo command rejected|ehlo command rejected|invalid helo|invalid ehlo|helo name|ehlo name|bad helo|helo/ehlo|helo/ehlo argument|invalid hostname in|helo argument|ehlo argument", hint: HintLocalName},
	{ops: "EHLO", enhanced: EnhancedCode{0, 7, 1}, text: "blocked|spamhaus|blacklist|blocklist|block list|dnsbl|reputation", hint: hintBlocked},

	// The sender's domain and address
	{enhanced: EnhancedCode{0, 7, 25}, hint: "this computer's address has no matching name in the DNS: ask your network's operator for a PTR record, or send through the server of your mail provider"},
	{text: "reverse dns|ptr record|rdns|reverse hostname", hint: "this computer's address has no matching name in the DNS: ask your network's operator for a PTR record, or send through the server of your mail provider"},
	{ops: atSender, enhanced: EnhancedCode{0, 7, 26}, hint: hintDomain},
	{ops: atSender, enhanced: EnhancedCode{0, 7, 23}, hint: hintDomain},
	{ops: atSender, enhanced: EnhancedCode{0, 7, 27}, hint: hintDomain},
	{ops: atSender, text: "dmarc| spf |(spf|spf:|spf check|sender policy framework|dkim", hint: hintDomain},
	{ops: atSender, enhanced: EnhancedCode{0, 7, 60}, hint: hintSender},
	{ops: atSender, enhanced: EnhancedCode{0, 2, 252}, hint: hintSender},
	{ops: atSender, text: "sendas|send as|not owned by|does not match your|sender address must|not authorized to send|not allowed to send|may not send|sender mismatch|not permitted to send|sender is not authorized", hint: hintSender},
	{ops: atSender, text: "not verified|unverified|verify the sender|sender identity", hint: "the provider accepts only verified addresses: verify the sender's address at the provider first"},
	{ops: "MAIL", code: 553, hint: hintSender},

	// A recipient that does not exist; the reply may also contain the words of the rows
	// below
	{ops: atSender, text: "fully-qualified address|fully qualified address", hint: "the address needs a domain: write it in full, such as user@example.com"},
	{ops: "RCPT", enhanced: EnhancedCode{5, 1, 1}, text: "sender address rejected|sender rejected", hint: "check the sender's address, and use one that the server accepts"},
	{ops: "RCPT", enhanced: EnhancedCode{5, 1, 1}, hint: hintRecipient},
	{ops: "RCPT", enhanced: EnhancedCode{5, 1, 2}, hint: hintRecipient},
	{ops: "RCPT", enhanced: EnhancedCode{5, 1, 6}, hint: hintRecipient},
	{ops: "RCPT", enhanced: EnhancedCode{5, 1, 10}, hint: hintRecipient},

	// A login is missing
	{ops: atSender, text: "starttls", hint: hintNeedTLS},
	{ops: atSender, text: "not authenticated|unauthenticated|not logged in|authentication required|authentication is required|requires authentication|require authentication|must authenticate|authenticate first|auth required|auth first|login required|log in first|need to authenticate|authentication needed|please authenticate|smtp auth|authenticated users only|not been authenticated", hint: hintNeedLogin},
	{ops: atSender, text: "relay", hint: hintRelay},

	// Limits
	{text: "spamhaus|blocked using|blacklist|blocklist|block list|dnsbl| rbl|(rbl|.rbl|-rbl|reputation|blocked by|spamcop|barracuda", hint: hintBlocked},
	{ops: "RCPT", text: "greylist|graylist|grey list|gray list|greylisted", hint: hintGreylist},
	{ops: "RCPT", enhanced: EnhancedCode{4, 7, 1}, text: "try again|come again|later", hint: hintGreylist},
	{enhanced: EnhancedCode{0, 3, 4}, hint: hintTooLarge},
	{ops: atSender, text: "message size|too large|too big|size limit|exceeds fixed limit|maximum size", hint: hintTooLarge},
	{ops: atSender, text: "sending limit|daily limit|daily user|hourly limit|rate limit|limit exceeded|quota exceeded for sending|too many messages|too many mails|too many recipients|too many connections|message limit|exceeded the maximum number", hint: hintLimit},
	{ops: atSender, enhanced: EnhancedCode{0, 2, 2}, hint: "the recipient's mailbox is full: try again later, or tell the recipient"},
	{ops: atSender, text: "mailbox full|mailbox is full|over quota|out of storage|quota", hint: "the recipient's mailbox is full: try again later, or tell the recipient"},
	{ops: atContent, code: 552, hint: "the server refuses the message's content or size: see the reason in its reply, and send smaller attachments or a link"},

	// Addresses
	{ops: atSender, enhanced: EnhancedCode{0, 1, 7}, hint: "check the sender's address"},
	{ops: atSender, enhanced: EnhancedCode{0, 1, 8}, hint: "the sender's domain does not exist: check the sender's address"},
	{ops: "MAIL|RCPT", text: "sender address rejected|sender rejected|sender domain|sender verify", hint: "check the sender's address, and use one that the server accepts"},
	{ops: "RCPT", code: 550, hint: hintRecipient},
	{ops: "RCPT", enhanced: EnhancedCode{0, 1, 0}, hint: hintRecipient},

	// Everything else, by step
	{ops: "STARTTLS", hint: "TLS does not work on the server now: try again later, use implicit TLS (port 465), or ask the server's operator"},
	{ops: "AUTH", code: 421, hint: "the server ended the session: try again later"},
	{ops: "greeting", code: 554, hint: "the server refuses connections from this computer: use the server of your mail provider (port 587, with a login), or ask the server's operator"},
	{ops: "greeting|EHLO|AUTH|MAIL|RCPT|DATA|body|end of data", code: 400, hint: hintLater},
	{ops: "AUTH", hint: "the server refused the login: check login, password and mechanism, or ask the server's operator"},
	{ops: "greeting", hint: "the server refuses connections: ask its operator, or use the server of your mail provider"},
	{ops: "EHLO", hint: HintLocalName},
	{ops: "MAIL", hint: "check the sender's address; if it is right, ask the server's operator"},
	{ops: "RCPT", hint: "check the recipient's address; if it is right, ask the server's operator"},
	{ops: atContent, hint: "the reply gives the reason: change the message, or ask the server's operator"},
}

var quotedAddress = pattern.Pattern{Expression: `<[^<>]*>|\S*@\S*`}

// replyHint returns the hint for the reply of e. It returns "" if the reply is neither
// 4yz nor 5yz, and for steps whose refusal is not reported to the caller, such as RSET.
func replyHint(e *Error, s *Session) Hint {
	if !e.Reply.Temporary() && !e.Reply.Permanent() {
		return ""
	}
	// Remove addresses: the words in relay@example.com say nothing about the reason.
	text := " " + quotedAddress.Compiled().ReplaceAllString(strings.ToLower(strings.Join(e.Reply.Lines, " ")), " ") + " "
	for i := range hintRows {
		if h := &hintRows[i]; h.matches(e, text) {
			if h.hint == hintRelay && s != nil && s.mechanism != "" {
				return hintNoRelay
			}
			return h.hint
		}
	}
	return ""
}

// tokenHintRows are for the refusal of an access token. The first row that matches
// applies.
var tokenHintRows = []hintRow{
	{enhanced: EnhancedCode{5, 7, 139}, text: "smtpclientauthentication is disabled", hint: hintAuthOff},
	{enhanced: EnhancedCode{5, 7, 139}, text: "criteria|conditional access|security defaults", hint: "a policy of the organization (Conditional Access) forbids this login: ask the administrator"},
	{text: "too many|too frequent|rate limit|many failed|try again in|temporarily blocked|temporarily locked", hint: hintTooOften},
	{text: "locked|disabled|blocked|suspended|deactivated", hint: hintAccountOff},
	{text: "authenticated but not connected", hint: hintNoMailbox},
	{enhanced: EnhancedCode{5, 7, 3}, hint: hintNoMailbox},
	{hint: hintToken},
}

// tokenHint returns the hint for e, the refusal of an access token.
func tokenHint(e *Error) Hint {
	text := strings.ToLower(strings.Join(e.Reply.Lines, " "))
	i := slices.IndexFunc(tokenHintRows, func(h hintRow) bool { return h.matches(e, text) })
	return tokenHintRows[i].hint
}

// matches reports whether the row applies to the reply of e. The parameter text is the text
// of this reply, in lower case. A row with the code 400 applies to all 4yz replies.
func (h *hintRow) matches(e *Error, text string) bool {
	r := e.Reply
	return (h.ops == "" || isOneOf(h.ops, func(op string) bool { return op == string(e.Op) })) &&
		(h.code == 0 || h.code == r.Code || h.code == 400 && r.Temporary()) &&
		(h.enhanced.IsZero() || h.enhanced == r.Enhanced ||
			h.enhanced[0] == 0 && h.enhanced[1] == r.Enhanced[1] && h.enhanced[2] == r.Enhanced[2] && !r.Enhanced.IsZero()) &&
		(h.text == "" || isOneOf(h.text, func(part string) bool { return strings.Contains(text, part) }))
}

func isOneOf(alternatives string, is func(string) bool) bool {
	for one := range strings.SplitSeq(alternatives, "|") {
		if is(one) {
			return true
		}
	}
	return false
}
