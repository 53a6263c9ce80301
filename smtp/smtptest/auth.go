// SPDX-License-Identifier: MIT

package smtptest

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
)

// Mechanisms lists the SASL mechanisms that the servers of this package support, the
// strongest first. The -PLUS mechanisms need TLS, and EXTERNAL needs a client certificate that
// Authority has issued.
var Mechanisms = []string{
	"SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1",
	"OAUTHBEARER", "XOAUTH2", "CRAM-MD5", "DIGEST-MD5", "PLAIN", "LOGIN", "EXTERNAL",
}

func knownMechanism(name string) bool { return slices.Contains(Mechanisms, name) }

var (
	errCredentials = errors.New("wrong login, password or token")
	errMalformed   = errors.New("the response does not follow the mechanism")
	errBase64      = errors.New("the response is not base64")
	errCanceled    = errors.New("the client canceled the exchange")
)

// accounts contains the secrets of the users whose logins are accepted.
type accounts struct {
	passwords map[string]string
	tokens    map[string]string // bearer tokens by login
}

// verifier is the server side of a mechanism, for one login.
type verifier interface {
	// first returns the first challenge. It is called if the client has sent no initial
	// response.
	first() []byte
	// next checks a response and returns the next challenge. done is true if the exchange
	// is complete; login then returns the authenticated user.
	next(response []byte) (challenge []byte, done bool, err error)
	login() string
}

// exchange performs the exchange of challenges and responses after an AUTH command (RFC 4954,
// section 4). The caller sends the final reply.
func exchange(v verifier, initial string, say func(challenge string) error, hear func() (string, error)) error {
	var response []byte
	var err error
	switch {
	case initial == "":
		response, err = challenge(v.first(), say, hear)
	case initial == "=":
	default:
		response, err = decode(initial)
	}
	for err == nil {
		var text []byte
		var done bool
		text, done, err = v.next(response)
		if done || err != nil {
			return err
		}
		response, err = challenge(text, say, hear)
	}
	return err
}

func challenge(text []byte, say func(string) error, hear func() (string, error)) ([]byte, error) {
	if err := say("334 " + base64.StdEncoding.EncodeToString(text)); err != nil {
		return nil, err
	}
	line, err := hear()
	if err != nil {
		return nil, err
	}
	if line == "*" {
		return nil, errCanceled
	}
	return decode(line)
}

func decode(text string) ([]byte, error) {
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, errBase64
	}
	return data, nil
}

// splitAuth parses "AUTH mechanism [initial-response]".
func splitAuth(line string) (mechanism, initial string, ok bool) {
	words := strings.Split(line, " ")
	if len(words) < 2 || len(words) > 3 || !strings.EqualFold(words[0], "AUTH") {
		return "", "", false
	}
	if len(words) == 3 {
		initial = words[2]
	}
	return strings.ToUpper(words[1]), initial, len(words) == 2 || initial != ""
}
