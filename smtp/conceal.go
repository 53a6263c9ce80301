// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"net/url"

	"csmtp/internal/secret"
	"csmtp/smtp/sasl"
)

// Servers quote what they were sent. Their words are cleared of secrets where
// they come in: replies in rawReply, lines for Trace in traceReply, the causes of
// other errors in conceal.

// keepSecrets notes what may not be shown of the configuration, and of the
// tokens that will be asked for. A configuration without secrets has no set, and
// its replies cost nothing.
func (c *Config) keepSecrets() {
	if c.Secrets == nil && (c.Auth != nil || c.Proxy != "") {
		c.Secrets = &secret.Set{}
	}
	if u, err := url.Parse(c.Proxy); err == nil && u.User != nil {
		password, _ := u.User.Password()
		c.Secrets.Add(password)
	}
	if c.Auth == nil {
		return
	}
	c.Secrets.Add(c.Auth.Password)
	if get := c.Auth.Token; get != nil {
		auth := *c.Auth
		auth.Token = func(refused bool) (string, error) {
			token, err := get(refused)
			c.Secrets.Add(token)
			return token, err
		}
		c.Auth = &auth
	}
}

// keepResponse notes a response of a login as it is sent, and what in it lets
// others log in, or guess the password.
func (s *Session) keepResponse(mechanism string, response, line []byte) {
	set := s.cfg.Secrets
	if set == nil || len(response) == 0 {
		return
	}
	set.Add(string(line[bytes.LastIndexByte(line, ' ')+1:])) // in base64, behind AUTH or alone
	set.Add(sasl.Proof(mechanism, response))
}

// conceal hides secrets in the cause of an error that Dial is to return: a
// proxy, a certificate or a challenge of a login may quote them.
func (c *Config) conceal(e *Error) {
	if c.Secrets == nil || e.Err == nil {
		return
	}
	text := e.Err.Error()
	if hidden := c.Secrets.Hide(text); hidden != text {
		e.Err = &concealed{hidden, e.Err}
	}
}

// concealed is an error with another text.
type concealed struct {
	text  string
	cause error
}

func (e *concealed) Error() string { return e.text }
func (e *concealed) Unwrap() error { return e.cause }
