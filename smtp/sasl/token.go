// SPDX-License-Identifier: MIT

package sasl

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// TokenRefused is the server's reason for refusing an access token. The server sends it
// as the JSON of RFC 7628, section 3.2.2, which XOAUTH2 uses too.
type TokenRefused struct {
	Mechanism     string
	Status        string // "invalid_token", "401", ...
	Scope         string // scope that the server requires; "" if it names none
	Schemes       string // XOAUTH2: authentication schemes that the server requires
	Configuration string // address of the issuer's OpenID configuration
}

func (e *TokenRefused) Error() string {
	s := e.Mechanism + ": the server refused the access token"
	for _, f := range []struct{ name, value string }{
		{"status", e.Status}, {"scope", e.Scope}, {"schemes", e.Schemes}, {"openid-configuration", e.Configuration},
	} {
		if f.value != "" {
			s += ", " + f.name + " " + f.value
		}
	}
	return s
}

// If the server has sent a challenge that refuses the token of m, Refusal returns the reason in
// the challenge. Otherwise, Refusal returns nil. After the challenge, the server sends a
// negative reply to AUTH. The caller's error for this reply should include the reason. Some
// servers, such as Exchange Online, send no challenge: their reply 535 means that the token was
// refused. In both cases, the caller should log in once more with Credentials.Fresh set.
func Refusal(m Mechanism) *TokenRefused {
	if r, ok := m.(*bearer); ok {
		return r.refused
	}
	return nil
}

// bearer implements XOAUTH2 and OAUTHBEARER. The client sends one message with the token;
// the server sends a challenge only to refuse the token.
type bearer struct {
	name    string
	c       held
	message func(c *Credentials, token string) []byte
	answer  []byte // the response to a challenge that refuses the token
	refused *TokenRefused
	sent    bool
	done    bool
}

func newBearer(name string, c *Credentials, message func(*Credentials, string) []byte, answer []byte) (Mechanism, error) {
	// In the messages of both mechanisms, control characters separate the fields.
	for _, s := range []string{c.Login, c.AuthzID} {
		if !utf8.ValidString(s) {
			return nil, fail(name, NotEncodable, "the login name is not UTF-8")
		}
		if strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) >= 0 {
			return nil, fail(name, NotEncodable, "the login name contains a control character; remove it")
		}
	}
	return &bearer{name: name, c: hold(c), message: message, answer: answer}, nil
}

var (
	errEmptyToken = errors.New("the access token is empty")
	errBadToken   = errors.New("the access token has a space, a control character or a non-ASCII character; set only the token")
)

func (m *bearer) Name() string { return m.name }

func (m *bearer) Start() ([]byte, error) {
	token, err := m.c().Token(m.c().Fresh)
	if err != nil {
		return nil, &Error{Mechanism: m.name, Reason: NoToken, Err: err}
	}
	if token == "" {
		return nil, &Error{Mechanism: m.name, Reason: NoToken, Err: errEmptyToken}
	}
	// RFC 6750, section 2.1, allows fewer characters. Here, every printable ASCII
	// character except the space is accepted, because none of them can end the field.
	if strings.IndexFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
		return nil, &Error{Mechanism: m.name, Reason: NoToken, Err: errBadToken}
	}
	if len(token) > MaxResponse {
		return nil, &Error{Mechanism: m.name, Reason: NoToken, Err: fmt.Errorf("the access token has %d octets, too many for an AUTH line (at most %d)", len(token), MaxResponse)}
	}
	m.sent, m.done = true, true
	return bounded(m.name, m.message(m.c(), token))
}

func (m *bearer) Next(challenge []byte) ([]byte, error) {
	first := m.done
	m.done = false
	if !m.sent || !first {
		return nil, noMore(m.name)
	}
	if err := checkSize(m.name, challenge); err != nil {
		return nil, err
	}
	r, err := parseRefusal(challenge)
	if err != nil {
		return nil, badChallenge(m.name, "it is not a JSON object that says why the token was refused")
	}
	r.Mechanism = m.name
	m.refused = r
	return append([]byte{}, m.answer...), nil
}

func (m *bearer) Done() bool { return m.done }

func parseRefusal(challenge []byte) (*TokenRefused, error) {
	var fields map[string]any
	if err := json.Unmarshal(challenge, &fields); err != nil {
		return nil, err
	}
	if fields == nil {
		return nil, errors.New("null")
	}
	text := func(name string) string {
		switch v := fields[name].(type) {
		case string:
			return printable(v, 200)
		case float64:
			b, _ := json.Marshal(v)
			return string(b)
		}
		return ""
	}
	return &TokenRefused{
		Status:        text("status"),
		Scope:         text("scope"),
		Schemes:       text("schemes"),
		Configuration: text("openid-configuration"),
	}, nil
}
