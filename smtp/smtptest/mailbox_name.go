// SPDX-License-Identifier: MIT

package smtptest

import (
	"strings"
	"unicode/utf8"
)

// goodMailbox reports whether an address is a Mailbox of RFC 5321, section 4.1.2, or, if
// 'international' is true, of RFC 6531.
func goodMailbox(address string, international bool) bool {
	if len(address) > 320 || !utf8.ValidString(address) {
		return false
	}
	at := strings.LastIndexByte(address, '@')
	if at < 1 || at > 64 {
		return false
	}
	for _, r := range address {
		if r < ' ' || r == 0x7F || r > 0x7F && !international {
			return false
		}
	}
	local, domain := address[:at], address[at+1:]
	if strings.HasPrefix(domain, "[") {
		if !goodClientName(domain) {
			return false
		}
	} else if !goodDomain(domain) {
		return false
	}
	if inner, is := strings.CutPrefix(local, `"`); is {
		return goodQuoted(inner)
	}
	for atom := range strings.SplitSeq(local, ".") {
		if atom == "" || strings.ContainsAny(atom, ` "(),:;<>@[\]`) {
			return false
		}
	}
	return true
}

// goodQuoted reports whether text is the rest of a valid quoted string, after its opening quote.
func goodQuoted(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
			if i >= len(text)-1 {
				return false
			}
		case '"':
			return i == len(text)-1
		}
	}
	return false
}

// goodClientName reports whether name is a domain or an address literal (RFC 5321, section
// 4.1.1.1).
func goodClientName(name string) bool {
	if inner, is := strings.CutPrefix(name, "["); is {
		inner, is = strings.CutSuffix(inner, "]")
		return is && inner != "" && strings.Trim(inner, "0123456789abcdefABCDEF.:IPv") == ""
	}
	return goodDomain(name)
}

func goodDomain(name string) bool {
	if len(name) == 0 || len(name) > 255 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, r := range label {
			if !(r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7F) {
				return false
			}
		}
	}
	return true
}
