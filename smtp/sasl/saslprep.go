// SPDX-License-Identifier: MIT

package sasl

import (
	"unicode/utf8"

	"csmtp/smtp/internal/text"

	"golang.org/x/text/secure/precis"
)

// prepare is what SCRAM does to login and password before use. RFC 5802 names
// SASLprep (RFC 4013), which is tied to Unicode 3.2 and refuses every emoji;
// RFC 8265, its successor, has the OpaqueString profile, which is used here.
// Both turn exotic spaces into U+0020 and compose characters, so they differ
// only for compatibility forms (SASLprep folds a full-width A into "A").
// Dovecot and Cyrus prepare nothing when they make their verifiers, so leaving
// such forms alone is also what logs in there.
//
// What the profile refuses (a tab, say) is used as it is, because a server
// that let the user choose such a password took the octets too.
func prepare(s string) string {
	// ASCII maps to itself or is refused.
	if text.IsASCII(s) || !utf8.ValidString(s) {
		return s
	}
	if p, err := precis.OpaqueString.String(s); err == nil {
		return p
	}
	return s
}
