// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"

	"csmtp/smtp/internal/dial"
)

// behindProxy is the default name for EHLO if the connection uses a proxy. RFC 5321,
// section 4.1.4, asks for the name or the address of this computer. But the server cannot
// reach this computer by either, and the program may use the proxy to hide both.
const behindProxy = "[127.0.0.1]"

// ehloName returns the name for EHLO (RFC 5321, section 4.1.1.1). It is the first of
// these that exists: LocalName; behindProxy, if there is a proxy; this computer's fully
// qualified name; the address literal of conn's local address.
func (c *Config) ehloName(conn net.Conn) (string, error) {
	if c.LocalName != "" {
		name, err := localName(c.LocalName)
		if err != nil {
			return "", &Error{Op: OpEHLO, Kind: KindLocal, Err: err}
		}
		return name, nil
	}
	if c.Proxy != "" {
		return behindProxy, nil
	}
	if host, err := os.Hostname(); err == nil {
		if name, ok := fullName(host); ok {
			return name, nil
		}
	}
	return addressLiteral(ownAddress(conn)), nil
}

// localName checks a name and returns it in the form of Domain or address-literal in RFC
// 5321. The names of many computers contain an underscore, which many servers refuse, so
// localName replaces it with a hyphen.
func localName(set string) (string, error) {
	bare := set
	if strings.HasPrefix(set, "[") && strings.HasSuffix(set, "]") {
		bare = set[1 : len(set)-1]
		if len(bare) > 5 && strings.EqualFold(bare[:5], "IPv6:") {
			bare = bare[5:]
		}
	}
	if addr, err := netip.ParseAddr(bare); err == nil {
		return addressLiteral(addr), nil
	}
	name, err := dial.HostName(set)
	if err != nil {
		return "", fmt.Errorf("local name for EHLO: %w", err)
	}
	name = strings.TrimSuffix(strings.ReplaceAll(name, "_", "-"), ".")
	if addr, err := netip.ParseAddr(name); err == nil { // an address with a final dot, or with digits outside ASCII
		return addressLiteral(addr), nil
	}
	for _, label := range strings.Split(name, ".") {
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", errors.New("local name for EHLO: " + name + " has a label that begins or ends with a hyphen")
		}
	}
	return name, nil
}

// fullName returns host as a name for EHLO, and reports whether host can be the full name
// of this computer in the DNS.
func fullName(host string) (string, bool) {
	name, err := localName(host)
	if err != nil || !strings.Contains(name, ".") || strings.HasPrefix(name, "[") {
		return "", false
	}
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, "localhost") || strings.HasSuffix(lower, ".localhost") || strings.HasSuffix(lower, ".localdomain") {
		return "", false
	}
	return name, true
}

// ownAddress returns the local address of conn. For a unix socket, whose server is on
// this computer, it returns 127.0.0.1.
func ownAddress(conn net.Conn) netip.Addr {
	if conn != nil && conn.LocalAddr() != nil {
		if ap, err := netip.ParseAddrPort(conn.LocalAddr().String()); err == nil {
			return ap.Addr()
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// addressLiteral returns the address literal of addr (RFC 5321, section 4.1.3),
// without the zone, which has no meaning on another computer.
func addressLiteral(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return "[" + addr.String() + "]"
	}
	return "[IPv6:" + addr.String() + "]"
}
