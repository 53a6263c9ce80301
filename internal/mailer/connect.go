// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"slices"
	"strings"

	"csmtp/smtp"
)

// resumption keeps TLS session tickets for one server, one set of settings and
// one identity. key is made of these.
type resumption struct {
	key   string
	cache tls.ClientSessionCache
}

// ConnectRemoteServer opens a session. Like CSmtp, it keeps the security type, the
// login and the password in the settings, but not the server and the port.
func (m *Mailer) ConnectRemoteServer(server string, port uint16, security int, authenticate bool, login, password string) error {
	m.begin()
	if err := m.SetSecurityType(security); err != nil {
		return err
	}
	if login != "" {
		m.settings.login.name = login
	}
	if password != "" {
		m.settings.login.password = password
	}
	s := m.settings
	s.server, s.port, s.authenticate, s.domain = server, port, authenticate, ""
	config, err := m.configure(&s)
	if err != nil {
		return err
	}
	m.leave()
	m.target = s.target()
	err = m.perform(&operation{}, func() error { return m.connect(config) })
	if err == nil {
		m.last = fault{}
	}
	return err
}

// known holds what the sessions of all handles have learnt about servers.
var known smtp.Known

// configure converts settings to the configuration of a session.
func (m *Mailer) configure(own *settings) (*smtp.Config, error) {
	if err := needPoller(); err != nil {
		return nil, err
	}
	s, warnings, err := configured(own)
	if err != nil {
		return nil, err
	}
	config := &smtp.Config{
		Security:  [...]smtp.Security{noSecurity: smtp.NoSecurity, useTLS: smtp.STARTTLS, useSSL: smtp.ImplicitTLS, useTLSIfOffered: smtp.STARTTLSIfOffered}[s.security],
		LocalName: s.localName,
		LocalAddr: s.localAddress,
		Proxy:     s.proxy,
		LMTP:      s.lmtp,
		Timeouts:  s.timeouts,
		Known:     &known,
		OnThread:  m.onHostThread(),
		Trace:     s.log.trace(),
	}
	config.Secrets = m.keepSecrets(s)
	s.warn(config.Trace, warnings)
	if err := m.findServers(s, config); err != nil {
		return nil, err
	}
	if config.TLS, err = s.trust.config(); err != nil {
		return nil, err
	}
	if s.security != noSecurity {
		config.TLS.SessionCache = m.resumptionFor(s)
	}
	if s.authenticate {
		config.Auth, err = m.auth(s)
	}
	return config, err
}

// lookupServers looks up the domain's servers in the DNS. The timeout for connecting
// applies.
func (m *Mailer) lookupServers(domain string, config *smtp.Config) (err error) {
	limit := config.Timeouts.WithDefaults().Connect
	if total := config.Timeouts.Total; total > 0 {
		limit = min(limit, total)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	m.uses(cancel)
	defer m.uses(nil)
	config.Servers, err = smtp.LookupServers(ctx, nil, domain)
	return err
}

// onHostThread reports whether the current call runs on a thread of the program.
func (m *Mailer) onHostThread() bool {
	o := m.op.Load()
	return o == nil || !o.ours
}

// findServers sets the servers to connect to.
func (m *Mailer) findServers(s *settings, config *smtp.Config) (err error) {
	if path, ok := strings.CutPrefix(s.server, "unix:"); ok {
		config.Network, config.Servers = "unix", []smtp.Server{{Host: path}}
		return nil
	}
	if s.domain != "" {
		if s.proxy != "" {
			return Faultf(BadArgument, "SetServerDomain: the servers of a domain cannot be looked up through a proxy, and a look-up without it would reveal where the mail goes: set the server with SetSMTPServer, or clear the proxy with SetProxy")
		}
		return m.lookupServers(s.domain, config)
	}
	config.Servers, err = parseServers(s.server, s.port, s.security)
	return err
}

// resumptionFor returns the cache of tickets. It returns a new one after a change of
// a setting that a resumed session would not check again.
func (m *Mailer) resumptionFor(s *settings) tls.ClientSessionCache {
	key := fmt.Sprintf("%q %d %q %d %q %q %v", s.server, s.port, s.domain, s.security, s.login.name, s.login.authzID, s.trust)
	if m.resume.key != key {
		m.resume = resumption{key: key, cache: tls.NewLRUClientSessionCache(4)}
	}
	return m.resume.cache
}

// connect opens the mailer's session. The context of the session is valid until the
// session ends.
func (m *Mailer) connect(config *smtp.Config) error {
	ctx, cancel := context.WithCancel(context.Background())
	m.uses(cancel)
	m.ctx = ctx
	session, err := smtp.Dial(ctx, config)
	if err != nil {
		cancel()
		m.peer = peerOf(err)
		return err
	}
	if config.Security == smtp.STARTTLSIfOffered && session.TLSState() != nil {
		// A session that replaces this one must use TLS too.
		same := *config
		same.Security = smtp.STARTTLS
		config = &same
	}
	m.peer = session.RemoteAddr().String()
	m.session, m.dialled, m.endSession, m.idle = session, config, cancel, false
	m.purpose, m.logged = m.settings.purpose(), m.settings.log.changes
	return nil
}

// uses sets the function that ends the session when the current call is cancelled.
func (m *Mailer) uses(end context.CancelFunc) {
	if o := m.op.Load(); o != nil {
		o.uses(end)
	}
}

// leave ends the session with QUIT, within the timeout for QUIT.
func (m *Mailer) leave() error {
	if m.session == nil {
		return nil
	}
	defer m.drop()
	return m.session.Quit()
}

// drop closes the connection without QUIT, and forgets the session.
func (m *Mailer) drop() {
	if m.session != nil {
		m.session.Close()
		m.endSession()
	}
	m.session, m.dialled, m.endSession = nil, nil, nil
}

// abandon ends the session after a failed Send, as CSmtp does. It sends QUIT.
func (m *Mailer) abandon() { _ = m.leave() }

// DisconnectRemoteServer ends the session. It returns an error if the server refuses
// QUIT, but not if the connection was already closed.
func (m *Mailer) DisconnectRemoteServer() error {
	return m.perform(&operation{}, func() error {
		if err := m.adjust(); err != nil {
			return err
		}
		m.uses(m.endSession)
		err := m.leave()
		if e, ok := err.(*smtp.Error); ok && goneAlready(e) {
			return nil
		}
		return err
	})
}

// goneAlready reports whether the server had already ended the session.
func goneAlready(e *smtp.Error) bool {
	return e.Kind == smtp.KindClosed || e.Kind == smtp.KindTimeout || e.Reply.EndsSession()
}

// KeepAlive sends NOOP in the open session.
func (m *Mailer) KeepAlive() error {
	if m.session == nil {
		return Faultf(connectionClosed, "there is no open session: call ConnectRemoteServer")
	}
	return m.perform(&operation{}, func() error {
		if err := m.adjust(); err != nil {
			return err
		}
		m.uses(m.endSession)
		m.idle = true
		err := m.session.Noop()
		if err != nil && !m.session.Usable() {
			m.leave()
		}
		return err
	})
}

// GetPeerAddress returns the address that the open session, or the last attempt
// to open one, is or was connected to.
func (m *Mailer) GetPeerAddress() string { return m.peer }

// GetAuthMechanismUsed returns the SASL mechanism that logged in the open session.
func (m *Mailer) GetAuthMechanismUsed() string {
	if m.session == nil {
		return ""
	}
	return m.session.Mechanism()
}

// GetExtension returns the parameters of a service extension that the server of the
// open session offers.
func (m *Mailer) GetExtension(name string) (params string, ok bool) {
	if m.session == nil {
		return "", false
	}
	return m.session.Extension(name)
}

// GetExtensions returns all service extensions with their parameters, sorted, one
// per line.
func (m *Mailer) GetExtensions() string {
	if m.session == nil {
		return ""
	}
	offered := m.session.Extensions()
	var all strings.Builder
	for _, name := range slices.Sorted(maps.Keys(offered)) {
		all.WriteString(strings.TrimSpace(name+" "+offered[name]) + "\n")
	}
	return all.String()
}
