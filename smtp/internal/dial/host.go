// SPDX-License-Identifier: MIT

package dial

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"csmtp/smtp/internal/idn"
	"csmtp/smtp/internal/text"
)

const (
	maxName  = 253 // RFC 1035, section 2.3.4: 255 octets on the wire
	maxLabel = 63
)

// HostName converts a host to the form that look-ups, proxies and certificate checks need: an
// IP address without brackets, or a domain name in A-labels (RFC 5890). HostName keeps a final
// dot. It allows underscores in an ASCII name, because private networks use them.
func HostName(host string) (string, error) {
	name, err := hostName(host)
	if err != nil && host != "" {
		return "", fmt.Errorf("host name %q %w", clip(host), err)
	}
	return name, err
}

// hostName is HostName, except that the errors of hostName do not quote the host.
func hostName(host string) (string, error) {
	if host == "" {
		return "", errors.New("the host name is empty")
	}
	if addr, ok := address(host); ok {
		return addr.String(), nil
	}
	if found := blankOrControl(host); found != "" {
		return "", fmt.Errorf("has a %s: remove it", found)
	}
	name := host
	if !text.IsASCII(host) {
		a, err := idn.ToASCII(host)
		if err != nil {
			return "", err
		}
		name = a
	}
	if scheme, rest, ok := strings.Cut(name, "://"); ok {
		rest, _, _ = strings.Cut(rest, "/")
		return "", fmt.Errorf("is a URL: remove %q, and set only the name, such as %q", scheme+"://", clip(rest))
	}
	if strings.ContainsRune(name, ':') {
		return "", errors.New("contains a colon: set the port separately; an IPv6 address may be written with or without [ ]")
	}
	if err := checkLabels(name); err != nil {
		return "", err
	}
	return name, nil
}

// blankOrControl returns the name and the place of the first space or control character
// of s, such as "TAB at octet 3", or "" if s contains neither.
func blankOrControl(s string) string {
	name, place := text.FindControl(s)
	if i := strings.IndexByte(s, ' '); i >= 0 && (place == 0 || i < place) {
		name, place = "space", i+1
	}
	if place == 0 {
		return ""
	}
	return fmt.Sprintf("%s at octet %d", name, place)
}

// address parses an IP address; an IPv6 address can be in brackets. A zone must consist of
// printable ASCII characters, because errors and logs show it.
func address(host string) (netip.Addr, bool) {
	s := host
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
		if !strings.ContainsRune(s, ':') {
			return netip.Addr{}, false
		}
	}
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, false
	}
	for _, r := range addr.Zone() {
		if r <= ' ' || r >= 0x7f {
			return netip.Addr{}, false
		}
	}
	return addr, true
}

func checkLabels(name string) error {
	name = strings.TrimSuffix(name, ".")
	if len(name) > maxName {
		return fmt.Errorf("is longer than %d octets", maxName)
	}
	for _, label := range strings.Split(name, ".") {
		switch {
		case label == "":
			return errors.New("has an empty label: check the dots")
		case len(label) > maxLabel:
			return fmt.Errorf("has a label longer than %d octets", maxLabel)
		}
		for _, c := range []byte(label) {
			if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
				continue
			}
			return fmt.Errorf("has the character %q: use a name such as mail.example.com, without a path", c)
		}
	}
	return nil
}

// clip shortens invalid input for an error text.
func clip(s string) string {
	if len(s) > 80 {
		return s[:77] + "..."
	}
	return s
}

// hostPort returns "host:port", with brackets around an IPv6 address.
func hostPort(host string, port uint16) string {
	return net.JoinHostPort(host, strconv.Itoa(int(port)))
}
