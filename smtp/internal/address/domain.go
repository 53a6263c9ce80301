// SPDX-License-Identifier: MIT

package address

import (
	"errors"
	"net/netip"
	"strings"

	"csmtp/smtp/internal/idn"
	"csmtp/smtp/internal/text"
)

// ToASCII converts a domain to A-labels (RFC 5890), and checks the length of the domain, and
// the lengths and characters of its labels.
func ToASCII(domain string) (string, error) {
	if !text.IsASCII(domain) {
		a, err := idn.ToASCII(domain)
		if err != nil {
			return "", err
		}
		domain = a
	}
	if len(domain) > 255 {
		return "", errors.New("has more than 255 octets")
	}
	for rest, more := domain, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if len(label) == 0 || len(label) > 63 {
			return "", errors.New("has a label that is empty or longer than 63 octets")
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !text.IsAlnum(c) && c != '-' && c != '_' {
				return "", errors.New("has characters other than letters, digits, hyphens and dots")
			}
		}
	}
	return domain, nil
}

// isLiteral reports whether s is an address literal with an IP address (RFC 5321,
// section 4.1.3).
func isLiteral(s string) bool {
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
