// SPDX-License-Identifier: MIT

package mailer

import (
	"path/filepath"

	"csmtp/smtp"
	"csmtp/smtp/oauth"
)

const tokenFile = "SetOAuth2TokenFile"

// SetOAuth2TokenFile sets the file for the tokens that the library gets with the settings
// of another SetOAuth2 function. If no such function is called, csmtp-login must have
// written the file. "" clears the setting. A relative path is made absolute immediately,
// because the program may change its current directory.
func (m *Mailer) SetOAuth2TokenFile(path string) error {
	l := &m.edit().login
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
		if err := l.files().check(tokenFile, c); err != nil {
			return err
		}
	}
	switch alone := c.Endpoint == "" && c.Grant == "" && c.ClientID == ""; {
	case path == "" && l.grant == nil: // the token, if any, does not come from a file
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

// GetOAuth2TokenFileError returns why the token file could not be locked or does not
// contain the newest tokens. It returns "" if there is no such problem.
func (m *Mailer) GetOAuth2TokenFileError() string { return m.tokenFileError }

// fileError stores err, the error of the token file, and writes it to the log. If err is
// nil, the file has no error. A new refresh token, if any, is then in the file. So the
// program need not store it, and GetOAuth2RefreshToken returns "".
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
