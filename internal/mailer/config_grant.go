// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"strings"

	"csmtp/smtp/oauth"
)

// configGrants returns the possible values of the key oauth2-grant and the grants that they
// stand for.
func configGrants() map[string]oauth.Grant {
	return map[string]oauth.Grant{
		"client-credentials": oauth.ClientCredentials,
		"refresh-token":      oauth.RefreshToken,
		"service-account":    oauth.JWTBearer,
		"azure-identity":     oauth.AzureIdentity,
		"google-identity":    oauth.GoogleIdentity,
	}
}

// finish sets the OAuth 2.0 grant or the token file, if the configuration file names one. It
// is called after all keys have been read.
func (c *configuration) finish() error {
	g := &c.grant
	if c.tokenURL == "" && c.kind == "" && g.ClientID+g.AssertionFile+g.Metadata+g.Signer == "" && c.grantFiles == (grantFiles{}) {
		return c.finishTokenFile()
	}
	c.line = c.grantAt
	kind := c.kind
	switch {
	case kind != "":
	case c.serviceAccount != "":
		kind = "service-account"
	case c.grant.RefreshToken != "", g.TokenFile != "" && g.ClientSecret+g.AssertionFile+c.grantFiles.certificate == "":
		kind = "refresh-token"
	default:
		kind = "client-credentials"
	}
	grant, ok := configGrants()[kind]
	switch {
	case !ok:
		return c.wrong("oauth2-grant must be client-credentials, refresh-token, service-account, azure-identity or google-identity")
	case c.tokenURL == "" && (grant == oauth.ClientCredentials || grant == oauth.RefreshToken && g.TokenFile == ""):
		return c.wrong("oauth2-token-url is missing")
	}
	c.grant.Grant = grant
	m := newMailer(settings{})
	if err := m.setGrant(configToken, c.tokenURL, c.grant, c.grantFiles); err != nil {
		err = errors.New(strings.TrimPrefix(err.Error(), configToken+": "))
		key := "oauth2-grant"
		if c.tokenURL != "" {
			key = configToken
		}
		return c.wrongValue(key, err, c.tokenURL, c.grantFiles.passphrase, c.algorithm, c.mailbox,
			g.ClientID, g.ClientSecret, g.RefreshToken, g.Scope, g.AssertionFile, g.Metadata, g.Signer, g.TokenFile)
	}
	l := &c.settings.login
	from := m.settings.login
	l.token, l.tokenSource, l.grant, l.grantFiles, l.tokenFrom = nil, tokenSource{}, from.grant, from.grantFiles, from.tokenFrom
	return nil
}

// finishTokenFile sets the token file if the configuration file names one and sets no
// grant. The grant that the program has set stays in use.
func (c *configuration) finishTokenFile() error {
	if c.grant.TokenFile == "" {
		return nil
	}
	l := &c.settings.login
	m := newMailer(settings{})
	m.edit().login = *l
	c.line = c.grantAt
	if err := m.SetOAuth2TokenFile(c.grant.TokenFile); err != nil {
		return c.wrongValue(configTokenFile, err, c.grant.TokenFile)
	}
	l.grant, l.grantFiles = m.settings.login.grant, m.settings.login.grantFiles
	l.token, l.tokenSource, l.tokenFrom = nil, tokenSource{}, configTokenFile
	return nil
}
