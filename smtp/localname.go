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

// behindProxy is what EHLO says by default where a proxy carries the session.
// RFC 5321, section 4.1.4, asks for a name or an address of this computer: those
// it has lead nowhere on the proxy's other side, and tell the server what the
// proxy may be there to hide.
const behindProxy = "[127.0.0.1]"

// ehloName returns what EHLO says we are (RFC 5321, section 4.1.1.1): what was
// set, else behindProxy, else this computer's full name, else the address
// literal of conn's own end.
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

// localName checks a name that was set and brings it into the form of RFC
// 5321's Domain or address-literal. An underscore, which many computers have
// in their name and many servers refuse, becomes a hyphen.
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
	for _, label := range strings.Split(name, ".") {
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return "", errors.New("local name for EHLO: " + name + " has a part that begins or ends with a hyphen")
		}
	}
	return name, nil
}

// fullName accepts the system's own name where it could be one in the DNS.
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

// ownAddress is 127.0.0.1 for a unix socket, whose peer is this computer.
func ownAddress(conn net.Conn) netip.Addr {
	if conn != nil && conn.LocalAddr() != nil {
		if ap, err := netip.ParseAddrPort(conn.LocalAddr().String()); err == nil {
			return ap.Addr()
		}
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1})
}

// addressLiteral as in RFC 5321, section 4.1.3. A zone has no meaning to the
// other end.
func addressLiteral(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return "[" + addr.String() + "]"
	}
	return "[IPv6:" + addr.String() + "]"
}
