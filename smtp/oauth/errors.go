// SPDX-License-Identifier: MIT

package oauth

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"csmtp/smtp/internal/text"
	"csmtp/smtp/secret"
)

// Error is a failed request for a token. It never contains a secret.
type Error struct {
	Endpoint    string // the URL without its query, or "the token file" and its path
	Status      int    // HTTP status; 0: there was no response
	Code        string // such as "invalid_grant" (RFC 6749, section 5.2); "" if there is none
	Description string // the server's text, shortened to 500 characters; "" if there is none
	Hint        string // what to do; "" if that is not known
	Err         error  // the cause of the failure; nil if the server sent an error response

	later bool // whether the failure is temporary although Status and Code do not say so
}

func (e *Error) Error() string {
	s := "no access token from " + e.Endpoint
	sep := ": "
	add := func(part string) {
		if part != "" {
			s += sep + part
			sep = ": "
		}
	}
	if e.Status != 0 && e.Status != 200 {
		add("HTTP status " + strconv.Itoa(e.Status))
	}
	add(e.Code)
	add(e.Description)
	if e.Err != nil {
		add(e.Err.Error())
	}
	if e.Hint != "" {
		s += " (" + e.Hint + ")"
	}
	return s
}

func (e *Error) Unwrap() error { return e.Err }

// Timeout reports whether the request timed out.
func (e *Error) Timeout() bool {
	var n net.Error
	return errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &n) && n.Timeout()
}

// Temporary reports whether the same request can succeed later.
func (e *Error) Temporary() bool {
	return e.Status >= 500 || e.Status == 429 || e.later || slices.Contains(temporaryCodes, e.Code) || e.Timeout() || connectionLost(e.Err)
}

// temporaryCodes contains the error codes that mean a temporary failure, whatever the HTTP
// status is (RFC 6749, section 4.1.2.1).
var temporaryCodes = []string{"server_error", "temporarily_unavailable"}

// plainError is the error for a request without TLS to an address at which only https is
// allowed. The field 'allowed' says at which addresses http is allowed.
type plainError struct{ allowed string }

func (e *plainError) Error() string {
	return "the endpoint is http and its address is not " + e.allowed
}

// connectionLost reports whether the connection could not be made or was lost. It returns
// false if the TLS handshake failed or if the dialer refused the address.
func connectionLost(err error) bool {
	var plain *plainError
	if errors.As(err, &plain) {
		return false
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true
	}
	var op *net.OpError
	for errors.As(err, &op) {
		switch op.Op {
		case "dial", "read", "write":
			return true
		}
		err = op.Err
	}
	return false
}

// secrets returns the secrets that must be hidden in texts from the server and the proxy,
// because these texts can quote the request.
func (c *Config) secrets(refresh string) *secret.Set {
	set := &secret.Set{}
	set.Add(c.ClientSecret, c.RefreshToken, refresh)
	addPassword(set, c.Proxy)
	return set
}

// addPassword adds the password in the URL of a proxy.
func addPassword(set *secret.Set, proxy string) {
	if u, err := url.Parse(proxy); err == nil && u.User != nil {
		password, _ := u.User.Password()
		set.Add(password)
	}
}

const (
	// maxHidden is the number of octets at the beginning of a text that are searched for
	// secrets. Searching 1 MiB takes a second.
	maxHidden = 16 << 10
	// If a text was cut, its last maxPiece octets are also removed: they can be the
	// beginning of a secret, and so short a piece of a secret would not be recognized.
	maxPiece = 256
)

// clean returns a text from the server in the form in which an error can show it: without
// secrets, and as one line. It replaces the characters after the first 'max' with "...".
func clean(secrets *secret.Set, s string, max int) string {
	if len(s) > maxHidden {
		s = secrets.Hide(s[:maxHidden])
		s = s[:len(s)-min(len(s), maxPiece)] + "..."
		return strings.TrimSpace(text.Bounded(lineEnds.Replace(s), max))
	}
	return strings.TrimSpace(text.Bounded(lineEnds.Replace(secrets.Hide(s)), max))
}

var lineEnds = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ")

// cleanError is a network error whose text contains no secret.
type cleanError struct {
	text string
	err  error
}

func (e *cleanError) Error() string { return e.text }
func (e *cleanError) Unwrap() error { return e.err }
