// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"fmt"
)

// auth takes AUTH with the mechanism and holds the whole exchange, verifying
// the client against the login, password and token of the header. The reply
// that ends it is the script's.
func (p *play) auth(mechanism string) error {
	line, err := p.line()
	if err != nil {
		return mismatch("AUTH "+mechanism, joined(visible(masked(line, false)), err))
	}
	p.log(func(d *Dialogue) { d.client(masked(line, false)) })
	named, initial, ok := splitAuth(line)
	if !ok || named != mechanism {
		return mismatch("AUTH "+mechanism, visible(masked(line, false)))
	}
	h := p.server.script.Header
	known := accounts{
		passwords: map[string]string{h.Get("login"): h.Get("password")},
		tokens:    map[string]string{h.Get("login"): h.Get("token")},
	}
	var state *tls.ConnectionState
	if conn, is := p.conn.(*tls.Conn); is {
		s := conn.ConnectionState()
		state = &s
	}
	say := func(challenge string) error {
		p.log(func(d *Dialogue) { d.server(challenge) })
		p.pending.WriteString(challenge + "\r\n")
		return p.flush()
	}
	hear := func() (string, error) {
		line, err := p.line()
		p.log(func(d *Dialogue) { d.client(masked(line, true)) })
		return line, err
	}
	if err := exchange(newVerifier(mechanism, "localhost", known, state), initial, say, hear); err != nil {
		return mismatch("a login by "+mechanism+" with the login and secret of the header", fmt.Sprint(err))
	}
	return nil
}
