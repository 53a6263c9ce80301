// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/tls"
)

// newVerifier returns a verifier for one exchange. state is nil without TLS.
func newVerifier(mechanism, host string, known accounts, state *tls.ConnectionState) verifier {
	switch mechanism {
	case "PLAIN":
		return &plainVerifier{known: known}
	case "LOGIN":
		return &loginVerifier{known: known}
	case "CRAM-MD5":
		return &cramVerifier{known: known, host: host}
	case "DIGEST-MD5":
		return &digestVerifier{known: known, host: host}
	case "EXTERNAL":
		return &externalVerifier{state: state}
	case "XOAUTH2", "OAUTHBEARER":
		return &bearerVerifier{known: known, gs2: mechanism == "OAUTHBEARER"}
	}
	return newScramVerifier(mechanism, known, state)
}
