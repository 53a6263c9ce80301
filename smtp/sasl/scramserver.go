// SPDX-License-Identifier: MIT

package sasl

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// serverFirst is a server-first-message (RFC 5802, section 7).
type serverFirst struct {
	nonce       string
	salt        []byte
	iterations  int
	serverError string
}

// parseServerFirst parses a server-first-message. The nonce in the message must begin with the
// client's nonce, the parameter 'ours'. The order of the attributes is fixed. If the message is
// not valid, the result 'wrong' says why.
func parseServerFirst(s, ours string) (f serverFirst, wrong string) {
	if e, ok := strings.CutPrefix(s, "e="); ok {
		e, _, _ = strings.Cut(e, ",")
		return serverFirst{serverError: e}, ""
	}
	if strings.HasPrefix(s, "m=") {
		return f, "it requires an unknown extension"
	}
	parts := strings.SplitN(s, ",", 4)
	values := make([]string, 3)
	for i, a := range []string{"r=nonce", "s=salt", "i=iteration count"} {
		if i < len(parts) {
			if v, ok := strings.CutPrefix(parts[i], a[:2]); ok {
				values[i] = v
				continue
			}
		}
		return f, "the " + a[2:] + " is missing"
	}
	if len(parts) == 4 {
		if wrong := checkExtensions(parts[3], "rsi"); wrong != "" {
			return f, wrong
		}
	}
	f.nonce = values[0]
	if !strings.HasPrefix(f.nonce, ours) || len(f.nonce) == len(ours) {
		return f, "its nonce does not begin with the client's nonce"
	}
	if strings.IndexFunc(f.nonce, func(r rune) bool { return r <= ' ' || r >= 0x7f }) >= 0 {
		return f, "its nonce has characters that are not allowed"
	}
	var err error
	if f.salt, err = base64.StdEncoding.Strict().DecodeString(values[1]); err != nil || len(f.salt) == 0 {
		return f, "the salt is empty or not base64"
	}
	// DecodeString ignores line ends, but RFC 5802 does not allow them.
	if strings.ContainsAny(values[1], "\r\n") {
		return f, "the salt is empty or not base64"
	}
	if values[2] == "" || values[2][0] < '0' || values[2][0] > '9' {
		return f, "the iteration count is not a number"
	}
	if f.iterations, err = strconv.Atoi(values[2]); err != nil {
		return f, "the iteration count is not a number, or is too large"
	}
	return f, ""
}

// checkExtensions checks s, the attributes after the known ones. Optional extensions are
// ignored. For a mandatory extension (m=), a second value for one of the known attributes, or
// text that is not an attribute, it returns a text that says what is wrong.
func checkExtensions(s, known string) (wrong string) {
	if s == "" {
		return ""
	}
	for _, a := range strings.Split(s, ",") {
		switch {
		case len(a) < 3 || a[1] != '=' || (a[0]|0x20) < 'a' || (a[0]|0x20) > 'z':
			return "it has an attribute that is not letter=value"
		case a[0] == 'm':
			return "it requires an unknown extension"
		case strings.IndexByte(known, a[0]) >= 0:
			return "the attribute " + a[:1] + " occurs twice"
		}
	}
	return ""
}
