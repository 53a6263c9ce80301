// SPDX-License-Identifier: MIT

package main

import (
	"context"
	"slices"
	"strings"

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
	noClear    bool
	token      func(refused bool) (string, error) // nil: log in by password
	callback   bool                               // token asks the program
}

func (m *mailer) SetLogin(name string) error         { m.settings.login.name = name; return nil }
func (m *mailer) SetPassword(password string) error  { m.settings.login.password = password; return nil }
func (m *mailer) SetAuthorizationID(id string) error { m.settings.login.authzID = id; return nil }
func (m *mailer) SetClearLogin(allow bool) error     { m.settings.login.noClear = !allow; return nil }

func (m *mailer) SetAuthMechanism(mechanisms string) error {
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
			return nil, faultf(badArgument, "SetAuthMechanism: %q is not known: use %s", name, strings.Join(sasl.Names(), ", "))
		}
	}
	return names, nil
}

// SetAccessToken logs in by a token that the program got itself; "" goes back
// to the password.
func (m *mailer) SetAccessToken(token string) error {
	m.setToken(nil, false)
	if token != "" {
		m.setToken(func(bool) (string, error) { return token, nil }, false)
	}
	return nil
}

// SetTokenCallback takes what asks the program for a token; nil takes it away.
func (m *mailer) SetTokenCallback(f func(refused bool) (string, error)) error {
	m.setToken(f, f != nil)
	return nil
}

func (m *mailer) setToken(f func(refused bool) (string, error), callback bool) {
	m.settings.login.token, m.settings.login.callback = f, callback
}

func (m *mailer) SetOAuth2ClientCredentials(tokenURL, clientID, secret, scope string) error {
	return m.oauth(oauth.Settings{Grant: oauth.ClientCredentials, TokenURL: tokenURL, ClientID: clientID, ClientSecret: secret, Scope: scope})
}

func (m *mailer) SetOAuth2RefreshToken(tokenURL, clientID, secret, refreshToken, scope string) error {
	return m.oauth(oauth.Settings{Grant: oauth.RefreshToken, TokenURL: tokenURL, ClientID: clientID, ClientSecret: secret, RefreshToken: refreshToken, Scope: scope})
}

func (m *mailer) oauth(s oauth.Settings) error {
	source, err := oauth.Shared(s)
	if err != nil {
		return faultf(badArgument, "%v", err)
	}
	m.setToken(func(refused bool) (string, error) { return source.Token(context.Background(), refused) }, false)
	return nil
}

// auth is what a session needs of it.
func (l *login) auth() *smtp.Auth {
	return &smtp.Auth{
		Credentials: sasl.Credentials{Login: l.name, Password: l.password, AuthzID: l.authzID, Token: l.token},
		Mechanisms:  l.mechanisms,
		NoCleartext: l.noClear,
	}
}
