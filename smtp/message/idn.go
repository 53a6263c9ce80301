// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"strings"

	"csmtp/smtp/internal/idn"
	"csmtp/smtp/internal/text"
)

// asciiDomain converts a domain to A-labels (RFC 5890), and checks the lengths.
func asciiDomain(domain string) (string, error) {
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
			if c := label[i]; !isAlnum(c) && c != '-' && c != '_' {
				return "", errors.New("has characters other than letters, digits, hyphens and dots")
			}
		}
	}
	return domain, nil
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
