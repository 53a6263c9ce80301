// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"strings"
)

// controlAt finds the first octet of s that may not stand in a header: a
// control character other than TAB (RFC 5322, section 2.2). One of them is
// how a field, or a command, is smuggled in.
func controlAt(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return i
		}
	}
	return -1
}

// noControls refuses control characters in a header value.
func noControls(field FieldName, s string) error {
	i := controlAt(s)
	if i < 0 {
		return nil
	}
	what := fmt.Sprintf("control character 0x%02x", s[i])
	switch s[i] {
	case '\r':
		what = "carriage return"
	case '\n':
		what = "line feed"
	case 0:
		what = "NUL"
	}
	return invalid(field, s, fmt.Sprintf("has a %s at octet %d; take it out", what, i+1), nil)
}

// oneLine decodes a header value and checks it.
func (c *charset) oneLine(field FieldName, s string) (string, *charset, error) {
	u, as, err := c.decode(field, s)
	if err != nil {
		return "", nil, err
	}
	if err := noControls(field, u); err != nil {
		return "", nil, err
	}
	return u, as, noHidden(field, s, u)
}

// noHidden refuses control characters in the encoded words of u, which was
// given as s.
func noHidden(field FieldName, s, u string) error {
	if c := hiddenControl(u, false); c >= 0 {
		return invalid(field, s, fmt.Sprintf("has the control character 0x%02x in its encoded words; take it out", c), nil)
	}
	return nil
}

// freeText is oneLine for text that may be encoded words already. Those that
// no line can hold are decoded, so that they can be encoded anew; what comes
// out is checked again.
func (c *charset) freeText(field FieldName, s string) (string, *charset, error) {
	u, as, err := c.oneLine(field, s)
	if err != nil || !alreadyEncoded(u) || !longToken(u, longest-2) {
		return u, as, err
	}
	plain, err := decodeWords(u)
	if err != nil || strings.Contains(plain, "=?") {
		return "", nil, invalid(field, s, "has an encoded word of more than 996 octets that cannot be encoded anew; give the text itself", err)
	}
	plain = strings.TrimRight(plain, "\r\n") // of what was encoded line by line
	if err := noControls(field, plain); err != nil {
		return "", nil, err
	}
	return plain, utf8Charset, nil
}

// isAtext is RFC 5322, section 3.2.3, and RFC 6532 for what is not ASCII.
func isAtext(c byte) bool {
	if isAlnum(c) || c >= 0x80 {
		return true
	}
	switch c {
	case '!', '#', '$', '%', '&', '\'', '*', '+', '-', '/', '=', '?', '^', '_', '`', '{', '|', '}', '~':
		return true
	}
	return false
}

// isToken is RFC 2045, section 5.1.
func isToken(c byte) bool {
	if c <= ' ' || c >= 0x7f {
		return false
	}
	switch c {
	case '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=':
		return false
	}
	return true
}

func allOf[S string | []byte](s S, ok func(byte) bool) bool {
	for i := 0; i < len(s); i++ {
		if !ok(s[i]) {
			return false
		}
	}
	return len(s) > 0
}
