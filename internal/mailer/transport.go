// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"

	"csmtp/smtp"
	"csmtp/smtp/httpmail"
	"csmtp/smtp/oauth"
)

// transport is the service over which mail is sent by HTTPS. The zero value means SMTP.
type transport struct {
	service  httpmail.Service
	endpoint string // the URL of the service; "" for its usual URL
}

// SetTransport sets how mail is sent: "smtp" or "", or the name of a service that sends
// mail over HTTPS.
func (m *Mailer) SetTransport(name string) error {
	if name == "" || name == "smtp" {
		m.edit().transport.service = ""
		return nil
	}
	names := []string{"smtp"}
	for _, service := range httpmail.Services() {
		if name == string(service) {
			m.edit().transport.service = service
			return nil
		}
		names = append(names, string(service))
	}
	return Faultf(BadArgument, "SetTransport: unknown transport %q: use one of %s", name, strings.Join(names, ", "))
}

// SetTransportEndpoint sets the https URL of the service, for national clouds. "" stands
// for the usual URL of the service.
func (m *Mailer) SetTransportEndpoint(url string) error {
	if url != "" {
		if err := httpmail.CheckEndpoint(url); err != nil {
			return Faultf(BadArgument, "SetTransportEndpoint: %v", err)
		}
	}
	m.edit().transport.endpoint = url
	return nil
}

// overHTTPS returns the settings for a mail over HTTPS, and the warnings about the
// configuration file. The settings are nil if the mail is sent over SMTP. overHTTPS ends an
// open session that cannot be used for the mail because its transport or its settings
// differ.
func (m *Mailer) overHTTPS() (*settings, []string, error) {
	own := m.settings
	if m.web != nil {
		s := m.retargeted()
		own = &s
	}
	s, warnings, err := configured(own)
	if err != nil {
		return nil, nil, err
	}
	if s.transport.service == "" {
		if m.web != nil {
			m.leave()
		}
		return nil, nil, nil
	}
	if m.session != nil || m.web != nil && !m.purpose.serves(m.settings.purpose()) {
		m.leave()
	}
	return s, warnings, nil
}

// mayBeHTTPS reports whether mail is sent over HTTPS. It also returns false if the
// configuration file cannot be read; the step that follows reports this error.
func (m *Mailer) mayBeHTTPS() bool {
	if needPoller() != nil {
		return false
	}
	s, _, err := configured(m.settings)
	return err == nil && s.transport.service != ""
}

// retargeted returns the settings with the server of the open session. If the program has
// set another server after the session was opened, it returns the settings unchanged.
func (m *Mailer) retargeted() settings {
	s := *m.settings
	if m.purpose == nil || m.target == nil {
		return s
	}
	if was, now := m.purpose, s.purpose(); was.server == now.server && was.port == now.port && was.domain == now.domain {
		s.server, s.port, s.domain = m.target.server, m.target.port, m.target.domain
		if was.authenticate == now.authenticate {
			s.authenticate = m.target.authenticate
		}
	}
	return s
}

// configureHTTPS returns the configuration of an HTTPS client with the settings s.
func (m *Mailer) configureHTTPS(s *settings) (httpmail.Config, error) {
	c := httpmail.Config{
		Service:  s.transport.service,
		Endpoint: s.transport.endpoint,
		Account:  s.login.name,
		Net: smtp.Config{
			LocalAddr: s.localAddress,
			Proxy:     s.proxyFor(),
			Timeouts:  s.timeouts,
			Trace:     s.log.trace(),
			Measure:   m.measure(),
			Secrets:   m.keepSecrets(s),
		},
	}
	if s.lmtp {
		return c, Faultf(badInput, "SetLMTP: mail cannot be sent by LMTP and over HTTPS (SetTransport): set only one of them")
	}
	if s.login.token == nil && s.login.grant == nil {
		return c, Faultf(noToken, "%s: mail over HTTPS needs an access token (OAuth 2.0), not a password: call SetOAuth2ClientCredentials, SetOAuth2RefreshToken or SetAccessToken", s.transport.service)
	}
	var err error
	if c.Net.TLS, err = s.trust.config(); err != nil {
		return c, err
	}
	c.Token, err = m.tokenForHTTPS(s)
	return c, err
}

// tokenForHTTPS returns the function that gets the tokens for an HTTPS client.
func (m *Mailer) tokenForHTTPS(own *settings) (func(context.Context, bool) (string, error), error) {
	s := *own
	s.security, s.login.mechanisms = useSSL, nil // the connection always uses TLS
	auth, err := m.auth(&s)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, refused bool) (string, error) {
		m.ctx = ctx
		return auth.Token(refused)
	}, nil
}

// scope returns the scope of the tokens that are requested with c. Microsoft Graph
// needs a different scope from SMTP.
func (t *transport) scope(c *oauth.Config) string {
	scope := httpmail.Scope(t.service, t.endpoint)
	// A token that is requested with a refresh token, but without a scope, gets the scope
	// to which the user has consented.
	ofLogin := c.RefreshToken != "" || c.TokenFile != ""
	if scope != "" && (isScopeForSMTP(c.Scope) || c.Scope == "" && !ofLogin) {
		return scope
	}
	return c.Scope
}

// isScopeForSMTP reports whether a scope is the default scope: the scope for SMTP with
// Microsoft 365. A token with this scope cannot be used for Microsoft Graph.
func isScopeForSMTP(scope string) bool {
	host, ok := strings.CutPrefix(scope, "https://outlook.")
	return ok && strings.HasSuffix(host, "/.default") && strings.Count(host, "/") == 1
}

// proxyFor returns the proxy for the service. If the program has set none, it returns the
// proxy in the environment (HTTPS_PROXY and NO_PROXY), as requests for tokens do.
func (s *settings) proxyFor() string {
	if s.proxy != "" {
		return s.proxy
	}
	endpoint := s.transport.endpoint
	if endpoint == "" {
		endpoint = httpmail.Endpoint(s.transport.service)
	}
	to, err := url.Parse(endpoint)
	if err != nil {
		return ""
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: to})
	if err != nil || proxy == nil {
		return ""
	}
	if proxy.Port() == "" {
		port := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
		proxy.Host += ":" + port
	}
	return proxy.String()
}

// openHTTPS opens a client with the settings s. If a client is already open, openHTTPS
// applies the settings to it.
func (m *Mailer) openHTTPS(s *settings, warnings []string) error {
	c, err := m.configureHTTPS(s)
	if err != nil {
		return err
	}
	if m.web != nil && !m.web.Usable() {
		m.drop()
	}
	if m.web != nil {
		m.uses(m.endSession)
		return m.web.Configure(c)
	}
	s.warn(c.Net.Trace, warnings)
	ctx, cancel := context.WithCancel(context.Background())
	m.uses(cancel)
	m.loginSkipped = false
	web, err := httpmail.Open(ctx, c)
	if err != nil {
		cancel()
		m.change(func() { m.peer = peerOf(err) })
		return err
	}
	m.web, m.endSession = web, cancel
	m.noteConnection()
	m.purpose = new(m.settings.purpose())
	return nil
}

// noteConnection records the current connection of the client, which may have been opened
// just now.
func (m *Mailer) noteConnection() {
	m.change(func() {
		m.socket = socketOf(m.web)
		if a := m.web.RemoteAddr(); a != nil {
			m.peer = a.String()
		}
	})
}

// keepHTTPS makes sure that the client has a connection. It opens a new connection if the
// service has closed the old one.
func (m *Mailer) keepHTTPS() error {
	m.uses(m.endSession)
	err := m.web.Reopen()
	m.noteConnection()
	if !m.web.Usable() {
		m.leave()
	}
	return err
}

// carryHTTPS sends a message over HTTPS.
func (m *Mailer) carryHTTPS(s *settings, warnings []string, built rendered) error {
	own := m.web == nil
	err := m.openHTTPS(s, warnings)
	if err == nil {
		err = m.post(s, built, func(r smtp.Result) { m.change(func() { m.result = r }) })
	}
	if err != nil || own {
		m.leave()
	}
	if err == nil {
		m.change(func() { m.last = fault{reply: m.result.Reply} })
	}
	return err
}

// post sends a message with the open client, and passes the result to 'keep'.
func (m *Mailer) post(s *settings, built rendered, keep func(smtp.Result)) error {
	logNotes(s.log.trace(), built)
	m.tries++
	m.noteServer(m.web.Server())
	a := built.Addresses()
	result, err := m.web.Send(s.addressed(built), httpmail.Header(a), built)
	m.noteConnection()
	keep(result)
	return err
}

// deliverHTTPS sends the mails of a batch over HTTPS. If the service cannot be reached or
// does not accept more mails for now, the remaining mails are not sent.
func (m *Mailer) deliverHTTPS(s *settings, warnings []string, mails []*carried, numbers []Number) {
	own := m.web == nil
	err := m.openHTTPS(s, warnings)
	for _, c := range mails {
		if numbers[c.row] != notYet {
			continue
		}
		if err != nil {
			c.ended(err, numbers)
			continue
		}
		mine := *s
		mine.envelope, mine.progress = c.settings.envelope, c.settings.progress
		c.tries++
		failed := m.post(&mine, c.built, func(r smtp.Result) { c.change(func() { c.result = r }) })
		c.ended(failed, numbers)
		if endsBatch(failed) {
			err = failed
		}
	}
	if own || m.web != nil && !m.web.Usable() {
		m.leave()
	}
}

// endsBatch reports whether a batch must end after one of its mails has failed with err,
// because the other mails would fail too or should be sent later.
func endsBatch(err error) bool {
	if err == nil {
		return false
	}
	f := faultOf(err)
	switch f.kind {
	case smtp.KindRefused:
		return f.phase == phaseAUTH || f.reply.Temporary()
	case smtp.KindLocal:
		return false
	}
	return true
}

// tlsState returns the TLS state of the open session, or nil.
func (m *Mailer) tlsState() *tls.ConnectionState {
	switch {
	case m.session != nil:
		return m.session.TLSState()
	case m.web != nil:
		return m.web.TLSState()
	}
	return nil
}
