// SPDX-License-Identifier: MIT

package smtp

import (
	"strings"

	"csmtp/internal/pattern"
)

// To report that a limit is exceeded, servers use an enhanced status code or, if there is
// none for this limit, only words. The words below come from replies of Postfix, Exim,
// Sendmail, Exchange, Gmail, Yahoo, MDaemon and others.

// tooManyRecipients reports whether a reply to RCPT says that the transaction has too
// many recipients (RFC 5321, section 4.5.3.1.10). RFC 821 used the code 552 for this.
func tooManyRecipients(r *Reply) bool {
	if r == nil || !r.Temporary() && r.Code != 552 {
		return false
	}
	if r.Enhanced[1] == 5 && r.Enhanced[2] == 3 {
		return true
	}
	if r.Enhanced[1] == 1 || r.Enhanced[1] == 2 {
		return false // the reply is about one address or mailbox (RFC 3463)
	}
	text := words(r)
	switch {
	case !containsAny(text, "recipient", "rcpt", "destination", "addressee", "addresses"):
		return false
	case containsAny(text, "too many", "too much", "maximum", "max ", "limit", "exceed", "more than"):
		// A limit per hour or per day, or a full mailbox, is not a limit on the
		// recipients of one transaction: another transaction would meet it too.
		return !perTime.Compiled().MatchString(text) && !containsAny(text, "hour", "day", "daily", "minute", "slow", "quota", "mailbox", "storage", "size")
	}
	return containsAny(text, "one recipient", "single recipient", "one at a time", "multiple destination", "multiple recipients", "per transaction", "per message")
}

// tooManyMails reports whether a reply to MAIL says that the session has had too many
// mails.
func tooManyMails(r *Reply) bool {
	if !r.Temporary() {
		return false
	}
	if r.Enhanced[1] == 5 && r.Enhanced[2] == 3 {
		return true
	}
	text := words(r)
	if !containsAny(text, "message", "mail", "transaction", "envelope", "deliver") {
		return false
	}
	if !containsAny(text, "too many", "too much", "maximum", "max ", "limit", "exceed", "more than", "no more") {
		return false
	}
	if perTime.Compiled().MatchString(text) {
		return false // the limit applies to a new session as well
	}
	tooMany := containsAny(text, "too many messages", "too many mails", "too many emails", "too many e-mails", "too many transactions")
	if containsAny(text, "session", "connection", "this connect", "per connect") {
		return tooMany || !manySessions.Compiled().MatchString(text)
	}
	// These words mean that the limit is not on the number of mails per session, but, for
	// example, on mails per day or on space.
	return tooMany && !containsAny(text, "hour", "day", "daily", "minute", "slow", "quota", "mailbox", "queue")
}

var (
	// perTime matches words for a limit per period of time.
	perTime = pattern.Pattern{Expression: `\brate|\bthrottl|\bhourly\b|\bdaily\b|\b(per|an|each|every|this|of) (second|minute|hour|day)\b`}

	// manySessions matches words for a limit on the number of sessions of one client.
	manySessions = pattern.Pattern{Expression: `\b(connections|sessions|concurrent|concurrently|simultaneous|simultaneously)\b|\b(connection|session) (count )?limit\b`}

	addressOrHost = pattern.Pattern{Expression: `<[^<>]*>|\S*@\S*|` + hostName}
)

const hostName = `[a-z0-9_-]+(?:\.[a-z0-9_-]+)+`

// words returns the text of the reply in lower case, on one line, without addresses and
// host names.
func words(r *Reply) string {
	return addressOrHost.Compiled().ReplaceAllString(strings.ToLower(strings.Join(r.Lines, " ")), " ")
}

func containsAny(text string, words ...string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
