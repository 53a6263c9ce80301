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
	// Fresh makes a token mechanism call Token(true): the server refused the
	// last one, in a challenge (see Refusal) or by its reply to AUTH.
	Fresh bool
	// MinIterations is the fewest PBKDF2 iterations that SCRAM accepts from a
	// server; 0 means 4096 (RFC 7677, section 4). A server that asks for fewer
	// makes the password cheap to guess for whoever saw the dialogue, so lower
	// it only for a server that is known and old.
	MinIterations int
}

// Channel is what a mechanism may know of the connection.
type Channel struct {
	Host string               // server name as the caller gave it
	Port int                  // for OAUTHBEARER
	TLS  *tls.ConnectionState // nil in clear
	// Offered is the server's list of mechanisms. Where it lacks the -PLUS form
	// of the SCRAM mechanism in use, and only then, the client says that it could
	// have bound the channel, which a server that does offer that form takes for
	// an attack (RFC 5802, section 6).
	Offered []string
	// Binding forces one channel binding type: "tls-exporter", "tls-unique" or
	// "tls-server-end-point". "" takes the one right for the TLS version.
	Binding string
	// Canceled, when closed, ends a long computation (SCRAM's iterations).
	Canceled <-chan struct{}
}

// Mechanism is one login dialogue.
type Mechanism interface {
	// Name is the IANA name, e.g. "SCRAM-SHA-256-PLUS".
	Name() string
	// Start gives the initial response; nil means that the mechanism has none
	// (a non-nil empty slice is sent as "=", RFC 4954).
	Start() ([]byte, error)
	// Next answers one decoded challenge. On an error the exchange is to be
	// cancelled ("*", RFC 4954, section 4); see Error.TryNext for what then.
	Next(challenge []byte) ([]byte, error)
	// Done tells whether a success reply may be believed: the mechanism has
	// said all it has to say and the server has proved what it must prove.
	Done() bool
}
