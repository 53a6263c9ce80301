// SPDX-License-Identifier: MIT

package smtp

import (
	"crypto/tls"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"csmtp/smtp/internal/dial"
)

// secured is the state of a TLS handshake: the checked settings, and what the server
// asked for.
type secured struct {
	cfg       *Config
	name      string // the name to verify in the certificate; "" for none
	pins      []pin
	timeout   time.Duration
	certAsked bool // whether the server asked for a client certificate
	certGiven bool // whether a client certificate was sent
}

// checkTLS checks the TLS settings before Dial connects. Its error is an *Error with
// KindLocal.
func (c *Config) checkTLS() error {
	if _, err := c.secured(""); err != nil {
		return err
	}
	return nil
}

// secured checks the settings. If host is "", it skips the checks that need the host.
func (c *Config) secured(host string) (*secured, *Error) {
	local := func(format string, a ...any) (*secured, *Error) {
		return nil, &Error{Op: OpTLS, Kind: KindLocal, Err: fmt.Errorf(format, a...)}
	}
	s := &secured{cfg: c, timeout: c.Timeouts.WithDefaults().TLS}
	if v := c.TLS.MinVersion; v != 0 && (v < tls.VersionTLS10 || v > tls.VersionTLS13) {
		return local("minimum TLS version %#04x is not one of TLS 1.0 to 1.3", v)
	}
	if v := c.TLS.MaxVersion; v != 0 && (v > tls.VersionTLS13 || v < s.least()) {
		return local("maximum TLS version %s is older than the minimum, %s", tls.VersionName(v), s.leastVersion())
	}
	for i, cert := range c.TLS.Certificates {
		if len(cert.Certificate) == 0 || cert.PrivateKey == nil {
			return local("entry %d of the client certificates lacks its certificate or its private key", i+1)
		}
	}
	var err error
	if s.pins, err = parsePins(c.TLS.PinnedPublicKeys); err != nil {
		return local("%w", err)
	}
	name := c.TLS.ServerName
	if name == "" && c.Network != "unix" {
		name = host
	}
	if name == "" {
		if host != "" && !c.TLS.InsecureSkipVerify {
			return local("TLS over a unix socket needs the name in the server's certificate (TLS.ServerName)")
		}
		return s, nil
	}
	if s.name, err = certificateName(name); err != nil {
		return local("name in the server's certificate: %w", err)
	}
	return s, nil
}

// certificateName returns host as certificates contain it (RFC 9525): without a final
// dot, in A-labels, or as an address without a zone.
func certificateName(host string) (string, error) {
	name, err := dial.HostName(host)
	if err != nil {
		return "", err
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().WithZone("").String(), nil
	}
	return strings.TrimSuffix(name, "."), nil
}

// least returns the oldest version allowed.
func (s *secured) least() uint16 {
	if v := s.cfg.TLS.MinVersion; v != 0 {
		return v
	}
	return tls.VersionTLS12
}

func (s *secured) leastVersion() string { return tls.VersionName(s.least()) }

// versions returns the versions allowed, in words.
func (s *secured) versions() string {
	switch newest := s.cfg.TLS.MaxVersion; newest {
	case 0, tls.VersionTLS13:
		return s.leastVersion() + " or newer"
	case s.least():
		return s.leastVersion()
	default:
		return s.leastVersion() + " to " + tls.VersionName(newest)
	}
}
