// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"csmtp/smtp/internal/idn"
)

// maxAddress is the length of an address in octets. RFC 5321, section 4.5.3.1,
// requires servers to accept 256; some accept more.
const maxAddress = 1000

// checkAddress checks an address of the envelope. It returns the index of the @
// before the domain, len(addr) if there is no domain, and whether the local part
// needs SMTPUTF8. It refuses an address that a server could read in another way.
func checkAddress(addr string) (at int, utf8Local bool, err error) {
	if len(addr) > maxAddress {
		return 0, false, errors.New("the address has more than 1000 octets")
	}
	if !utf8.ValidString(addr) {
		return 0, false, errors.New("the address must be ASCII or UTF-8")
	}
	for i := 0; i < len(addr); i++ {
		if addr[i] < ' ' || addr[i] == 0x7f {
			return 0, false, errors.New("the address must not contain control characters")
		}
	}
	if strings.HasPrefix(addr, "@") {
		return 0, false, errors.New("the address must not begin with @: source routes are not supported (RFC 5321, appendix C)")
	}
	at, err = localPart(addr)
	if err != nil {
		return 0, false, err
	}
	if utf8Local = !isASCII(addr[:at]); utf8Local {
		if err := idn.CheckLocal(addr[:at]); err != nil {
			return 0, false, fmt.Errorf("the local part of the address %w", err)
		}
	}
	if at < len(addr) {
		err = checkDomain(addr[at+1:])
	}
	return at, utf8Local, err
}

// localPart returns the index of the end of a Dot-string or Quoted-string.
func localPart(addr string) (int, error) {
	if !strings.HasPrefix(addr, `"`) {
		for i := 0; i < len(addr); i++ {
			switch c := addr[i]; {
			case c == '@':
				return i, nil
			case strings.IndexByte(`<>()[]\,;:"`, c) >= 0 || c == ' ':
				return 0, errors.New("the address contains " + string(c) + ": give one bare address, and quote the local part if the character belongs to it")
			}
		}
		return len(addr), nil
	}
	for i := 1; i < len(addr); i++ {
		switch addr[i] {
		case '\\':
			i++
		case '"':
			if i+1 == len(addr) || addr[i+1] == '@' {
				return i + 1, nil
			}
			return 0, errors.New("there is text between the quoted local part and the @")
		}
	}
	return 0, errors.New("the quoted local part has no closing quote")
}

func checkDomain(domain string) error {
	if strings.HasPrefix(domain, "[") {
		return checkLiteral(domain)
	}
	if domain == "" {
		return errors.New("no domain after the @")
	}
	label := 0
	for i := 0; i < len(domain); i++ {
		switch c := domain[i]; {
		case c == '.':
			if label == 0 {
				return errors.New("the domain has an empty label")
			}
			label = 0
			continue
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', isDigit(c), c == '-', c == '_', c >= utf8.RuneSelf:
		default:
			return errors.New("the domain contains " + string(c) + ": give one bare address")
		}
		label++
	}
	if label == 0 {
		return errors.New("the domain ends with a dot")
	}
	if !isASCII(domain) {
		if _, err := toASCII(domain); err != nil {
			return err
		}
	}
	return nil
}

// checkLiteral checks an address literal (RFC 5321, section 4.1.3).
func checkLiteral(domain string) error {
	inner, ok := strings.CutSuffix(domain[1:], "]")
	if !ok || inner == "" || strings.ContainsAny(inner, "[]\\<> @") || !isASCII(inner) {
		return errors.New("the address literal is not [address]")
	}
	if len(inner) > 5 && strings.EqualFold(inner[:5], "IPv6:") {
		if a, err := netip.ParseAddr(inner[5:]); err != nil || !a.Is6() {
			return errors.New("the address literal contains no IPv6 address")
		}
		return nil
	}
	if strings.Contains(inner, ":") {
		return nil // General-address-literal: the server checks it
	}
	if a, err := netip.ParseAddr(inner); err != nil || !a.Is4() {
		return errors.New("the address literal contains no IPv4 address")
	}
	return nil
}

// toASCII returns a domain in A-labels (RFC 5891).
func toASCII(domain string) (string, error) {
	a, err := idn.ToASCII(domain)
	if err != nil {
		return "", fmt.Errorf("the domain of the address %w", err)
	}
	return a, checkDomain(a)
}

// appendPath appends <addr> to a command. The domain is sent in A-labels, unless
// the local part needs SMTPUTF8.
func appendPath(line []byte, addr string) []byte {
	line = append(line, '<')
	if isASCII(addr) {
		line = append(line, addr...)
		return append(line, '>')
	}
	at, utf8Local, _ := checkAddress(addr)
	if utf8Local || at == len(addr) {
		line = append(line, addr...)
		return append(line, '>')
	}
	domain, err := toASCII(addr[at+1:])
	if err != nil {
		domain = addr[at+1:] // cannot happen: checkAddress has checked it
	}
	line = append(line, addr[:at+1]...)
	line = append(line, domain...)
	return append(line, '>')
}
