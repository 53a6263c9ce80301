// SPDX-License-Identifier: MIT

// Package sasl holds the client side of SASL mechanisms (RFC 4422), one a
// file, without any network.
package sasl

import "crypto/tls"

// Credentials is what a login may need; a mechanism takes its part.
type Credentials struct {
	Login    string // authentication identity
	Password string
	AuthzID  string // authorization identity; "" means derived from Login
	// Token gives an OAuth 2.0 access token; refused is true when the last one
	// given was refused by the server and a fresh one is wanted.
	Token func(refused bool) (string, error)
}

// Channel is what a mechanism may know of the connection.
type Channel struct {
	Host string               // server name as the caller gave it
	Port int                  // for OAUTHBEARER
	TLS  *tls.ConnectionState // nil in clear
}

// Mechanism is one login dialogue.
type Mechanism interface {
	// Name is the IANA name, e.g. "SCRAM-SHA-256-PLUS".
	Name() string
	// Start gives the initial response; nil means that the mechanism has none
	// (a non-nil empty slice is sent as "=", RFC 4954).
	Start() ([]byte, error)
	// Next answers one decoded challenge.
	Next(challenge []byte) ([]byte, error)
	// Done tells whether a success reply may be believed: the mechanism has
	// said all it has to say and the server has proved what it must prove.
	Done() bool
}
