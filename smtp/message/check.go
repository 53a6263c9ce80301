// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"strings"
)

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
	return invalid(field, s, fmt.Sprintf("has a %s at octet %d; remove it", what, i+1), nil)
}

// oneLine decodes a header value and refuses control characters.
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

// noHidden refuses control characters in the encoded words of u. The error shows s,
// the value before decoding.
func noHidden(field FieldName, s, u string) error {
	if c := hiddenControl(u, false); c >= 0 {
		return invalid(field, s, fmt.Sprintf("has the control character 0x%02x in its encoded words; remove it", c), nil)
	}
	return nil
}

// freeText is oneLine for text that may consist of encoded words. If one is longer
// than a line, freeText decodes all of them, so that they can be encoded again, and
// checks the result.
func (c *charset) freeText(field FieldName, s string) (string, *charset, error) {
	u, as, err := c.oneLine(field, s)
	if err != nil || !alreadyEncoded(u) || !longToken(u, longest-2) {
		return u, as, err
	}
	plain, err := decodeWords(u)
	if err != nil || strings.Contains(plain, "=?") {
		return "", nil, invalid(field, s, "has an encoded word of more than 996 octets that cannot be encoded again; set the text itself", err)
	}
	plain = strings.TrimRight(plain, "\r\n") // a shell script such as `echo text | base64` also encodes the line end
	if err := noControls(field, plain); err != nil {
		return "", nil, err
	}
	return plain, utf8Charset, nil
}
