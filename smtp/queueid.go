// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"strings"
)

// queueID returns the server's queue id for the mail, if the reply to the end of data has
// the form that a known server uses. Otherwise it returns "", because a wrong id would be
// worse than a missing one. r is the Reply that was made from raw. Words of r may be masked
// as secrets, so queueID compares the forms with the text in raw.
func (raw *rawReply) queueID(r *Reply) string {
	if !r.positive() {
		return ""
	}
	text := r.Lines[len(r.Lines)-1]
	if raw.secrets != nil {
		_, last := parseEnhanced(raw.code, raw.text[bytes.LastIndexByte(raw.text, '\n')+1:])
		text = visible(last)
	}
	for _, form := range queueForms {
		if id := form(text); isQueueID(id) {
			return raw.secrets.Hide(id)
		}
	}
	return ""
}

var queueForms = [...]func(string) string{
	// Postfix, Amazon and many more: "Ok: queued as 4XyZ12"
	func(t string) string { return wordAfter(t, "queued as ") },
	// Exim: "OK id=1tAbCd-0000000012-AbCd"
	func(t string) string { return strings.TrimPrefix(wordIf(t, "OK id="), "OK id=") },
	// Exchange: "<id@host> [InternalId=12, Hostname=...] Queued mail for delivery"
	func(t string) string {
		if !strings.HasPrefix(t, "<") || !strings.Contains(t, "[InternalId=") {
			return ""
		}
		id, _, _ := strings.Cut(t[1:], ">")
		return id
	},
	// Sendmail: "4ABC12 Message accepted for delivery"; also OpenSMTPD:
	// "1a2b3c4d Message accepted for delivery"
	func(t string) string {
		id, found := strings.CutSuffix(t, " Message accepted for delivery")
		if !found {
			return ""
		}
		return id
	},
	// Google: "OK  1700000000 a1b2c3-20020a.12 - gsmtp"
	func(t string) string {
		rest, found := strings.CutSuffix(t, " - gsmtp")
		if !found {
			return ""
		}
		return rest[strings.LastIndexByte(rest, ' ')+1:]
	},
	// qmail: "ok 1700000000 qp 12345"
	func(t string) string {
		if !strings.HasPrefix(t, "ok ") {
			return ""
		}
		return wordAfter(t, " qp ")
	},
}

// wordAfter returns the word that follows 'mark' in t, or "" if t does not contain 'mark'.
func wordAfter(t, mark string) string {
	_, rest, found := strings.Cut(t, mark)
	if !found {
		return ""
	}
	word, _, _ := strings.Cut(rest, " ")
	return strings.TrimRight(word, ".,;)")
}

// wordIf returns the part of t up to the first space after prefix, or "" if t does not
// begin with prefix.
func wordIf(t, prefix string) string {
	if !strings.HasPrefix(t, prefix) {
		return ""
	}
	word, _, _ := strings.Cut(t[len(prefix):], " ")
	return prefix + word
}

// isQueueID reports whether id has the form of a queue id.
func isQueueID(id string) bool {
	if id == "" || len(id) > 200 {
		return false
	}
	for i := 0; i < len(id); i++ {
		if id[i] <= ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}
