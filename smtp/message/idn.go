// SPDX-License-Identifier: MIT

package message

import (
	"errors"
	"strings"

	"golang.org/x/net/idna"
)

// lookup maps as a browser does (UTS 46, non-transitional), and leaves ASCII
// labels such as _dmarc alone.
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// asciiDomain gives a domain's A-labels (RFC 5890) and checks its lengths.
func asciiDomain(domain string) (string, error) {
	if !isASCII(domain) {
		a, err := lookup.ToASCII(domain)
		if err != nil {
			return "", errors.New("not a domain name")
		}
		domain = a
	}
	if len(domain) > 255 {
		return "", errors.New("a domain name has at most 255 octets")
	}
	for rest, more := domain, true; more; {
		var label string
		label, rest, more = strings.Cut(rest, ".")
		if len(label) == 0 || len(label) > 63 {
			return "", errors.New("a label of a domain name has 1 to 63 octets")
		}
		for i := 0; i < len(label); i++ {
			if c := label[i]; !isAlnum(c) && c != '-' && c != '_' {
				return "", errors.New("a domain name has letters, digits, hyphens and dots only")
			}
		}
	}
	return domain, nil
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
