// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"maps"
	"slices"
	"strings"

	"csmtp/smtp"
)

// ConnectRemoteServer opens a session. Like CSmtp, it stores the security type, the login
// and the password as settings, but not the server and the port.
func (m *Mailer) ConnectRemoteServer(server string, port uint16, security int, authenticate bool, login, password string) error {
	m.begin()
	if err := m.SetSecurityType(security); err != nil {
		return err
	}
	if login != "" {
		m.edit().login.name = login
	}
	if password != "" {
		m.edit().login.password = password
	}
	s := *m.settings
	s.server, s.port, s.authenticate, s.domain = server, port, authenticate, ""
	err := m.unchanged(func() error { return m.open(&s) })
	if err == nil {
		m.last = fault{}
	}
	return err
}

// open opens a session for the settings s. It first ends the session that is open, if any.
func (m *Mailer) open(s *settings) error {
	if err := needPoller(); err != nil {
		return err
	}
	conf, warnings, err := configured(s)
	if err != nil {
		return err
	}
	if conf.transport.service != "" {
		m.leave()
		m.target = new(s.target())
		return m.perform(&operation{}, func() error { return m.openHTTPS(conf, warnings) })
	}
	config, err := m.configure(s)
	if err != nil {
		return err
	}
	m.leave()
	if m.target == nil || s.target() != *m.target {
		m.unpipelined = false
	}
	m.target = new(s.target())
	return m.perform(&operation{}, func() error { return m.connect(config) })
}

// connect opens the mailer's session. The context that is used for the session is valid
// until the session ends.
func (m *Mailer) connect(config *smtp.Config) error {
	return m.connectTo(config, config.Servers)
}

// connectTo is like connect, but tries only the given servers.
func (m *Mailer) connectTo(config *smtp.Config, servers []smtp.Server) error {
	ctx, cancel := context.WithCancel(context.Background())
	m.uses(cancel)
	m.ctx = ctx
	if limit := config.Timeouts.Total; limit > 0 {
		var done context.CancelFunc
		m.ctx, done = context.WithTimeout(ctx, limit)
		defer done() // the session needs tokens only while it is being opened
	}
	some := *config
	some.Servers = servers
	session, err := smtp.Dial(ctx, &some)
	m.loginSkipped = err == nil && session.LoginSkipped() && wantsLogin(config.Auth)
	if err != nil {
		cancel()
		m.change(func() { m.peer = peerOf(err) })
		return err
	}
	if config.Security == smtp.STARTTLSIfOffered && session.TLSState() != nil {
		// A session that replaces this one later must use TLS too.
		same := *config
		same.Security = smtp.STARTTLS
		config = &same
	}
	m.noteTried(servers, session)
	m.change(func() { m.peer, m.socket = session.RemoteAddr().String(), socketOf(session) })
	m.session, m.dialled, m.endSession, m.idle = session, config, cancel, false
	m.purpose, m.logged = new(m.settings.purpose()), m.settings.log.changes
	return nil
}

// leave ends the session with QUIT, within the timeout for QUIT. Over HTTPS, it closes the
// connection.
func (m *Mailer) leave() error {
	if m.web != nil {
		m.drop()
	}
	if m.session == nil {
		return nil
	}
	defer m.drop()
	return m.session.Quit()
}

// drop closes the connection without QUIT. Afterwards, m has no session.
func (m *Mailer) drop() {
	if m.session != nil {
		m.session.Close()
		m.endSession()
	}
	if m.web != nil {
		m.web.Close()
		m.endSession()
	}
	m.session, m.web, m.dialled, m.endSession = nil, nil, nil, nil
	m.change(func() { m.socket = socket{} })
}

// abandon ends the session with QUIT after a failed Send, as CSmtp does.
func (m *Mailer) abandon() { _ = m.leave() }

// DisconnectRemoteServer ends the session. It returns an error if the server refuses QUIT.
// It returns no error if the session had already ended or the server no longer replies.
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

// goneAlready reports whether e shows that the server had already ended the session or no
// longer replies.
func goneAlready(e *smtp.Error) bool {
	return e.Kind == smtp.KindClosed || e.Kind == smtp.KindTimeout || e.Reply.EndsSession()
}

// KeepAlive sends NOOP over the open session. Over HTTPS, it opens a new connection if the
// service has closed the old one.
func (m *Mailer) KeepAlive() error {
	if m.web != nil {
		return m.perform(&operation{}, m.keepHTTPS)
	}
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

// GetPeerAddress returns the address of the server in the open session. If no session is
// open, it returns the address that the last attempt to connect reached.
func (m *Mailer) GetPeerAddress() string { return m.peer }

// GetAuthMechanismUsed returns the SASL mechanism of the login in the open session.
func (m *Mailer) GetAuthMechanismUsed() string {
	if m.session == nil {
		return ""
	}
	return m.session.Mechanism()
}

// GetExtension returns the parameters of a service extension, if the server of the open
// session offers this extension.
func (m *Mailer) GetExtension(name string) (params string, ok bool) {
	if m.session == nil {
		return "", false
	}
	return m.session.Extension(name)
}

// GetExtensions returns the service extensions that the server offers, with their
// parameters. They are sorted, one per line.
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

// renew replaces the open session if it cannot be used with the current settings.
func (m *Mailer) renew() error {
	if err := m.adjust(); err != nil {
		return err
	}
	now := m.settings.purpose()
	if m.session == nil || m.purpose.serves(now) {
		return nil
	}
	s := m.retargeted()
	m.uses(m.endSession)
	m.leave()
	config, err := m.configure(&s)
	if err != nil {
		return err
	}
	m.target = new(s.target())
	return m.connect(config)
}

// adjust makes the open session use the current timeouts and log. A change of these needs
// no new session.
func (m *Mailer) adjust() error {
	if m.session == nil {
		return nil
	}
	if now := m.settings.timeouts; now != m.dialled.Timeouts {
		m.dialled.Timeouts = now
		m.session.SetTimeouts(now)
	}
	if now := m.settings.log.changes; now != m.logged {
		s, warnings, err := configured(m.settings)
		if err != nil {
			return err
		}
		m.logged, m.dialled.Trace = now, m.recorder.with(s.log.trace())
		s.warn(m.dialled.Trace, warnings)
		m.session.SetTrace(m.dialled.Trace)
	}
	return nil
}
