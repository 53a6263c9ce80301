// SPDX-License-Identifier: MIT

package sasl

// external implements EXTERNAL (RFC 4422, appendix A), in which the client's TLS certificate
// authenticates the client. Login and password are not needed.
type external struct {
	c    held
	done bool
}

func newExternal(c *Credentials, _ *Channel) (Mechanism, error) {
	return &external{c: hold(c)}, nil
}

func (m *external) Name() string { return "EXTERNAL" }

// Start returns the authorization identity. If the identity is empty, the server derives
// it from the certificate.
func (m *external) Start() ([]byte, error) {
	m.done = true
	return bounded("EXTERNAL", append([]byte{}, m.c().AuthzID...))
}

func (m *external) Next([]byte) ([]byte, error) {
	m.done = false
	return nil, noMore("EXTERNAL")
}

func (m *external) Done() bool { return m.done }
