// SPDX-License-Identifier: MIT

package smtptest

import (
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strings"
)

// digestVerifier verifies DIGEST-MD5 (RFC 2831). It supports only the qop "auth".
type digestVerifier struct {
	known  accounts
	host   string
	user   string
	nonce  string
	proved bool // whether the client's response was right; the response to rspauth must follow
}

func (v *digestVerifier) login() string { return v.user }

func (v *digestVerifier) first() []byte {
	v.nonce = rand.Text()
	return fmt.Appendf(nil, `realm="%s",nonce="%s",qop="auth",charset=utf-8,algorithm=md5-sess`, v.host, v.nonce)
}

func (v *digestVerifier) next(response []byte) ([]byte, bool, error) {
	if v.proved {
		if len(response) > 0 {
			return nil, true, errMalformed
		}
		return nil, true, nil
	}
	d, err := parseDirectives(string(response))
	if err != nil || v.nonce == "" {
		return nil, true, errMalformed
	}
	for _, name := range []string{"username", "cnonce", "digest-uri", "response"} {
		if d[name] == "" {
			return nil, true, errMalformed
		}
	}
	if d["nonce"] != v.nonce || d["nc"] != "00000001" || !strings.HasPrefix(d["digest-uri"], "smtp/") {
		return nil, true, errMalformed
	}
	if qop, given := d["qop"]; given && qop != "auth" {
		return nil, true, errMalformed
	}
	v.user = d["username"]
	password, ok := v.known.passwords[v.user]
	if !ok || d["response"] != digest("AUTHENTICATE", password, d) {
		return nil, true, errCredentials
	}
	v.proved = true
	return []byte("rspauth=" + digest("", password, d)), false, nil
}

// digest returns the response-value for the directives d (RFC 2831, section 2.1.2.1). method is
// the beginning of A2: "AUTHENTICATE", or "" for rspauth.
func digest(method, password string, d map[string]string) string {
	user, realm := d["username"], d["realm"]
	if d["charset"] != "utf-8" {
		password = latin1(password) // the client must use the same charset for user and realm
	}
	secret := md5.Sum([]byte(user + ":" + realm + ":" + password))
	a1 := string(secret[:]) + ":" + d["nonce"] + ":" + d["cnonce"]
	if authz, given := d["authzid"]; given {
		a1 += ":" + authz
	}
	a2 := method + ":" + d["digest-uri"]
	return hashed(hashed(a1) + ":" + d["nonce"] + ":" + d["nc"] + ":" + d["cnonce"] + ":auth:" + hashed(a2))
}

func hashed(text string) string {
	sum := md5.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// latin1 converts text to ISO 8859-1. If that is not possible, it returns text
// unchanged.
func latin1(text string) string {
	var out []byte
	for _, r := range text {
		if r > 0xFF {
			return text
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// parseDirectives parses name=value pairs separated by commas. Values can be quoted. If a name
// occurs twice, parseDirectives returns an error.
func parseDirectives(text string) (map[string]string, error) {
	d := map[string]string{}
	for text = strings.TrimLeft(text, ", \t"); text != ""; text = strings.TrimLeft(text, ", \t") {
		name, rest, found := strings.Cut(text, "=")
		if !found {
			return nil, errMalformed
		}
		var value string
		if quoted, is := strings.CutPrefix(rest, `"`); is {
			var b strings.Builder
			i := 0
			for ; i < len(quoted) && quoted[i] != '"'; i++ {
				if quoted[i] == '\\' && i+1 < len(quoted) {
					i++
				}
				b.WriteByte(quoted[i])
			}
			if i >= len(quoted) {
				return nil, errMalformed
			}
			value, text = b.String(), quoted[i+1:]
		} else {
			value, text, _ = strings.Cut(rest, ",")
		}
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := d[name]; twice {
			return nil, errMalformed
		}
		d[name] = value
	}
	return d, nil
}
