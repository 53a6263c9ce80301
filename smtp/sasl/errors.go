// SPDX-License-Identifier: MIT

package sasl

import "errors"

// Causes that a caller wants to tell apart with errors.Is.
var (
	ErrNoLogin    = errors.New("no login name is set")
	ErrNoPassword = errors.New("no password is set")
	ErrNoToken    = errors.New("no access token is set")
	// ErrNoBinding: this TLS connection gives no channel binding of the wanted type.
	ErrNoBinding = errors.New("the connection has no usable channel binding")
	// ErrCanceled: Channel.Canceled was closed during a long computation.
	ErrCanceled = errors.New("canceled")
)

// Reason is what kind of thing went wrong.
type Reason int

const (
	// MissingCredential: Err is ErrNoLogin, ErrNoPassword, ErrNoToken, or what
	// the token source said.
	MissingCredential Reason = iota + 1
	// UnknownMechanism: New does not know the name.
	UnknownMechanism
	// NotEncodable: a credential cannot be carried by this mechanism (NUL, too
	// long, characters outside its charset, no place for an authorization identity).
	NotEncodable
	// NoBinding: a -PLUS mechanism on a connection that cannot be bound.
	NoBinding
	// BadChallenge: the server's challenge breaks the mechanism's rules or asks
	// for less safety than we accept.
	BadChallenge
	// BadServerProof: the server did not prove that it knows the password.
	BadServerProof
	// ServerError: the server reported a failure inside the mechanism.
	ServerError
	// Stopped: the computation was canceled (ErrCanceled).
	Stopped
)

// Error is a failure of a mechanism, apart from a refusal by a reply code. It
// never holds a secret.
type Error struct {
	Mechanism string // IANA name
	Reason    Reason
	Detail    string // one plain clause, without the server's raw bytes
	Err       error  // may be nil
}

func (e *Error) Error() string {
	s := e.Detail
	if e.Err != nil {
		if s != "" {
			s += ": "
		}
		s += e.Err.Error()
	}
	return e.Mechanism + ": " + s
}

func (e *Error) Unwrap() error { return e.Err }

// TryNext tells whether another mechanism may be tried on this connection.
// After a wrong server proof or a bad challenge it may not: whoever answers
// there would be given the password in a weaker form.
func (e *Error) TryNext() bool {
	switch e.Reason {
	case UnknownMechanism, NotEncodable, NoBinding:
		return true
	}
	return false
}

func fail(mechanism string, r Reason, detail string) *Error {
	return &Error{Mechanism: mechanism, Reason: r, Detail: detail}
}

// badChallenge is the commonest failure.
func badChallenge(mechanism, detail string) *Error {
	return fail(mechanism, BadChallenge, "the server's challenge is not usable: "+detail)
}
