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
	// MaxResponse is the longest response, in octets before base64, that a
	// mechanism gives: base64 makes it 12,000, which with the command before it
	// stays below the 12,288 octets of RFC 4954, section 4.
	MaxResponse = 9000
	// MaxChallenge is the longest challenge, in octets after base64, that a
	// mechanism looks at.
	MaxChallenge = 9216
)

// Format keeps password and token out of whatever prints a Credentials.
func (c Credentials) Format(f fmt.State, _ rune) {
	io.WriteString(f, c.String())
}

// String shows who logs in, and only whether the secrets are set.
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

// held is how a mechanism keeps its credentials. fmt follows pointers in
// unexported fields for some verbs, but never looks into a function.
type held func() *Credentials

func hold(c *Credentials) held { return func() *Credentials { return c } }

// Wipe overwrites b. Go strings cannot be overwritten; byte buffers that were
// made from them can, and are.
func Wipe(b []byte) { clear(b) }

// otherIdentity tells whether mail is to be sent as somebody else than Login.
func (c *Credentials) otherIdentity() bool {
	return c.AuthzID != "" && c.AuthzID != c.Login
}

// checkText refuses what no mechanism can carry. NUL separates the fields of
// PLAIN (RFC 4616, section 2) and ends strings inside many servers, so that a
// login with NUL could be taken for another one.
func (c *Credentials) checkText(mechanism string) error {
	for _, f := range []struct{ name, value string }{
		{"login name", c.Login}, {"password", c.Password}, {"authorization identity", c.AuthzID},
	} {
		if strings.IndexByte(f.value, 0) >= 0 {
			return fail(mechanism, NotEncodable, "the "+f.name+" contains a NUL character; remove it")
		}
		if len(f.value) > MaxResponse {
			return fail(mechanism, NotEncodable, fmt.Sprintf("the %s has %d octets, more than an AUTH line holds (%d)",
				f.name, len(f.value), MaxResponse))
		}
	}
	return nil
}

// noOtherIdentity is for mechanisms without a place for an authorization
// identity; leaving it out silently would send as the wrong one.
func (c *Credentials) noOtherIdentity(mechanism string) error {
	if c.otherIdentity() {
		return fail(mechanism, NotEncodable,
			"this mechanism cannot carry an authorization identity; leave it empty or choose PLAIN or SCRAM")
	}
	return nil
}

// bounded checks the length of a finished response.
func bounded(mechanism string, response []byte) ([]byte, error) {
	if len(response) > MaxResponse {
		n := len(response)
		Wipe(response)
		return nil, fail(mechanism, NotEncodable,
			fmt.Sprintf("login and secret make %d octets, more than an AUTH line holds (%d)", n, MaxResponse))
	}
	return response, nil
}

// checkSize refuses an overlong challenge before anything is computed from it.
func checkSize(mechanism string, challenge []byte) error {
	if len(challenge) > MaxChallenge {
		return badChallenge(mechanism, fmt.Sprintf("it has %d octets, more than %d", len(challenge), MaxChallenge))
	}
	return nil
}

// noMore is the answer to a challenge that a mechanism does not have.
func noMore(mechanism string) error {
	return badChallenge(mechanism, "one more came than the mechanism has")
}

// printable makes server text fit for an error.
func printable(s string, max int) string { return text.Bounded(s, max) }
