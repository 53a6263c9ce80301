// SPDX-License-Identifier: MIT

// Package address checks mail addresses, for envelopes (RFC 5321, section 4.1.2) and
// for headers (RFC 5322, section 3.4.1).
package address

import (
	"errors"
	"fmt"
	"strings"

	"csmtp/smtp/internal/idn"
	"csmtp/smtp/internal/text"
)

// MaxLength is the maximum length of an address in octets. It is larger than the limit for a
// path in RFC 5321, section 4.5.3.1 (256 octets). An address of this length still fits on a
// line of a message (RFC 5322, section 2.1.1).
const MaxLength = 512

// Address is a mail address that Parse has checked.
type Address struct {
	Local  string // the local part as given, with its quotes
	Domain string // in A-labels, or an address literal; "" if there is none
	given  string // the domain as given
	whole  string
}

// Parse checks an address, which must not include a display name, angle brackets or comments.
// It refuses an address that a server and this client might interpret differently. The error
// text begins with a verb, as in "has no domain after the @", because callers write the address
// before the text.
func Parse(s string) (Address, error) {
	switch {
	case s == "":
		return Address{}, errors.New("is empty")
	case len(s) > MaxLength:
		return Address{}, fmt.Errorf("has %d octets; an address has at most %d", len(s), MaxLength)
	case s[0] == '@':
		return Address{}, errors.New("begins with @: add the local part, or remove the source route")
	}
	plain := 0 // the number of printable ASCII octets at the beginning, usually the whole address
	for plain < len(s) && ' ' <= s[plain] && s[plain] < 0x7f {
		plain++
	}
	for i := plain; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return Address{}, fmt.Errorf("has the character %U at octet %d; remove it", s[i], i+1)
		}
	}
	local, domain, found := Split(s)
	if plain < len(s) {
		if err := idn.Check(s); err != nil {
			return Address{}, err
		}
		if err := idn.CheckLocal(local); err != nil {
			return Address{}, err
		}
	}
	if err := checkLocal(local); err != nil {
		return Address{}, err
	}
	a := Address{Local: local, given: domain, whole: s}
	if !found {
		return a, nil // postmaster, or a name to which the server adds a domain
	}
	if domain == "" {
		return Address{}, errors.New("has no domain after the @")
	}
	if domain[0] == '[' {
		if !isLiteral(domain) {
			return Address{}, errors.New("has an address literal that is not [192.0.2.1] or [IPv6:2001:db8::1]")
		}
		a.Domain = domain
		return a, nil
	}
	var err error
	if a.Domain, err = ToASCII(domain); err != nil {
		return Address{}, fmt.Errorf("has an invalid domain, which %w", err)
	}
	return a, nil
}

// NeedsUTF8 reports whether the local part requires SMTPUTF8 (RFC 6531).
func (a Address) NeedsUTF8() bool { return !text.IsASCII(a.Local) }

// String returns the address. Its domain is in A-labels, except if the local part requires
// SMTPUTF8: the domain is then as given.
func (a Address) String() string {
	if a.given == a.Domain || a.NeedsUTF8() {
		return a.whole
	}
	return a.Local + "@" + a.Domain
}

// Split splits s at the last @ that is not in quotes.
func Split(s string) (local, domain string, found bool) {
	at := strings.LastIndexByte(s, '@')
	if strings.IndexByte(s, '"') >= 0 {
		at = unquotedAt(s)
	}
	if at < 0 {
		return s, "", false
	}
	return s[:at], s[at+1:], true
}

func unquotedAt(s string) int {
	at := -1
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == '@' && !quoted:
			at = i
		}
	}
	return at
}

func checkLocal(s string) error {
	if s[0] == '"' {
		if !IsQuotedString(s) {
			return errors.New("has a local part that is not correctly quoted")
		}
		return nil
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !text.IsAtext(c) && c != '.' {
			return fmt.Errorf("has %q at octet %d; give one address without a name, and quote the local part if the character belongs to it", c, i+1)
		}
	}
	return nil
}

// IsQuotedString reports whether s is a quoted-string on one line (RFC 5322, section
// 3.2.4).
func IsQuotedString(s string) bool {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return false
	}
	for i := 1; i < len(s)-1; i++ {
		switch c := s[i]; {
		case c == '\\':
			if i++; i == len(s)-1 || s[i] < ' ' || s[i] == 0x7f {
				return false
			}
		case c == '"', c < ' ', c == 0x7f:
			return false
		}
	}
	return true
}
