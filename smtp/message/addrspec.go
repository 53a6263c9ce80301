// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"csmtp/smtp/internal/idn"
	"csmtp/smtp/internal/text"
)

// maxAddress is larger than the limit of RFC 5321, section 4.5.3.1, for a path, and
// smaller than the longest line.
const maxAddress = 512

// addrSpec checks an address, and returns it in the form for headers and commands. If
// the local part is ASCII, its domain consists of A-labels. A local part whose dots
// require it is quoted (RFC 5322, section 3.4.1; RFC 6531, section 3.3).
func addrSpec(s string) (string, error) {
	switch {
	case s == "":
		return "", errors.New("is empty")
	case len(s) > maxAddress:
		return "", fmt.Errorf("has %d octets; an address has at most %d", len(s), maxAddress)
	case s[0] == '@':
		return "", errors.New("has a source route or no local part; set the address only")
	}
	plain := 0 // usually all of it
	for plain < len(s) && ' ' <= s[plain] && s[plain] < 0x7f {
		plain++
	}
	for i := plain; i < len(s); i++ {
		if s[i] < ' ' || s[i] == 0x7f {
			return "", fmt.Errorf("has the character %U at octet %d; remove it", s[i], i+1)
		}
	}
	given, domain, found := splitAddress(s)
	if plain < len(s) {
		if err := idn.Check(s); err != nil {
			return "", err
		}
		if err := idn.CheckLocal(given); err != nil {
			return "", err
		}
	}
	local, err := localPart(given)
	if err != nil {
		return "", err
	}
	if !found {
		return local, nil // postmaster, or a name that the server completes
	}
	if strings.HasPrefix(domain, "[") {
		if !domainLiteral(domain) {
			return "", errors.New("has an address literal that is not [192.0.2.1] or [IPv6:2001:db8::1]")
		}
		return local + "@" + domain, nil
	}
	ascii, err := asciiDomain(domain)
	if err != nil {
		return "", fmt.Errorf("has an invalid domain, which %w", err)
	}
	if text.IsASCII(local) {
		if local == given && ascii == domain {
			return s, nil
		}
		return local + "@" + ascii, nil
	}
	return local + "@" + idn.ToUnicode(ascii), nil
}

// splitAddress splits at the last @ that is not in quotes.
func splitAddress(s string) (local, domain string, found bool) {
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

func localPart(s string) (string, error) {
	if s == "" {
		return "", errors.New("has no local part before the @")
	}
	if s[0] == '"' {
		if !isQuotedString(s) {
			return "", errors.New("has a local part that is not correctly quoted")
		}
		return s, nil
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isAtext(c) && c != '.' {
			return "", fmt.Errorf("has %q at octet %d, which must be quoted in a local part", c, i+1)
		}
	}
	// Some networks assigned addresses with dots where the syntax allows none.
	if s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return `"` + s + `"`, nil
	}
	return s, nil
}

// isQuotedString reports whether s is a quoted-string on one line (RFC 5322, section
// 3.2.4).
func isQuotedString(s string) bool {
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

func domainLiteral(s string) bool {
	if !strings.HasSuffix(s, "]") {
		return false
	}
	s = s[1 : len(s)-1]
	if tag := len("IPv6:"); len(s) > tag && strings.EqualFold(s[:tag], "IPv6:") {
		a, err := netip.ParseAddr(s[tag:])
		return err == nil && a.Is6() && a.Zone() == ""
	}
	a, err := netip.ParseAddr(s)
	return err == nil && a.Is4()
}

func domainOf(addr string) string {
	_, domain, _ := splitAddress(addr)
	return domain
}
