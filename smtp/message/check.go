// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"strings"

	"csmtp/smtp/internal/text"
)

// noControls returns an error if a header value contains a control character.
func noControls(field FieldName, s string) error {
	i := controlAt(s)
	if i < 0 {
		return nil
	}
	return invalid(field, s, fmt.Sprintf("has a %s at octet %d; remove it", text.ControlName(s[i]), i+1), nil)
}

// oneLine decodes a header value. It returns an error if the value contains a control
// character.
func (c *charset) oneLine(field FieldName, s string) (string, *charset, error) {
	return c.checked(c.decode, field, s)
}

// guessed decodes a header value as oneLine does, but also accepts a value whose charset is
// not known: see read.
func (c *charset) guessed(field FieldName, s string) (string, *charset, error) {
	return c.checked(c.read, field, s)
}

func (c *charset) checked(decode func(FieldName, string) (string, *charset, error), field FieldName, s string) (string, *charset, error) {
	u, as, err := decode(field, s)
	if err != nil {
		return "", nil, err
	}
	if err := noControls(field, u); err != nil {
		return "", nil, err
	}
	return u, as, noHidden(field, s, u)
}

// noHidden returns an error if the encoded words of u contain a control character. The
// error shows s, the value from which u was decoded.
func noHidden(field FieldName, s, u string) error {
	if c := hiddenControl(u, false); c >= 0 {
		return invalid(field, s, fmt.Sprintf("has the control character 0x%02x in its encoded words; remove it", c), nil)
	}
	return nil
}

// blanks replaces control characters with spaces. It keeps TAB, which is allowed. It also keeps
// CR, LF and NUL, because a later check refuses them.
func blanks(s string) string {
	if controlAt(s) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if (r < ' ' || r == 0x7f) && !strings.ContainsRune("\t\r\n\x00", r) {
			return ' '
		}
		return r
	}, s)
}

// freeText decodes a value that can consist of encoded words, such as a subject or a name. It
// accepts the values that 'guessed' accepts. If c is lenient, freeText replaces
// control characters with spaces.
func (c *charset) freeText(field FieldName, s string) (string, *charset, error) {
	u, as, err := c.checked(func(field FieldName, s string) (string, *charset, error) {
		u, as, err := c.read(field, s)
		if err == nil && c.lenient {
			u, as = plainer(blanks(u), as)
		}
		return u, as, err
	}, field, s)
	if err != nil || !alreadyEncoded(u) || !longToken(u, longest-2) {
		return u, as, err
	}
	return c.recode(field, s, u)
}

// plainer decodes u if its encoded words contain control characters, and replaces these
// characters with spaces. It returns u unchanged if its encoded words contain no control
// characters, or contain one that a later check must refuse.
func plainer(u string, as *charset) (string, *charset) {
	if hiddenControl(u, false) < 0 || hidesAny(u, "\r\n\x00") {
		return u, as
	}
	plain, err := decodeWords(u)
	plain = blanks(strings.TrimRight(plain, "\r\n"))
	if err != nil || controlAt(plain) >= 0 || strings.Contains(plain, "=?") {
		return u, as
	}
	return plain, utf8Charset
}

// recode decodes u, which contains an encoded word that is too long for a line. The caller then
// encodes the text again. s is the value from which u was made; errors show it.
func (c *charset) recode(field FieldName, s, u string) (string, *charset, error) {
	plain, err := decodeWords(u)
	if err != nil || strings.Contains(plain, "=?") {
		return "", nil, invalid(field, s, "has an encoded word of more than 996 octets that cannot be encoded again; set the text without encoding it", err)
	}
	plain = strings.TrimRight(plain, "\r\n") // in a shell, `echo text | base64` also encodes the line end
	if err := noControls(field, plain); err != nil {
		return "", nil, err
	}
	return plain, utf8Charset, nil
}
