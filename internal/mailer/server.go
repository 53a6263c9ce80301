// SPDX-License-Identifier: MIT

package mailer

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"csmtp/smtp"
)

func (m *Mailer) SetSMTPServer(server string, port uint16, authenticate bool) error {
	s := m.edit()
	if server != s.server || port != s.port {
		m.unpipelined = false
	}
	s.server, s.port, s.authenticate = server, port, authenticate
	return nil
}

func (m *Mailer) SetServerDomain(domain string) error {
	if domain != m.settings.domain {
		m.unpipelined = false
	}
	m.edit().domain = domain
	return nil
}

// SetServerPause sets how many seconds a server of a list is paused after it has failed.
// During the pause, the other servers are tried first. 0 means that failures are not
// remembered.
func (m *Mailer) SetServerPause(seconds uint32) error {
	m.edit().serverPause = time.Duration(seconds) * time.Second
	return nil
}

// SetExtensionOff sets the service extensions that the client does not use even if the
// server offers them. They are separated by blanks or commas. "" clears the list.
func (m *Mailer) SetExtensionOff(extensions string) error {
	names := strings.FieldsFunc(strings.ToUpper(extensions), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	for _, name := range names {
		if strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" || name[0] == '-' {
			return Faultf(BadArgument, "SetExtensionOff: %q is not the keyword of a service extension: use keywords such as PIPELINING", name)
		}
		if name == "STARTTLS" {
			return Faultf(BadArgument, "SetExtensionOff: STARTTLS cannot be turned off here: use SetSecurityType")
		}
	}
	slices.Sort(names)
	m.edit().extensionsOff = strings.Join(slices.Compact(names), " ")
	return nil
}

func (m *Mailer) SetSecurityType(t int) error {
	if t < noSecurity || t > useTLSIfOffered {
		return Faultf(BadArgument, "SetSecurityType: unknown security type %d: use NO_SECURITY, USE_TLS, USE_SSL or USE_TLS_IF_OFFERED", t)
	}
	if t != doNotSet {
		m.edit().security = t
	}
	return nil
}

func (m *Mailer) GetSecurityType() int { return m.settings.security }

func (m *Mailer) SetLocalHostName(name string) error   { m.edit().localName = name; return nil }
func (m *Mailer) SetLocalAddress(address string) error { m.edit().localAddress = address; return nil }
func (m *Mailer) SetProxy(url string) error            { m.edit().proxy = url; return nil }
func (m *Mailer) SetLMTP(lmtp bool) error              { m.edit().lmtp = lmtp; return nil }
func (m *Mailer) SetProgressCallback(f func(sent, total int64) bool) error {
	m.edit().progress, m.edit().progressed = f, Origin{}
	return nil
}

func (m *Mailer) SetTimeout(step int, milliseconds uint32) error {
	t := &m.edit().timeouts
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
		return Faultf(BadArgument, "SetTimeout: unknown step %d: use a constant from CSMTP_TIMEOUT_CONNECT to CSMTP_TIMEOUT_TOTAL", step)
	}
	*fields[step] = time.Duration(milliseconds) * time.Millisecond
	return nil
}

// parseServers parses a list such as "a.example:587, [::1]:465, b.example". port is used
// for the servers without a port; 0 stands for CSmtp's default port for the security type.
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
	if strings.Contains(one, "@") { // it may be a URL with a password, which the error must not show
		return smtp.Server{}, Faultf(BadArgument, "SetSMTPServer: the server must be host or host:port, without a login: use SetLogin and SetPassword")
	}
	if scheme, rest, ok := strings.Cut(one, "://"); ok {
		return smtp.Server{}, urlAsServer(strings.ToLower(scheme), rest)
	}
	if h, digits, err := net.SplitHostPort(one); err == nil {
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || n == 0 {
			return smtp.Server{}, Faultf(BadArgument, "SetSMTPServer: invalid port %q: use a number from 1 to 65535, such as 587", digits)
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

// urlAsServer returns the error for a URL that the program has set as the server. The error
// says how to call the setters with the parts of the URL.
func urlAsServer(scheme, rest string) error {
	host, _, _ := strings.Cut(rest, "/")
	security, port := "", ""
	switch scheme {
	case "ssl", "smtps", "ssmtp", "submissions":
		security, port = " and SetSecurityType(USE_SSL)", "465"
	case "tls", "starttls", "submission":
		security, port = " and SetSecurityType(USE_TLS)", "587"
	case "smtp":
		port = "587"
	case "http", "https":
		return Faultf(BadArgument, "SetSMTPServer: the server is a web URL (%s://): set the host name of the mail server, such as mail.example.com", scheme)
	case "socks", "socks4", "socks5", "socks5h":
		return Faultf(BadArgument, "SetSMTPServer: the server is the URL of a proxy (%s://): set the host name of the mail server here, and the proxy with SetProxy", scheme)
	default:
		return Faultf(BadArgument, "SetSMTPServer: the server is a URL (%q): set only its host name, such as mail.example.com, and its port", scheme+"://")
	}
	if h, p, err := net.SplitHostPort(host); err == nil {
		host, port = h, p
	}
	return Faultf(BadArgument, "SetSMTPServer: the server is a URL (%s://): use SetSMTPServer(%q, %s)%s", scheme, host, port, security)
}
