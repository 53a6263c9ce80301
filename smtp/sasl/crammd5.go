// SPDX-License-Identifier: MIT

package sasl

import (
	"crypto/hmac"
	"crypto/md5"
	"encoding/hex"
	"strings"
)

// cramMD5 implements CRAM-MD5 (RFC 2195). It does not normalize the password, because servers
// do not normalize it when they store it or an HMAC state computed from it.
type cramMD5 struct {
	c        held
	answered bool
	done     bool
}

func newCramMD5(c *Credentials, _ *Channel) (Mechanism, error) {
	return &cramMD5{c: hold(c)}, nil
}

func (m *cramMD5) Name() string { return "CRAM-MD5" }

func (m *cramMD5) Start() ([]byte, error) { return nil, nil }

func (m *cramMD5) Next(challenge []byte) ([]byte, error) {
	m.done = false
	if m.answered {
		return nil, noMore("CRAM-MD5")
	}
	if err := checkSize("CRAM-MD5", challenge); err != nil {
		return nil, err
	}
	// An empty challenge is refused: its digest is always the same, and an attacker who
	// has seen the digest could use it again.
	if len(challenge) == 0 {
		return nil, badChallenge("CRAM-MD5", "it is empty")
	}
	m.answered, m.done = true, true
	key := []byte(m.c().Password)
	defer Wipe(key)
	h := hmac.New(md5.New, key)
	h.Write(challenge)
	b := append([]byte(m.c().Login), ' ')
	return bounded("CRAM-MD5", hex.AppendEncode(b, h.Sum(nil)))
}

func (m *cramMD5) Done() bool { return m.done }

// cramMD5Proof returns the digest in a response: the digest is the part after the login.
func cramMD5Proof(response string) string {
	return response[strings.LastIndexByte(response, ' ')+1:]
}
