// SPDX-License-Identifier: MIT

package smtp

import (
	"bytes"
	"net/url"

	"csmtp/smtp/sasl"
	"csmtp/smtp/secret"
)

// Servers may quote what the client sent. Therefore, secrets are removed from every text
// that the package returns: rawReply removes them from replies, traceReply from the lines
// for Trace, and conceal from the causes of errors.

// keepSecrets adds the secrets of the configuration to c.Secrets, and wraps Auth.Token so
// that each token it returns is added too. If there are no secrets, c.Secrets stays nil,
// and replies need not be searched.
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

// keepResponse adds two secrets: a response of a login as it is sent, and the part of the
// response that would let others log in or guess the password.
func (s *Session) keepResponse(mechanism string, response, line []byte) {
	set := s.cfg.Secrets
	if set == nil || len(response) == 0 {
		return
	}
	// The base64 text is the last word of an AUTH command, or a whole line.
	set.Add(string(line[bytes.LastIndexByte(line, ' ')+1:]))
	set.Add(sasl.Proof(mechanism, response))
}

// conceal hides secrets in the cause of an error that Dial returns. A proxy's response, a
// certificate or a challenge of a login may contain secrets.
func (c *Config) conceal(e *Error) {
	if c.Secrets == nil || e.Err == nil {
		return
	}
	text := e.Err.Error()
	if hidden := c.Secrets.Hide(text); hidden != text {
		e.Err = &concealed{hidden, e.Err}
	}
}

// concealed is an error whose text has been replaced.
type concealed struct {
	text  string
	cause error
}

func (e *concealed) Error() string { return e.text }
func (e *concealed) Unwrap() error { return e.cause }
