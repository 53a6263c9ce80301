// SPDX-License-Identifier: MIT

// Package sasl implements the client side of SASL mechanisms (RFC 4422). It does not use the
// network.
package sasl

import "crypto/tls"

// Credentials contains the values for a login. Each mechanism uses some of them.
type Credentials struct {
	Login    string // authentication identity
	Password string
	AuthzID  string // authorization identity; "": the server derives it from Login
	// Token returns an OAuth 2.0 access token. If 'refused' is true, the server has refused
	// the previous token, and Token must return a new one.
	Token func(refused bool) (string, error)
	// If Fresh is true, a mechanism that sends a token calls Token(true). Set Fresh after the
	// server has refused a token in a challenge (see Refusal) or with its reply to AUTH.
	Fresh bool
	// MinIterations is the smallest number of PBKDF2 iterations that SCRAM accepts from a
	// server; 0 means 4096 (RFC 7677, section 4). Set a smaller number only for an old
	// server that is known to need it: with fewer iterations, an attacker who has seen the
	// dialogue can guess the password more easily.
	MinIterations int
}

// Channel describes the connection on which a mechanism is used.
type Channel struct {
	Host string               // server name as the caller has set it
	Port int                  // for OAUTHBEARER
	TLS  *tls.ConnectionState // nil without TLS
	// Offered is the server's list of mechanisms. If the list does not contain the -PLUS
	// form of the SCRAM mechanism in use, the client tells the server that it could have
	// used the -PLUS form. A server that has offered this form then knows that somebody
	// has changed the list (RFC 5802, section 6).
	Offered []string
	// Binding selects a channel binding type: "tls-exporter", "tls-unique" or
	// "tls-server-end-point". "" means the default for the TLS version.
	Binding string
	// When Canceled is closed, a long computation (SCRAM's iterations) stops.
	Canceled <-chan struct{}
}

// Mechanism is one authentication exchange.
type Mechanism interface {
	// Name returns the IANA name, such as "SCRAM-SHA-256-PLUS".
	Name() string
	// Start returns the initial response, or nil if the mechanism has none (a non-nil
	// empty slice is sent as "=", RFC 4954).
	Start() ([]byte, error)
	// Next returns the response to a decoded challenge. If it returns an error, the caller
	// must cancel the exchange by sending "*" (RFC 4954, section 4). Error.TryNext reports
	// whether the caller can try another mechanism.
	Next(challenge []byte) ([]byte, error)
	// Done reports whether the exchange is complete: the mechanism has sent all its
	// responses, and the server has sent the proof that the mechanism requires. If the
	// server reports success while Done is false, the login has failed.
	Done() bool
}
