// SPDX-License-Identifier: MIT

package mailer

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"strings"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/message"
)

// known stores what the sessions of all handles have found out about servers.
var known smtp.Known

// pipeliningWait is how long the client waits for the first reply to RCPT before it sends
// the mail again without PIPELINING. It is a variable so that tests can change it.
var pipeliningWait = 10 * time.Second

// configure returns the configuration of a session. It is made from 'own', the settings of
// the program, and from the configuration file.
func (m *Mailer) configure(own *settings) (*smtp.Config, error) {
	if err := needPoller(); err != nil {
		return nil, err
	}
	s, warnings, err := configured(own)
	if err != nil {
		return nil, err
	}
	config := &smtp.Config{
		SpareProcessor: spareProcessor,
		Security:       [...]smtp.Security{noSecurity: smtp.NoSecurity, useTLS: smtp.STARTTLS, useSSL: smtp.ImplicitTLS, useTLSIfOffered: smtp.STARTTLSIfOffered}[s.security],
		LocalName:      s.localName,
		LocalAddr:      s.localAddress,
		Proxy:          s.proxy,
		LMTP:           s.lmtp,
		Timeouts:       s.timeouts,
		Known:          &known,
		FailedFor:      s.serverPause,
		OnThread:       m.onHostThread(),
		Trace:          m.traced(s),
		Measure:        m.measure(),
	}
	config.ExtensionsOff = strings.Fields(s.extensionsOff)
	if m.unpipelined {
		config.ExtensionsOff = append(config.ExtensionsOff, "PIPELINING")
	} else {
		config.PipeliningWait = pipeliningWait
	}
	if err := s.checkRequired(); err != nil {
		return nil, err
	}
	config.Secrets = m.keepSecrets(s)
	config.DecodeText = m.textDecoder(s.charset)
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
		config.Logins = m.loginsFor(s)
	}
	return config, err
}

// textDecoder returns a function that decodes replies with the charset of the configuration
// file or, if that is "", with the message's current charset. If the charset is unknown, the
// function decodes nothing, and textDecoder returns no error for it, because the rendering
// of the message returns one.
func (m *Mailer) textDecoder(charset string) func(string) (string, bool) {
	if !m.onHostThread() {
		// Another handle may use the session later (see the type 'sharing'). The returned
		// function must therefore not read m.
		charset = cmp.Or(charset, m.message.Charset)
		return func(text string) (string, bool) {
			decode, err := message.Decoder(charset)
			if err != nil {
				return "", false
			}
			return decode(text)
		}
	}
	return func(text string) (string, bool) {
		decode, err := message.Decoder(cmp.Or(charset, m.message.Charset))
		if err != nil {
			return "", false
		}
		return decode(text)
	}
}

// findServers sets the servers to which the session can connect.
func (m *Mailer) findServers(s *settings, config *smtp.Config) (err error) {
	if path, ok := strings.CutPrefix(s.server, "unix:"); ok {
		if s.domain != "" {
			return Faultf(BadArgument, "SetServerDomain: a domain cannot be used while the server is a Unix socket: clear the domain with SetServerDomain, or set another server with SetSMTPServer")
		}
		config.Network, config.Servers = "unix", []smtp.Server{{Host: path}}
		return nil
	}
	if s.domain != "" {
		if s.proxy != "" {
			return Faultf(BadArgument, "SetServerDomain: the DNS cannot be queried through a proxy, and a direct query would reveal the domain: set the server with SetSMTPServer, or clear the proxy with SetProxy")
		}
		return m.lookupServers(s.domain, config)
	}
	config.Servers, err = parseServers(s.server, s.port, s.security)
	return err
}

// lookupServers looks up the domain's servers in the DNS, within the timeout for
// connecting.
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

// resumptionFor returns the cache of TLS session tickets. Some settings, such as the trusted
// certificates, are not checked again when a TLS session is resumed. If one of them has
// changed, resumptionFor returns a new cache.
func (m *Mailer) resumptionFor(s *settings) tls.ClientSessionCache {
	key := fmt.Sprintf("%q %d %q %d %q %q %v", s.server, s.port, s.domain, s.security, s.login.name, s.login.authzID, s.trust)
	if m.resume.key != key {
		m.resume = resumption{key: key, cache: tls.NewLRUClientSessionCache(4)}
	}
	return m.resume.cache
}
