// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"crypto/tls"
	"fmt"

	"csmtp/smtp"
	"csmtp/smtp/message"
	"csmtp/smtp/sasl"
)

// resumption keeps TLS session tickets for one server, one set of settings and
// one identity: key says which.
type resumption struct {
	key   string
	cache tls.ClientSessionCache
}

// ConnectRemoteServer keeps what CSmtp keeps: security type, login and
// password, not server and port.
func (m *mailer) ConnectRemoteServer(server string, port uint16, security int, authenticate bool, login, password string) error {
	if err := m.SetSecurityType(security); err != nil {
		return err
	}
	if login != "" {
		m.settings.login = login
	}
	if password != "" {
		m.settings.password = password
	}
	s := m.settings
	s.server, s.port, s.authenticate = server, port, authenticate
	config, err := m.configure(&s)
	if err != nil {
		return err
	}
	m.leave()
	if err := m.connect(config); err != nil {
		return err
	}
	m.last = fault{}
	return nil
}

// configure turns settings into what a session needs.
func (m *mailer) configure(s *settings) (*smtp.Config, error) {
	servers, err := parseServers(s.server, s.port, s.security)
	if err != nil {
		return nil, err
	}
	config := &smtp.Config{
		Servers:   servers,
		Security:  [...]smtp.Security{noSecurity: smtp.NoSecurity, useTLS: smtp.STARTTLS, useSSL: smtp.ImplicitTLS, useTLSIfOffered: smtp.STARTTLSIfOffered}[s.security],
		LocalName: s.localName,
		Timeouts:  s.timeouts,
		TLS:       smtp.TLSConfig{InsecureSkipVerify: s.noVerify},
	}
	if s.caFile != "" {
		if config.TLS.RootCAs, err = readCAFile(s.caFile); err != nil {
			return nil, err
		}
	}
	if s.security != noSecurity {
		config.TLS.SessionCache = m.resumptionFor(s)
	}
	if s.authenticate {
		config.Auth = &smtp.Auth{
			Credentials: sasl.Credentials{Login: s.login, Password: s.password},
			Mechanisms:  s.mechanisms,
		}
	}
	return config, nil
}

// resumptionFor gives the cache of tickets, a new one when anything changed
// that a resumed session would not check again.
func (m *mailer) resumptionFor(s *settings) tls.ClientSessionCache {
	key := fmt.Sprintf("%q %d %d %q %t %q", s.server, s.port, s.security, s.login, s.noVerify, s.caFile)
	if m.resume.key != key {
		m.resume = resumption{key: key, cache: tls.NewLRUClientSessionCache(4)}
	}
	return m.resume.cache
}

// connect opens the mailer's session. Its context lives as long as the
// session; CSmtp_Cancel ends it while a call is at work.
func (m *mailer) connect(config *smtp.Config) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer m.working(cancel)()
	session, err := smtp.Dial(ctx, config)
	if err != nil {
		cancel()
		return err
	}
	m.session, m.dialled, m.endSession = session, config, cancel
	return nil
}

// working tells CSmtp_Cancel what to call until the function it gives is called.
func (m *mailer) working(cancel context.CancelFunc) (done func()) {
	before := m.cancel.Swap(&cancel)
	return func() { m.cancel.Store(before) }
}

// leave ends the session politely and in bounded time.
func (m *mailer) leave() error {
	if m.session == nil {
		return nil
	}
	defer m.drop()
	defer m.working(m.endSession)()
	return m.session.Quit()
}

// drop closes the session without a word.
func (m *mailer) drop() {
	if m.session != nil {
		m.session.Close()
		m.endSession()
	}
	m.session, m.dialled, m.endSession = nil, nil, nil
}

// DisconnectRemoteServer reports a server that says no to QUIT; that the
// connection was gone already is no error of a call that ends it.
func (m *mailer) DisconnectRemoteServer() error {
	err := m.leave()
	if e, ok := err.(*smtp.Error); ok && e.Kind != smtp.KindRefused && e.Kind != smtp.KindCanceled {
		return nil
	}
	return err
}

// Send sends the message over the open session, or over one of its own.
func (m *mailer) Send() error {
	m.result = smtp.Result{}
	rendered, err := m.render()
	if err != nil {
		return err
	}
	own := m.session == nil
	if own {
		config, err := m.configure(&m.settings)
		if err != nil {
			return err
		}
		if err := m.connect(config); err != nil {
			return err
		}
	}
	if err := m.transact(rendered); err != nil {
		m.abandon(err)
		return err
	}
	if own {
		m.leave()
	}
	m.last = fault{}
	return nil
}

// render checks and builds the message before anything is on the wire.
func (m *mailer) render() (*message.Rendered, error) {
	if len(m.message.To)+len(m.message.Cc)+len(m.message.Bcc) == 0 {
		return nil, faultf(undefRecipients, "there is no recipient: call AddRecipient, AddCCRecipient or AddBCCRecipient")
	}
	if m.GetMailFrom() == "" {
		return nil, faultf(undefMailFrom, "the sender's address is missing: call SetSenderMail")
	}
	return m.message.Render(message.Options{UTF8: true})
}

// transact carries the mail. A kept session that turns out to have died while
// it was idle is replaced once, silently: nothing had been accepted.
func (m *mailer) transact(rendered *message.Rendered) error {
	kept := m.session.Sent() > 0 || !m.session.Usable()
	err := m.transactOnce(rendered)
	if err == nil || !kept || !smtp.IsStale(err) {
		return err
	}
	config := m.dialled
	m.drop()
	if err := m.connect(config); err != nil {
		return err
	}
	return m.transactOnce(rendered)
}

func (m *mailer) transactOnce(rendered *message.Rendered) (err error) {
	defer m.working(m.endSession)()
	envelope := &smtp.Envelope{
		From:     rendered.EnvelopeFrom(),
		Partial:  m.settings.partial,
		SMTPUTF8: rendered.NeedsSMTPUTF8(),
	}
	for _, address := range rendered.Recipients() {
		envelope.Recipients = append(envelope.Recipients, smtp.Recipient{Address: address})
	}
	m.result, err = m.session.Send(envelope, rendered)
	return err
}

// abandon ends the session after a failed Send, as CSmtp does: with QUIT where
// there is still somebody to say it to.
func (m *mailer) abandon(error) {
	if m.session != nil && m.session.Usable() {
		m.leave()
		return
	}
	m.drop()
}

func (m *mailer) GetOutcome() int { return int(m.result.Outcome) }

func (m *mailer) IsSafeToRetry() bool { return m.result.IsSafeToRetry() }
