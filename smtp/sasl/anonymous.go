// SPDX-License-Identifier: MIT

package sasl

import (
	"strings"
	"unicode/utf8"
)

// anonymous implements ANONYMOUS (RFC 4505). It sends the login name as trace information: an
// e-mail address, or up to 255 characters without "@", or nothing.
type anonymous struct {
	c    held
	done bool
}

func newAnonymous(c *Credentials, _ *Channel) (Mechanism, error) {
	if !utf8.ValidString(c.Login) {
		return nil, fail("ANONYMOUS", NotEncodable, "the trace information (login name) is not UTF-8")
	}
	if !strings.Contains(c.Login, "@") && utf8.RuneCountInString(c.Login) > 255 {
		return nil, fail("ANONYMOUS", NotEncodable, "the trace information (login name) has more than 255 characters")
	}
	return &anonymous{c: hold(c)}, nil
}

func (m *anonymous) Name() string { return "ANONYMOUS" }

func (m *anonymous) Start() ([]byte, error) {
	m.done = true
	return bounded("ANONYMOUS", append([]byte{}, m.c().Login...))
}

func (m *anonymous) Next([]byte) ([]byte, error) {
	m.done = false
	return nil, noMore("ANONYMOUS")
}

func (m *anonymous) Done() bool { return m.done }
