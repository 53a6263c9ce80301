// SPDX-License-Identifier: MIT

package main

import (
	"crypto/x509"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/sasl"
)

// security types as C has them.
const (
	noSecurity       = 0
	useTLS           = 1
	useSSL           = 2
	doNotSet         = 3
	useTLSIfOffered  = 4
	securityTypeLast = useTLSIfOffered
)

// timeout steps as C has them.
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

// settings is what a mailer knows of server, login and way of sending.
type settings struct {
	server       string
	port         uint16
	security     int
	authenticate bool
	login        string
	password     string
	mechanisms   []string
	localName    string
	noVerify     bool
	caFile       string
	timeouts     smtp.Timeouts
	partial      bool
}

func defaultSettings() settings { return settings{authenticate: true} }

func (s settings) clone() settings { return s }

// forget drops what is secret.
func (s *settings) forget() { *s = settings{} }

func (m *mailer) SetSMTPServer(server string, port uint16, authenticate bool) error {
	m.settings.server, m.settings.port, m.settings.authenticate = server, port, authenticate
	return nil
}

func (m *mailer) SetSecurityType(t int) error {
	if t < noSecurity || t > securityTypeLast {
		return faultf(badArgument, "SetSecurityType: %d is no security type: use NO_SECURITY, USE_TLS or USE_SSL", t)
	}
	if t != doNotSet {
		m.settings.security = t
	}
	return nil
}

func (m *mailer) GetSecurityType() int { return m.settings.security }

func (m *mailer) SetLogin(login string) error { m.settings.login = login; return nil }

func (m *mailer) SetPassword(password string) error { m.settings.password = password; return nil }

func (m *mailer) SetLocalHostName(name string) error { m.settings.localName = name; return nil }

func (m *mailer) GetLocalHostName() string {
	if m.settings.localName != "" {
		return m.settings.localName
	}
	name, _ := os.Hostname()
	return name
}

// GetLocalHostIP is the open session's own address, else the first of the
// host's name that is not a loopback address.
func (m *mailer) GetLocalHostIP() string {
	if m.session != nil {
		if host, _, err := net.SplitHostPort(m.session.LocalAddr().String()); err == nil {
			return host
		}
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

func (m *mailer) SetVerifyPeer(verify bool) error { m.settings.noVerify = !verify; return nil }

// SetCAFile reads the file when connecting, so that it can be replaced while
// a program runs; that it is there is checked now.
func (m *mailer) SetCAFile(path string) error {
	if path != "" {
		if _, err := readCAFile(path); err != nil {
			return err
		}
	}
	m.settings.caFile = path
	return nil
}

func readCAFile(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, faultf(fileNotExist, "SetCAFile: %v", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, faultf(badArgument, "SetCAFile: %s holds no certificate in PEM form", path)
	}
	return pool, nil
}

func (m *mailer) SetAuthMechanism(mechanisms string) error {
	names := strings.FieldsFunc(strings.ToUpper(mechanisms), func(r rune) bool { return r == ' ' || r == ',' })
	for _, name := range names {
		if !sasl.Known(name) {
			return faultf(badArgument, "SetAuthMechanism: %q is not known: use %s", name, strings.Join(sasl.Names(), ", "))
		}
	}
	m.settings.mechanisms = names
	return nil
}

func (m *mailer) SetTimeout(step int, milliseconds uint32) error {
	t := &m.settings.timeouts
	fields := []*time.Duration{
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
		return faultf(badArgument, "SetTimeout: there is no step %d: use CSMTP_TIMEOUT_CONNECT to CSMTP_TIMEOUT_TOTAL", step)
	}
	*fields[step] = time.Duration(milliseconds) * time.Millisecond
	return nil
}

func (m *mailer) SetPartialDelivery(partial bool) error { m.settings.partial = partial; return nil }

// parseServers reads "a.example:587, [::1]:465, b.example"; port is for those
// that name none, 0 meaning CSmtp's default for the security type.
func parseServers(list string, port uint16, security int) ([]smtp.Server, error) {
	var servers []smtp.Server
	for _, one := range strings.Split(list, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		host, p := one, int(port)
		if h, digits, err := net.SplitHostPort(one); err == nil {
			n, err := strconv.ParseUint(digits, 10, 16)
			if err != nil || n == 0 {
				return nil, faultf(badArgument, "SetSMTPServer: %q is no port: use 1 to 65535", digits)
			}
			host, p = h, int(n)
		}
		host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
		if p == 0 {
			p = 25
			if security == useSSL {
				p = 465
			}
		}
		servers = append(servers, smtp.Server{Host: host, Port: p})
	}
	if len(servers) == 0 {
		return nil, faultf(wsaGethostbyNameAddr, "no server is set: call SetSMTPServer")
	}
	if len(servers) > 1 && security == useTLS {
		for i := range servers {
			servers[i].ImplicitTLS = servers[i].Port == 465
		}
	}
	return servers, nil
}
