// SPDX-License-Identifier: MIT

package sasl

// plain implements PLAIN (RFC 4616). If the caller has not set an authorization identity, an
// empty one is sent, and servers derive the identity from the login. Some servers accept only
// an empty one.
type plain struct {
	c    held
	done bool
}

func newPlain(c *Credentials, _ *Channel) (Mechanism, error) {
	return &plain{c: hold(c)}, nil
}

func (m *plain) Name() string { return "PLAIN" }

func (m *plain) Start() ([]byte, error) {
	b := make([]byte, 0, len(m.c().AuthzID)+len(m.c().Login)+len(m.c().Password)+2)
	b = append(b, m.c().AuthzID...)
	b = append(b, 0)
	b = append(b, m.c().Login...)
	b = append(b, 0)
	b = append(b, m.c().Password...)
	m.done = true
	return bounded("PLAIN", b)
}

func (m *plain) Next([]byte) ([]byte, error) {
	m.done = false
	return nil, noMore("PLAIN")
}

func (m *plain) Done() bool { return m.done }
