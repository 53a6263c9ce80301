// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"csmtp/smtp/internal/text"

	"golang.org/x/text/unicode/norm"
)

// prepare normalizes the login and password for SCRAM. RFC 5802 requires SASLprep (RFC
// 4013), which is limited to Unicode 3.2 and refuses every emoji. prepare uses the successor
// of SASLprep, the OpaqueString profile of RFC 8265. Both profiles compose characters, and
// replace space characters outside ASCII with U+0020. For the characters that both accept,
// they differ only in compatibility forms: for example, SASLprep replaces a full-width A
// with "A", and OpaqueString does not. Logins with such characters work with Dovecot and
// Cyrus SASL, which do not normalize passwords when they store them.
//
// Package precis of x/text is not used, because it needs 0.3 MB for tables and for packages
// that only its other profiles use.
//
// prepare does not change a string that OpaqueString refuses, such as one with a tab: a
// server that accepts such a password has stored its octets unchanged.
func prepare(s string) string {
	// OpaqueString does not change ASCII.
	if text.IsASCII(s) || !utf8.ValidString(s) {
		return s
	}
	spaced := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Zs, r) {
			return ' '
		}
		return r
	}, s)
	if p := norm.NFC.String(spaced); p != s && isFreeform(p) {
		return p
	}
	return s
}
