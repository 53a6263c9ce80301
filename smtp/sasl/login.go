// SPDX-License-Identifier: MIT

package sasl

// login implements LOGIN, which no RFC defines (draft-murchison-sasl-login-00). It does not
// check the prompts, because their texts vary from server to server. Their order is always the
// same. It does not send the login name as an initial response, because some servers do not
// support that.
type login struct {
	c    held
	step int
}

func newLogin(c *Credentials, _ *Channel) (Mechanism, error) {
	return &login{c: hold(c)}, nil
}

func (m *login) Name() string { return "LOGIN" }

func (m *login) Start() ([]byte, error) { return nil, nil }

func (m *login) Next(challenge []byte) ([]byte, error) {
	if err := checkSize("LOGIN", challenge); err != nil {
		return nil, err
	}
	m.step++
	switch m.step {
	case 1:
		return []byte(m.c().Login), nil
	case 2:
		return []byte(m.c().Password), nil
	}
	return nil, noMore("LOGIN")
}

func (m *login) Done() bool { return m.step == 2 }
