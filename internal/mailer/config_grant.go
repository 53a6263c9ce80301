// SPDX-License-Identifier: MIT

package mailer

import (
	"errors"
	"strings"

	"csmtp/smtp/oauth"
)

// configGrants are the values of oauth2-grant.
var configGrants = map[string]oauth.Grant{
	"client-credentials": oauth.ClientCredentials,
	"refresh-token":      oauth.RefreshToken,
	"service-account":    oauth.JWTBearer,
	"azure-identity":     oauth.AzureIdentity,
	"google-identity":    oauth.GoogleIdentity,
}

// finish sets the OAuth 2.0 grant after all its keys have been read.
func (c *configuration) finish() error {
	g := &c.grant
	if c.tokenURL == "" && c.kind == "" && g.ClientID+g.AssertionFile+g.Metadata+g.Signer == "" && c.grantFiles == (grantFiles{}) {
		return nil
	}
	c.line = c.grantAt
	kind := c.kind
	switch {
	case kind != "":
	case c.serviceAccount != "":
		kind = "service-account"
	case c.grant.RefreshToken != "":
		kind = "refresh-token"
	default:
		kind = "client-credentials"
	}
	grant, ok := configGrants[kind]
	switch {
	case !ok:
		return c.wrong("oauth2-grant must be client-credentials, refresh-token, service-account, azure-identity or google-identity")
	case c.tokenURL == "" && (grant == oauth.ClientCredentials || grant == oauth.RefreshToken):
		return c.wrong("oauth2-token-url is missing")
	}
	c.grant.Grant = grant
	m := &Mailer{}
	if err := m.setGrant(configToken, c.tokenURL, c.grant, c.grantFiles); err != nil {
		err = errors.New(strings.TrimPrefix(err.Error(), configToken+": "))
		key := "oauth2-grant"
		if c.tokenURL != "" {
			key = configToken
		}
		return c.wrongValue(key, err, c.tokenURL, c.grantFiles.passphrase, c.algorithm, c.mailbox,
			g.ClientID, g.ClientSecret, g.RefreshToken, g.Scope, g.AssertionFile, g.Metadata, g.Signer)
	}
	l := &c.settings.login
	from := m.settings.login
	l.token, l.tokenSource, l.grant, l.grantFiles, l.tokenFrom = nil, tokenSource{}, from.grant, from.grantFiles, from.tokenFrom
	return nil
}
