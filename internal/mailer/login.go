// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
	"csmtp/smtp/sasl"
	"csmtp/smtp/secret"
)

func (m *Mailer) SetLogin(name string) error         { m.edit().login.name = name; return nil }
func (m *Mailer) SetAuthorizationID(id string) error { m.edit().login.authzID = id; return nil }

func (m *Mailer) SetPassword(password string) error {
	l := &m.edit().login
	if password != "" && password != l.password {
		l.passwords++
	}
	l.password = password
	return nil
}

// SetLoginRequired sets whether Send fails if the server does not offer AUTH or
// authentication is turned off. By default, the mail is then sent without a login, as in
// CSmtp.
func (m *Mailer) SetLoginRequired(required bool) error {
	m.edit().login.required = required
	return nil
}

// GetLoginSkipped reports whether the open session is not logged in, although credentials
// are set, because the server does not offer AUTH. If no session is open, it reports on the
// last session.
func (m *Mailer) GetLoginSkipped() bool { return m.loginSkipped }

func (m *Mailer) SetAuthMechanism(mechanisms string) error {
	names, err := parseMechanisms(mechanisms)
	if err != nil {
		return err
	}
	m.edit().login.mechanisms = names
	return nil
}

func parseMechanisms(list string) ([]string, error) {
	names := strings.FieldsFunc(strings.ToUpper(list), func(r rune) bool { return r == ' ' || r == ',' })
	for _, name := range names {
		if !slices.Contains(sasl.Names(), name) {
			return nil, Faultf(BadArgument, "SetAuthMechanism: unknown mechanism %q: the known mechanisms are %s", name, strings.Join(sasl.Names(), ", "))
		}
	}
	return names, nil
}

// SetAccessToken sets an access token that the program itself has obtained. "" clears the
// token, so that the password is used again.
func (m *Mailer) SetAccessToken(token string) error {
	m.setToken(nil, "")
	if token != "" {
		m.setToken(constant(token), "SetAccessToken")
		m.edit().login.fixed = token
	}
	return nil
}

func constant(token string) func(bool) (string, error) {
	return func(bool) (string, error) { return token, nil }
}

// SetTokenCallback sets the callback that returns a token. nil clears the callback.
func (m *Mailer) SetTokenCallback(f func(refused bool) (string, error)) error {
	m.setToken(f, tokenCallback)
	return nil
}

func (m *Mailer) setToken(f func(refused bool) (string, error), setter string) {
	l := &m.edit().login
	l.token, l.grant, l.grantFiles, l.tokenFrom = f, nil, nil, setter
	l.tokenSource = tokenSource{callback: f != nil && setter == tokenCallback}
	l.tokens++
}

func (m *Mailer) SetOAuth2ClientCredentials(tokenURL, clientID, secret, scope string) error {
	return m.setGrant("SetOAuth2ClientCredentials", tokenURL, oauth.Config{Grant: oauth.ClientCredentials, ClientID: clientID, ClientSecret: secret, Scope: scope}, grantFiles{})
}

func (m *Mailer) SetOAuth2RefreshToken(tokenURL, clientID, secret, refreshToken, scope string) error {
	return m.setGrant("SetOAuth2RefreshToken", tokenURL, oauth.Config{Grant: oauth.RefreshToken, ClientID: clientID, ClientSecret: secret, RefreshToken: refreshToken, Scope: scope}, grantFiles{})
}

// tokenEndpoint sets the token endpoint of c, and the default scope if c has no scope.
// tokenURL is a URL, "microsoft:TENANT" or "google".
func tokenEndpoint(tokenURL string, c *oauth.Config) error {
	if name, place := smtp.FindControl(tokenURL); place > 0 {
		return fmt.Errorf("the token URL has a %s at octet %d: remove it", name, place)
	}
	preset := oauth.Config{Endpoint: tokenURL}
	if tenant, ok := strings.CutPrefix(tokenURL, "microsoft:"); ok {
		var err error
		if preset, err = oauth.Microsoft365(tenant); err != nil {
			return err
		}
	} else if tokenURL == "google" {
		preset = oauth.Google()
	}
	c.Endpoint = preset.Endpoint
	if c.Scope == "" {
		c.Scope = preset.Scope
	}
	return nil
}

// auth returns the configuration of a session's login. Requests to the token endpoint use
// the session's proxy. These requests trust the authorities of the system and those of
// SetCAFile.
func (m *Mailer) auth(s *settings) (*smtp.Auth, error) {
	l := &s.login
	if err := s.checkToken(); err != nil {
		return nil, err
	}
	a := &smtp.Auth{
		Credentials:  sasl.Credentials{Login: l.name, Password: l.password, AuthzID: l.authzID, Token: l.token},
		Mechanisms:   l.mechanisms,
		NoCleartext:  l.clear == clearForbidden,
		TokenInClear: l.clear == clearAllowed,
		Required:     l.required,
	}
	if l.grant == nil {
		return a, nil
	}
	c, err := l.files().complete(l.tokenFrom, *l.grant, l.name)
	if err != nil {
		// The error is returned when the login needs a token, as if the token server had
		// issued none.
		a.Token = func(bool) (string, error) { return "", err }
		return a, nil
	}
	source, err := m.sourceOf(c, s)
	if err != nil {
		return nil, err
	}
	var login func(ctx context.Context, refused bool) (string, error) // returns tokens for one login
	a.Token = func(refused bool) (string, error) {
		if login == nil || !refused {
			login = source.LoginEach()
		}
		return login(m.ctx, refused)
	}
	return a, nil
}

// sourceOf returns the source from which the library itself gets tokens.
func (m *Mailer) sourceOf(c oauth.Config, s *settings) (*oauth.Source, error) {
	if s.proxy != "" {
		c.Proxy = s.proxy
	}
	c.Scope = s.transport.scope(&c)
	var err error
	if c.ExtraRoots, err = s.trust.rootsPEM(); err != nil {
		return nil, err
	}
	tokens, known := s.login.tokens, m.hides()
	c.Save = func(refreshToken string) {
		m.change(func() { m.refreshToken, m.refreshed = refreshToken, tokens })
		known.Add(refreshToken)
	}
	m.tokenFileError = ""
	own := s == m.settings // no configuration file applies
	if c.TokenFile != "" {
		c.Account = s.login.name
		c.FileError = func(err error) {
			now := s
			if own {
				now = m.settings // the program may have changed the log
			}
			m.fileError(now.log.trace(), err)
		}
	}
	source, err := oauth.New(c)
	if err != nil {
		return nil, Faultf(BadArgument, "%v", err)
	}
	return source, nil
}

// checkRequired returns an error if a login is required and authentication is turned off.
// It is called before the session connects.
func (s *settings) checkRequired() error {
	if s.login.required && !s.authenticate {
		return Faultf(loginNotSupported, "a login is required (SetLoginRequired), but authentication is turned off: "+
			"pass true for authenticate to SetSMTPServer or ConnectRemoteServer")
	}
	return nil
}

// wantsLogin reports whether credentials or mechanisms are set. If not, GetLoginSkipped
// returns false, because there was no login to skip.
func wantsLogin(a *smtp.Auth) bool {
	return a != nil && (a.Login != "" || a.AuthzID != "" || a.Token != nil || len(a.Mechanisms) > 0)
}

// account contains the settings that affect whether a login succeeds. Two accounts can be
// compared with ==.
type account struct {
	name, password, authzID string
	mechanisms              string
	clear                   clearLogin
	token                   int
	security                int
	trust                   trust
}

// loginsFor returns what earlier sessions have found out about logins. If one of the
// settings in account has changed, it returns a new, empty record.
func (m *Mailer) loginsFor(s *settings) *smtp.Logins {
	l := &s.login
	now := account{l.name, l.password, l.authzID, strings.Join(l.mechanisms, " "), l.clear, l.tokens, s.security, s.trust}
	if m.logins == nil || *m.account != now {
		m.logins, m.account = &smtp.Logins{}, &now
	}
	return m.logins
}

// keepSecrets adds the secrets of s to those that m hides in texts. Earlier secrets stay in
// the set, because an open session may have sent them. The session itself adds tokens.
func (m *Mailer) keepSecrets(s *settings) *secret.Set {
	known := m.hides()
	known.Add(s.login.password, s.passphrase, s.trust.keyPassphrase, s.trust.caPassphrase, s.login.files().passphrase)
	if grant := s.login.grant; grant != nil {
		known.Add(grant.ClientSecret, grant.RefreshToken)
	}
	return known
}

// hides returns the set of the secrets that m hides in texts. It creates the set if there is
// none.
func (m *Mailer) hides() *secret.Set {
	if m.secrets == nil {
		m.secrets = new(secret.Set)
	}
	return m.secrets
}

// GetOAuth2RefreshToken returns the refresh token that the token server has issued in place
// of the token that was set. It returns "" if the server has issued none, or if the new
// token was stored in a token file.
func (m *Mailer) GetOAuth2RefreshToken() string { return m.refreshToken }
