// SPDX-License-Identifier: MIT

package sasl

import "errors"

// Errors of this package for which callers can test with errors.Is.
var (
	ErrNoLogin    = errors.New("no login name is set")
	ErrNoPassword = errors.New("no password is set")
	ErrNoToken    = errors.New("no access token is set")
	// ErrNoBinding means that the connection has no channel binding that the mechanism
	// can use.
	ErrNoBinding = errors.New("the connection has no usable channel binding")
	// ErrCanceled means that Channel.Canceled was closed during a long computation.
	ErrCanceled = errors.New("canceled")
)

// Reason is the kind of an Error.
type Reason int

const (
	// MissingCredential: Err is ErrNoLogin, ErrNoPassword or ErrNoToken.
	MissingCredential Reason = iota + 1
	// NoToken: Credentials.Token failed with Err, or the token cannot be sent.
	NoToken
	// UnknownMechanism: New does not know the name.
	UnknownMechanism
	// NotEncodable: the mechanism cannot send a credential, because it contains NUL, is
	// too long, or has characters outside the mechanism's charset.
	NotEncodable
	// NoIdentity: the mechanism cannot send an authorization identity.
	NoIdentity
	// NoBinding: a -PLUS mechanism cannot be used, because the connection provides no
	// channel binding.
	NoBinding
	// BadChallenge: the server's challenge violates the mechanism's rules, or asks for
	// less security than the client accepts.
	BadChallenge
	// BadServerProof: the server did not prove that it knows the password.
	BadServerProof
	// ServerError: the server reported a failure in a message of the mechanism.
	ServerError
	// Forbidden: FIPS 140-only mode does not permit the algorithms of the mechanism, or
	// requires a longer password.
	Forbidden
	// Stopped: the computation was canceled (ErrCanceled).
	Stopped
)

// Error is a failure inside a mechanism. A negative reply of the server to AUTH is not an
// Error. The text of an Error never contains a secret.
type Error struct {
	Mechanism string // IANA name
	Reason    Reason
	Detail    string // what is wrong; texts from the server are shortened and escaped
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

// TryNext reports whether the client can safely try another mechanism on this connection. It
// returns false after a wrong server proof or a bad challenge, because an attacker could
// otherwise make the client send the password in a weaker form.
func (e *Error) TryNext() bool {
	switch e.Reason {
	case UnknownMechanism, NotEncodable, NoIdentity, NoBinding, Forbidden:
		return true
	}
	return false
}

func fail(mechanism string, r Reason, detail string) *Error {
	return &Error{Mechanism: mechanism, Reason: r, Detail: detail}
}

// badChallenge returns the error for an invalid challenge.
func badChallenge(mechanism, detail string) *Error {
	return fail(mechanism, BadChallenge, "the server's challenge is not valid: "+detail)
}
