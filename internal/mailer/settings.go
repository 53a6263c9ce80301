// SPDX-License-Identifier: MIT

package mailer

import (
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp"
)

// Security types, with the values that C uses.
const (
	noSecurity = iota
	useTLS
	useSSL
	doNotSet
	useTLSIfOffered
)

// Steps of SetTimeout, with the values that C uses.
const (
	timeoutConnect = iota
	timeoutTLS
	timeoutGreeting
	timeoutCommand
	timeoutDataInit
	timeoutDataBlock
	timeoutDataEnd
	timeoutQuit
	timeoutTotal
)

// settings is everything that a program sets except the message. A copy may share
// all of its values.
type settings struct {
	server       string
	port         uint16
	domain       string // look up its servers in SRV records instead of using server
	security     int
	authenticate bool
	localName    string
	localAddress string
	proxy        string
	lmtp         bool
	eightBit     bool
	timeouts     smtp.Timeouts
	login        login
	trust        trust
	envelope     envelope
	log          logging
	progress     func(sent, total int64) bool
}

func defaultSettings() settings { return settings{authenticate: true} }

// forget clears all settings, because some are secret.
func (s *settings) forget() { *s = settings{} }

// withoutCallbacks returns a copy for another handle. It has no callbacks, because
// their user pointers belong to the original handle.
func (s settings) withoutCallbacks() settings {
	s.log.call, s.progress = nil, nil
	if s.login.callback {
		s.login.token, s.login.callback = nil, false
	}
	return s
}

func (m *Mailer) SetSMTPServer(server string, port uint16, authenticate bool) error {
	m.settings.server, m.settings.port, m.settings.authenticate = server, port, authenticate
	return nil
}

func (m *Mailer) SetServerDomain(domain string) error { m.settings.domain = domain; return nil }

func (m *Mailer) SetSecurityType(t int) error {
	if t < noSecurity || t > useTLSIfOffered {
		return Faultf(BadArgument, "SetSecurityType: unknown security type %d: use NO_SECURITY, USE_TLS or USE_SSL", t)
	}
	if t != doNotSet {
		m.settings.security = t
	}
	return nil
}

func (m *Mailer) GetSecurityType() int { return m.settings.security }

func (m *Mailer) SetLocalHostName(name string) error   { m.settings.localName = name; return nil }
func (m *Mailer) SetLocalAddress(address string) error { m.settings.localAddress = address; return nil }
func (m *Mailer) SetProxy(url string) error            { m.settings.proxy = url; return nil }
func (m *Mailer) SetLMTP(lmtp bool) error              { m.settings.lmtp = lmtp; return nil }
func (m *Mailer) SetProgressCallback(f func(sent, total int64) bool) error {
	m.settings.progress = f
	return nil
}

func (m *Mailer) GetLocalHostName() string {
	if m.settings.localName != "" {
		return m.settings.localName
	}
	name, _ := os.Hostname()
	return name
}

// GetLocalHostIP returns the local address of the open session. Without a session
// it returns the first address of the host's name that is not a loopback address,
// or "" if a proxy is set: then no name is looked up in the DNS.
func (m *Mailer) GetLocalHostIP() string {
	if m.session != nil {
		if host, _, err := net.SplitHostPort(m.session.LocalAddr().String()); err == nil {
			return host
		}
	}
	if s, _, err := configured(&m.settings); err == nil && s.proxy != "" {
		return ""
	}
	name, _ := os.Hostname()
	addrs, _ := net.LookupHost(name)
	for _, a := range addrs {
		if ip := net.ParseIP(a); ip != nil && !ip.IsLoopback() {
			return a
		}
	}
	if len(addrs) > 0 {
		return addrs[0]
	}
	return ""
}

func (m *Mailer) SetTimeout(step int, milliseconds uint32) error {
	t := &m.settings.timeouts
	fields := [...]*time.Duration{
		timeoutConnect:   &t.Connect,
		timeoutTLS:       &t.TLS,
		timeoutGreeting:  &t.Greeting,
		timeoutCommand:   &t.Command,
		timeoutDataInit:  &t.DataInit,
		timeoutDataBlock: &t.DataBlock,
		timeoutDataEnd:   &t.DataEnd,
		timeoutQuit:      &t.Quit,
		timeoutTotal:     &t.Total,
	}
	if step < 0 || step >= len(fields) {
		return Faultf(BadArgument, "SetTimeout: unknown step %d: use CSMTP_TIMEOUT_CONNECT to CSMTP_TIMEOUT_TOTAL", step)
	}
	*fields[step] = time.Duration(milliseconds) * time.Millisecond
	return nil
}

// parseServers parses "a.example:587, [::1]:465, b.example". port applies to the
// servers without a port; 0 means CSmtp's default for the security type.
func parseServers(list string, port uint16, security int) ([]smtp.Server, error) {
	var servers []smtp.Server
	for _, one := range strings.Split(list, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		server, err := parseServer(one, port, security)
		if err != nil {
			return nil, err
		}
		servers = append(servers, server)
	}
	if len(servers) == 0 {
		return nil, Faultf(wsaGethostbyNameAddr, "no server is set: call SetSMTPServer")
	}
	if len(servers) > 1 && security == useTLS {
		for i := range servers {
			servers[i].ImplicitTLS = servers[i].Port == 465
		}
	}
	return servers, nil
}

func parseServer(one string, port uint16, security int) (smtp.Server, error) {
	host, p := one, int(port)
	if strings.Contains(one, "@") { // as in a URL; the error must not show a password
		return smtp.Server{}, Faultf(BadArgument, "SetSMTPServer: the server must be host or host:port, without a login: use SetLogin and SetPassword")
	}
	if h, digits, err := net.SplitHostPort(one); err == nil {
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || n == 0 {
			return smtp.Server{}, Faultf(BadArgument, "SetSMTPServer: invalid port %q: use 1 to 65535", digits)
		}
		host, p = h, int(n)
	}
	if p == 0 {
		p = 25
		if security == useSSL {
			p = 465
		}
	}
	return smtp.Server{Host: strings.TrimSuffix(strings.TrimPrefix(host, "["), "]"), Port: p}, nil
}
