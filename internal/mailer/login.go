// SPDX-License-Identifier: MIT

package mailer

import (
	"fmt"
	"slices"
	"strings"

	"csmtp/internal/secret"
	"csmtp/smtp"
	"csmtp/smtp/oauth"
	"csmtp/smtp/sasl"
)

// login is who a mailer is, and how it proves it.
type login struct {
	name       string
	password   string
	authzID    string
	mechanisms []string
	clear      clearLogin
	token      func(refused bool) (string, error) // nil: log in by password
	callback   bool                               // token asks the program
	grant      *oauth.Config                      // the library gets its tokens itself
	tokenFrom  string                             // what set the token: the name of the setter
	tokens     int                                // how often one of these was set
	passwords  int                                // how often another password was set
}

// Format keeps password and token out of whatever prints a login.
func (l login) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "login{%q}", l.name) }

func (m *Mailer) SetLogin(name string) error         { m.settings.login.name = name; return nil }
func (m *Mailer) SetAuthorizationID(id string) error { m.settings.login.authzID = id; return nil }

func (m *Mailer) SetPassword(password string) error {
	l := &m.settings.login
	if password != "" && password != l.password {
		l.passwords++
	}
	l.password = password
	return nil
}

func (m *Mailer) SetAuthMechanism(mechanisms string) error {
	names, err := parseMechanisms(mechanisms)
	if err != nil {
		return err
	}
	m.settings.login.mechanisms = names
	return nil
}

func parseMechanisms(list string) ([]string, error) {
	names := strings.FieldsFunc(strings.ToUpper(list), func(r rune) bool { return r == ' ' || r == ',' })
	for _, name := range names {
		if !slices.Contains(sasl.Names(), name) {
			return nil, Faultf(BadArgument, "SetAuthMechanism: %q is not known: use %s", name, strings.Join(sasl.Names(), ", "))
		}
	}
	return names, nil
}

// SetAccessToken logs in by a token that the program got itself; "" goes back
// to the password.
func (m *Mailer) SetAccessToken(token string) error {
	m.setToken(nil, "")
	if token != "" {
		m.setToken(func(bool) (string, error) { return token, nil }, "SetAccessToken")
	}
	return nil
}

// SetTokenCallback takes what asks the program for a token; nil takes it away.
func (m *Mailer) SetTokenCallback(f func(refused bool) (string, error)) error {
	m.setToken(f, tokenCallback)
	return nil
}

const tokenCallback = "SetTokenCallback"

func (m *Mailer) setToken(f func(refused bool) (string, error), setter string) {
	l := &m.settings.login
	l.token, l.callback, l.grant, l.tokenFrom = f, f != nil && setter == tokenCallback, nil, setter
	l.tokens++
}

func (m *Mailer) SetOAuth2ClientCredentials(tokenURL, clientID, secret, scope string) error {
	return m.setGrant("SetOAuth2ClientCredentials", tokenURL, oauth.Config{Grant: oauth.ClientCredentials, ClientID: clientID, ClientSecret: secret, Scope: scope})
}

func (m *Mailer) SetOAuth2RefreshToken(tokenURL, clientID, secret, refreshToken, scope string) error {
	return m.setGrant("SetOAuth2RefreshToken", tokenURL, oauth.Config{Grant: oauth.RefreshToken, ClientID: clientID, ClientSecret: secret, RefreshToken: refreshToken, Scope: scope})
}

func (m *Mailer) setGrant(setter, tokenURL string, c oauth.Config) error {
	if err := tokenEndpoint(tokenURL, &c); err != nil {
		return Faultf(BadArgument, "%v", err)
	}
	if _, err := oauth.New(c); err != nil {
		return Faultf(BadArgument, "%v", err)
	}
	m.setToken(nil, setter)
	m.settings.login.grant = &c
	return nil
}

// tokenEndpoint fills in what "microsoft:TENANT" and "google" stand for.
func tokenEndpoint(tokenURL string, c *oauth.Config) error {
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

// auth is what a session needs of it. The token endpoint is reached as the
// server is: by the same proxy, trusting the same authorities besides the
// system's.
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
	}
	if l.grant == nil {
		return a, nil
	}
	c := *l.grant
	if s.proxy != "" {
		c.Proxy = s.proxy
	}
	if s.trust.caFile != "" {
		pem, err := readPEM(s.trust.caFile)
		if err != nil {
			return nil, Faultf(fileNotExist, "SetCAFile: %v", err)
		}
		c.ExtraRoots = pem
	}
	c.Save = func(refreshToken string) {
		m.refreshToken = refreshToken
		m.secrets.Add(refreshToken)
	}
	source, err := oauth.New(c)
	if err != nil {
		return nil, Faultf(BadArgument, "%v", err)
	}
	var login func(refused bool) (string, error) // remembers which token it gave
	a.Token = func(refused bool) (string, error) {
		if login == nil || !refused {
			login = source.Login(m.ctx)
		}
		return login(refused)
	}
	return a, nil
}

// keepSecrets notes what s has that may not be shown. What was set before stays
// secret: an open session may have sent it. The session notes the rest.
func (m *Mailer) keepSecrets(s *settings) *secret.Set {
	m.secrets.Add(s.login.password)
	if grant := s.login.grant; grant != nil {
		m.secrets.Add(grant.ClientSecret, grant.RefreshToken)
	}
	return &m.secrets
}

// GetOAuth2RefreshToken is the one that the token server gave in place of the
// one set; "" when it gave none.
func (m *Mailer) GetOAuth2RefreshToken() string { return m.refreshToken }
