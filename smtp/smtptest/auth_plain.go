// SPDX-License-Identifier: MIT

package smtptest

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// plainVerifier verifies PLAIN (RFC 4616).
type plainVerifier struct {
	known accounts
	user  string
}

func (v *plainVerifier) first() []byte { return nil }
func (v *plainVerifier) login() string { return v.user }

func (v *plainVerifier) next(response []byte) ([]byte, bool, error) {
	parts := bytes.Split(response, []byte{0})
	if len(parts) != 3 || len(parts[1]) == 0 {
		return nil, true, errMalformed
	}
	v.user = string(parts[1])
	// No user is allowed to act as another user.
	if authz := string(parts[0]); authz != "" && authz != v.user {
		return nil, true, errCredentials
	}
	return nil, true, v.known.check(v.user, string(parts[2]))
}

func (a accounts) check(login, password string) error {
	if known, ok := a.passwords[login]; !ok || known != password {
		return errCredentials
	}
	return nil
}

// loginVerifier verifies LOGIN, which no RFC defines. The client can send the login as its
// initial response.
type loginVerifier struct {
	known accounts
	user  string
	asked bool
}

func (v *loginVerifier) first() []byte { return []byte("Username:") }
func (v *loginVerifier) login() string { return v.user }

func (v *loginVerifier) next(response []byte) ([]byte, bool, error) {
	if !v.asked {
		v.asked, v.user = true, string(response)
		return []byte("Password:"), false, nil
	}
	return nil, true, v.known.check(v.user, string(response))
}

// cramVerifier verifies CRAM-MD5 (RFC 2195).
type cramVerifier struct {
	known     accounts
	host      string
	user      string
	challenge []byte
}

func (v *cramVerifier) login() string { return v.user }

func (v *cramVerifier) first() []byte {
	v.challenge = fmt.Appendf(nil, "<%s@%s>", rand.Text(), v.host)
	return v.challenge
}

func (v *cramVerifier) next(response []byte) ([]byte, bool, error) {
	space := strings.LastIndexByte(string(response), ' ')
	if v.challenge == nil || space < 1 {
		return nil, true, errMalformed
	}
	v.user = string(response[:space])
	password, ok := v.known.passwords[v.user]
	mac := hmac.New(md5.New, []byte(password))
	mac.Write(v.challenge)
	if !ok || hex.EncodeToString(mac.Sum(nil)) != string(response[space+1:]) {
		return nil, true, errCredentials
	}
	return nil, true, nil
}
