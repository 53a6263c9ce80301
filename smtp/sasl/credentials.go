// SPDX-License-Identifier: MIT

package sasl

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"csmtp/smtp/internal/text"
)

const (
	// MaxResponse is the length of the longest response, in octets before base64. A
	// response of this length has 12,000 octets in base64, so that the line with the
	// command is shorter than the limit of 12,288 octets (RFC 4954, section 4).
	MaxResponse = 9000
	// MaxChallenge is the length of the longest challenge that a mechanism accepts, in
	// octets after decoding.
	MaxChallenge = 9216
)

// Format prints the result of String for every verb.
func (c Credentials) Format(f fmt.State, _ rune) {
	io.WriteString(f, c.String())
}

// String returns a text with the identities. It says whether password and token are set, but
// does not show them.
func (c Credentials) String() string {
	s := "sasl.Credentials{Login:" + strconv.Quote(c.Login)
	if c.AuthzID != "" {
		s += " AuthzID:" + strconv.Quote(c.AuthzID)
	}
	if c.Password != "" {
		s += " Password:***"
	}
	if c.Token != nil {
		s += " Token:***"
	}
	return s + "}"
}

// held is a function that returns the credentials of a mechanism. Mechanisms do not contain a
// pointer to them, because package fmt can print the value to which a pointer in an unexported
// field points.
type held func() *Credentials

func hold(c *Credentials) held { return func() *Credentials { return c } }

// Wipe overwrites b with zeros. Mechanisms copy secrets to byte slices for their computations,
// and overwrite these copies afterwards.
func Wipe(b []byte) { clear(b) }

// otherIdentity reports whether the authorization identity differs from Login.
func (c *Credentials) otherIdentity() bool {
	return c.AuthzID != "" && c.AuthzID != c.Login
}

// checkText returns an error for credentials that no mechanism can send, because they
// contain NUL or are too long. NUL separates the fields of PLAIN (RFC 4616, section 2). It also
// ends strings in many servers, which would then read a different login name.
func (c *Credentials) checkText(mechanism string) error {
	for _, f := range []struct{ name, value string }{
		{"login name", c.Login}, {"password", c.Password}, {"authorization identity", c.AuthzID},
	} {
		if strings.IndexByte(f.value, 0) >= 0 {
			return fail(mechanism, NotEncodable, "the "+f.name+" contains a NUL character; remove it")
		}
		if len(f.value) > MaxResponse {
			return fail(mechanism, NotEncodable, fmt.Sprintf("the %s has %d octets, too many for an AUTH line (at most %d)",
				f.name, len(f.value), MaxResponse))
		}
	}
	return nil
}

// noOtherIdentity returns an error if an authorization identity other than the login is set.
// Mechanisms that cannot send an authorization identity call noOtherIdentity: if they ignored
// the identity, the mail would be sent with the wrong one.
func (c *Credentials) noOtherIdentity(mechanism string) error {
	if c.otherIdentity() {
		return fail(mechanism, NoIdentity,
			"this mechanism cannot send an authorization identity; leave it empty or use PLAIN or SCRAM")
	}
	return nil
}

// bounded returns response, or an error if response is too long.
func bounded(mechanism string, response []byte) ([]byte, error) {
	if len(response) > MaxResponse {
		n := len(response)
		Wipe(response)
		return nil, fail(mechanism, NotEncodable,
			fmt.Sprintf("login and secret have %d octets, too many for an AUTH line (at most %d)", n, MaxResponse))
	}
	return response, nil
}

// checkSize returns an error if a challenge is too long.
func checkSize(mechanism string, challenge []byte) error {
	if len(challenge) > MaxChallenge {
		return badChallenge(mechanism, fmt.Sprintf("it has %d octets; the limit is %d", len(challenge), MaxChallenge))
	}
	return nil
}

// noMore returns the error for a challenge after the last one that the mechanism expects.
func noMore(mechanism string) error {
	return badChallenge(mechanism, "the mechanism expects no further challenge")
}

// printable makes a text from the server safe to show in an error. It returns at most the first
// 'max' characters, with control characters escaped.
func printable(s string, max int) string { return text.Bounded(s, max) }
