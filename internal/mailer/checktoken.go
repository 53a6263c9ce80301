// SPDX-License-Identifier: MIT

package mailer

import (
	"context"
	"errors"
	"time"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
)

// CheckToken gets an access token without opening a session with the mail server.
// GetTokenInfo then describes the token.
func (m *Mailer) CheckToken() error {
	m.tokenInfo = ""
	s, _, err := configured(m.settings)
	if err != nil {
		return err
	}
	if s.login.token == nil && s.login.grant == nil {
		return Faultf(BadArgument, "CheckToken: no access token is set: call SetOAuth2ClientCredentials, for example")
	}
	m.keepSecrets(s)
	return m.perform(&operation{}, func() error {
		limit := s.timeouts.Total
		if limit <= 0 {
			limit = time.Hour // the request has its own timeout
		}
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		m.uses(cancel)
		defer m.uses(nil)
		token, err := m.requestToken(ctx, s)
		if err == nil && token == "" {
			err = errors.New("the access token is empty")
		}
		if err != nil {
			e := &smtp.Error{Op: smtp.OpAUTH, Kind: smtp.KindToken, Err: err}
			if errors.Is(ctx.Err(), context.Canceled) {
				e.Kind = smtp.KindCanceled
			}
			return e
		}
		m.hides().Add(token)
		m.tokenInfo = m.secrets.Hide(oauth.Describe(token))
		return nil
	})
}

// requestToken gets an access token from the source that is set.
func (m *Mailer) requestToken(ctx context.Context, s *settings) (string, error) {
	l := &s.login
	if l.grant == nil {
		return l.token(false)
	}
	c, err := l.files().complete(l.tokenFrom, *l.grant, l.name)
	if err != nil {
		return "", err
	}
	source, err := m.sourceOf(c, s)
	if err != nil {
		return "", err
	}
	return source.Token(ctx, false)
}

// GetTokenInfo returns the claims in the token that the last CheckToken got. It returns ""
// if there is no token or the token contains no claims.
func (m *Mailer) GetTokenInfo() string { return m.tokenInfo }
