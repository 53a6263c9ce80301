// SPDX-License-Identifier: MIT

package message

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// unknownCharset is the charset of text whose real charset is not known (RFC 1428). It maps
// the octets above 127 to private-use characters, and these back to octets.
var unknownCharset = &charset{name: "unknown-8bit", enc: charmap.XUserDefined, ascii: true, carried: true}

// guess chooses the charset of text that is not UTF-8 if the program has not set a charset.
type guess struct {
	locale *charset // the charset that Options.Locale names; nil if Locale names no charset that can be used
	notes  []Note   // what the method charset.read has guessed, without duplicates
}

// Note says that the text of a field is not UTF-8, and that the program has set no charset. It
// contains the name of the field and the charset in which the text is sent.
type Note struct {
	Field   FieldName
	Charset string
}

func (n Note) String() string {
	if n.Charset == unknownCharset.name {
		return fmt.Sprintf("%s: the text is not UTF-8, and no charset is set; it is sent as unknown-8bit", n.Field)
	}
	return fmt.Sprintf("%s: the text is not UTF-8, and no charset is set; it is sent in the charset of the locale, %s", n.Field, n.Charset)
}

// reader returns the charset from which the texts of m are decoded.
func (m *Message) reader(o *Options, w *workspace) (*charset, error) {
	name := m.Charset
	if o.Charset != "" {
		name = o.Charset
	}
	known, err := lookupCharset(name)
	if err != nil || o.Strict {
		return known, err
	}
	c := &w.charset
	*c = *known
	c.lenient = true
	if known == asciiCharset {
		c.guess = &w.guess
		if locale, err := lookupCharset(o.Locale); err == nil && o.Locale != "" && locale.ascii {
			c.guess.locale = locale
		}
	}
	return c, nil
}

// read decodes text as decode does. But if the program has not set a charset, read guesses the
// charset of text that is not UTF-8. It is not used for addresses, or for text that programs
// interpret, such as a calendar.
func (c *charset) read(field FieldName, s string) (string, *charset, error) {
	u, as, err := c.decode(field, s)
	if err == nil || c.guess == nil {
		return u, as, err
	}
	as = unknownCharset
	if locale := c.guess.locale; locale != nil {
		if u, as, err = locale.decode(field, s); err != nil {
			as = unknownCharset
		}
	}
	if as == unknownCharset {
		if u, err = unknownCharset.enc.NewDecoder().String(s); err != nil {
			return "", nil, c.misfit(field, s)
		}
	}
	if note := (Note{field, as.name}); !slices.Contains(c.guess.notes, note) {
		c.guess.notes = append(c.guess.notes, note)
	}
	return u, as, nil
}

// knownAddresses returns an error if an address of a list is not UTF-8 and the program has
// not set a charset. If the charset were guessed and the guess were wrong, the mail could
// reach somebody else.
func (c *charset) knownAddresses(field FieldName, list string) error {
	if c.guess == nil || utf8.ValidString(list) {
		return nil
	}
	entries, err := parseAddressList(list)
	if err != nil {
		return invalid(field, list, err.Error(), err)
	}
	for i := range entries {
		for _, addr := range entries[i].addresses(nil) {
			if !utf8.ValidString(addr) {
				return c.misfit(field, addr)
			}
		}
	}
	return nil
}

// notes returns what the method read has guessed: one Note for each field and each charset
// that was guessed for it.
func (c *charset) notes() []Note {
	if c.guess == nil {
		return nil
	}
	return c.guess.notes
}
