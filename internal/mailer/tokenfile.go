// SPDX-License-Identifier: MIT

package mailer

import (
	"path/filepath"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
)

const tokenFile = "SetOAuth2TokenFile"

// SetOAuth2TokenFile sets the file in which the tokens of the other SetOAuth2 functions are
// stored. If none of these functions is called, csmtp-login must have written the file. ""
// clears the setting. A relative path is resolved immediately, because the current
// directory may change later.
func (m *Mailer) SetOAuth2TokenFile(path string) error {
	l := &m.settings.login
	var c oauth.Config
	if l.grant != nil {
		c = *l.grant
	}
	c.TokenFile = ""
	if path != "" {
		err := checkPath(tokenFile, path)
		if err != nil {
			return err
		}
		if c.TokenFile, err = filepath.Abs(path); err != nil {
			return Faultf(BadArgument, "%s: %v", tokenFile, err)
		}
		if err := l.grantFiles.check(tokenFile, c); err != nil {
			return err
		}
	}
	switch alone := c.Endpoint == "" && c.Grant == "" && c.ClientID == ""; {
	case path == "" && l.grant == nil: // another setter provides the token
	case path == "" && alone:
		m.setToken(nil, "")
	case l.grant == nil:
		m.setToken(nil, tokenFile)
		l.grant = &c
	default:
		l.grant = &c
		l.tokens++
	}
	return nil
}

// GetOAuth2TokenFileError returns why the token file does not contain the newest tokens
// or is not locked, or "" if there is no problem.
func (m *Mailer) GetOAuth2TokenFileError() string { return m.tokenFileError }

// fileError stores what is wrong with the token file, if anything, and writes it to the
// log. If the file contains a new refresh token, the program need not store it.
func (m *Mailer) fileError(trace func(smtp.Direction, string), err error) {
	m.tokenFileError = ""
	if err == nil {
		if m.refreshToken != "" {
			m.change(func() { m.refreshToken = "" })
		}
		return
	}
	m.tokenFileError = err.Error()
	if trace != nil {
		trace(smtp.Event, "warning: "+m.secrets.Hide(m.tokenFileError))
	}
}
