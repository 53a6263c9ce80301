// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
	"slices"
)

// externalVerifier verifies EXTERNAL (RFC 4422, appendix A). The client's identity is one of
// the names in its TLS certificate, which the handshake has verified.
type externalVerifier struct {
	state *tls.ConnectionState
	user  string
}

func (v *externalVerifier) first() []byte { return nil }
func (v *externalVerifier) login() string { return v.user }

func (v *externalVerifier) next(response []byte) ([]byte, bool, error) {
	names := certified(v.state)
	if len(names) == 0 {
		return nil, true, errCredentials
	}
	v.user = string(response)
	if v.user == "" {
		v.user = names[0]
	}
	if !slices.Contains(names, v.user) {
		return nil, true, errCredentials
	}
	return nil, true, nil
}

// certified returns the names in a client's certificate, or nil if no certificate was verified.
func certified(state *tls.ConnectionState) []string {
	if state == nil || len(state.VerifiedChains) == 0 {
		return nil
	}
	leaf := state.PeerCertificates[0]
	return append([]string{leaf.Subject.CommonName}, leaf.EmailAddresses...)
}
