// SPDX-License-Identifier: MIT

package sasl

import (
	"slices"
	"strings"
)

// directives are the name=value pairs of a DIGEST-MD5 challenge (RFC 2831, section 7.1),
// with the names in lower case.
type directives map[string][]string

// single returns the value of a directive. It returns false unless the directive occurs exactly
// once.
func (d directives) single(name string) (string, bool) {
	if v := d[name]; len(v) == 1 {
		return v[0], true
	}
	return "", false
}

// The list 'once' contains the names of directives that must not occur twice.
var once = []string{"nonce", "qop", "stale", "maxbuf", "charset", "algorithm", "cipher", "rspauth"}

// parseDirectives parses a comma-separated list of directives whose values are tokens or quoted
// strings. If the list is not valid, the result 'wrong' says why.
func parseDirectives(s string) (d directives, wrong string) {
	d = directives{}
	for i := 0; ; {
		// The "#" rule of RFC 2616 allows empty elements in a list.
		for i < len(s) && (isLWS(s[i]) || s[i] == ',') {
			i++
		}
		if i == len(s) {
			return d, ""
		}
		start := i
		for i < len(s) && isToken(s[i]) {
			i++
		}
		name := strings.ToLower(s[start:i])
		i = skipLWS(s, i)
		if name == "" || i == len(s) || s[i] != '=' {
			return nil, "it is not a list of name=value pairs"
		}
		i = skipLWS(s, i+1)
		var value string
		if i < len(s) && s[i] == '"' {
			var ok bool
			if value, i, ok = quotedString(s, i); !ok {
				return nil, "a quoted string in it has no closing quote or contains a control character"
			}
		} else {
			start = i
			for i < len(s) && isToken(s[i]) {
				i++
			}
			if value = s[start:i]; value == "" {
				return nil, "the directive " + printable(name, 20) + " has no value"
			}
		}
		i = skipLWS(s, i)
		if i < len(s) && s[i] != ',' {
			return nil, "a comma is missing after the directive " + printable(name, 20)
		}
		if len(d[name]) > 0 && slices.Contains(once, name) {
			return nil, "the directive " + name + " occurs twice"
		}
		d[name] = append(d[name], value)
	}
}

// quotedString parses the quoted string at s[i]. 'next' is the index after it.
func quotedString(s string, i int) (value string, next int, ok bool) {
	var b strings.Builder
	for i++; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"':
			return b.String(), i + 1, true
		case c == '\\' && i+1 < len(s):
			i++
			c = s[i]
		}
		if c < ' ' && c != '\t' || c == 0x7f {
			return "", i, false
		}
		b.WriteByte(c)
	}
	return "", i, false
}

// quote returns s as a quoted string, with backslashes before quotes and backslashes. Dovecot
// and Cyrus SASL remove these backslashes.
func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func isLWS(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func skipLWS(s string, i int) int {
	for i < len(s) && isLWS(s[i]) {
		i++
	}
	return i
}

// isToken reports whether c is allowed in a token (RFC 2616, section 2.2).
func isToken(c byte) bool {
	return c > ' ' && c < 0x7f && !strings.ContainsRune(`()<>@,;:\"/[]?={}`, rune(c))
}
