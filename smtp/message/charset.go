// SPDX-License-Identifier: MIT

package message

import (
	"strings"
	"unicode/utf8"

	"csmtp/smtp/internal/text"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// charset is the charset of the program's texts. Its methods decode text, and decide
// whether the text is sent in this charset or in UTF-8.
type charset struct {
	name    string              // value of the charset parameter
	enc     encoding.Encoding   // nil: UTF-8
	ascii   bool                // octets below 128 are always ASCII
	carried bool                // whether mail programs support the charset; if not, text is sent as UTF-8
	strict  func(b []byte) bool // if not nil: reports whether mail programs can decode a text with the label 'name'
	wider   string              // the label for text for which strict returns false; "": UTF-8

	lenient bool   // whether control characters in free text are replaced; see the function blanks
	guess   *guess // decodes text with octets above 127 that is not UTF-8; nil: such text is refused
}

var utf8Charset = &charset{name: "UTF-8", ascii: true, carried: true}

// asciiCharset is US-ASCII. Text with octets above 127 is read as UTF-8.
var asciiCharset = &charset{name: "US-ASCII", ascii: true, carried: true}

// CheckCharset returns an error if name is not a known charset.
func CheckCharset(name string) error {
	_, err := lookupCharset(name)
	return err
}

func lookupCharset(name string) (*charset, error) {
	key := strings.ToLower(strings.TrimSpace(name))
	switch key {
	case "", "us-ascii", "ascii":
		return asciiCharset, nil
	case "utf-8", "utf8":
		return utf8Charset, nil
	}
	switch label := charsetLabel(key); label {
	case "":
		return nil, invalid(FieldCharset, name, "is not a known charset; use UTF-8 or another name from IANA's list of charsets", nil)
	case "-":
		return nil, invalid(FieldCharset, name, "is not a charset for mail; use UTF-8", nil)
	case asciiCharset.name:
		return asciiCharset, nil
	case utf8Charset.name:
		return utf8Charset, nil
	default:
		c := &charset{name: label, enc: encodingOf(label)}
		c.carry(key)
		return c, nil
	}
}

// carry sets the fields ascii, carried, strict and wider, and changes c.name for two charsets.
// carried stays false, and text is sent as UTF-8, if the charset has shift states, is not a
// superset of ASCII, or is not used in mail, as IBM850 and windows-874.
func (c *charset) carry(key string) {
	switch l := c.name; {
	case key == "gb2312", key == "csgb2312":
		c.name, c.strict, c.wider = "GB2312", eucRows(0xa1, 0xf7), "GBK"
	case key == "tis-620", key == "iso-8859-11":
		c.name = "TIS-620"
		c.strict = func(b []byte) bool { return !anyBetween(b, 0x80, 0xa0) }
	case l == "EUC-KR":
		c.strict = eucRows(0xa1, 0xfd)
	case l == "Shift_JIS":
		c.strict = shiftJIS
	case l == "Big5":
		c.strict = big5
	case l == "GBK", l == "GB18030", l == "EUC-JP", l == "KOI8-R", l == "KOI8-U",
		strings.HasPrefix(l, "ISO-8859-"), strings.HasPrefix(l, "windows-125"):
	default:
		c.ascii = strings.HasPrefix(l, "windows-") || strings.HasPrefix(l, "IBM8") || l == "IBM437" || l == "macintosh"
		return
	}
	c.ascii, c.carried = true, true
}

// Decoder returns a function that converts text of the charset to UTF-8, and reports
// whether it has succeeded. The function fails for text that is not valid in the charset,
// and for every text if the charset is not a superset of ASCII. Decoder returns an error if
// the charset is not known.
func Decoder(charset string) (func(text string) (string, bool), error) {
	c, err := lookupCharset(charset)
	if err != nil {
		return nil, err
	}
	return func(s string) (string, bool) {
		if !c.ascii {
			return "", false
		}
		u, _, err := c.decode(FieldCharset, s)
		return u, err == nil
	}, nil
}

// decode returns s in UTF-8, and the charset in which to send it. Text that is not valid
// in the program's charset is read as UTF-8 if it is valid UTF-8.
func (c *charset) decode(field FieldName, s string) (string, *charset, error) {
	if c.ascii && text.IsASCII(s) {
		return s, c, nil
	}
	if c.enc == nil {
		if utf8.ValidString(s) {
			return s, utf8Charset, nil
		}
		return "", nil, c.misfit(field, s)
	}
	enc, as := c.enc, c
	if enc == charmap.ISO8859_1 && anyBetween([]byte(s), 0x80, 0x9f) {
		// These octets are control characters in ISO-8859-1, so the text is probably
		// UTF-8 or windows-1252.
		if utf8.ValidString(s) {
			return s, utf8Charset, nil
		}
		enc, as = charmap.Windows1252, windows1252
	}
	u, err := enc.NewDecoder().String(s)
	if err != nil || strings.ContainsRune(u, utf8.RuneError) {
		if utf8.ValidString(s) {
			return s, utf8Charset, nil
		}
		return "", nil, c.misfit(field, s)
	}
	switch {
	case !c.carried:
		as = utf8Charset
	case as.strict != nil && !as.strict([]byte(s)):
		if utf8.ValidString(s) {
			return s, utf8Charset, nil
		}
		if as.wider == "" {
			return u, utf8Charset, nil
		}
		as = &charset{name: as.wider, enc: as.enc, ascii: true, carried: true}
	}
	return u, as, nil
}

var windows1252 = &charset{name: "windows-1252", enc: charmap.Windows1252, ascii: true, carried: true}

func (c *charset) misfit(field FieldName, s string) error {
	if c.name == asciiCharset.name {
		return invalid(field, s, "has octets above 127 that are not UTF-8; set their charset with", nil).use(FieldCharset)
	}
	return invalid(field, s, "is neither "+c.name+" nor UTF-8; set its charset with", nil).use(FieldCharset)
}

// body returns the text b in the charset in which to send it, and the name of this charset.
// b has CRLF line ends.
func (c *charset) body(field FieldName, b []byte) ([]byte, string, error) {
	if c.ascii && text.IsASCII(b) {
		return b, c.name, nil
	}
	if c.enc == nil && utf8.Valid(b) {
		return b, utf8Charset.name, nil
	}
	u, as, err := c.read(field, string(b))
	if err != nil {
		return nil, "", err
	}
	if as.enc == nil {
		return []byte(u), as.name, nil
	}
	return b, as.name, nil
}

// readable returns the lines in a charset in which line ends can be found without decoding. If
// the program's charset is a superset of ASCII, readable returns the lines unchanged, and
// otherwise in UTF-8. It also returns the charset of the result.
func (c *charset) readable(field FieldName, lines []string) ([]string, *charset, error) {
	if c.ascii {
		return lines, c, nil
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		u, _, err := c.decode(field, l)
		if err != nil {
			return nil, nil, err
		}
		out[i] = u
	}
	return out, utf8Charset, nil
}

func anyBetween(b []byte, low, high byte) bool {
	for _, x := range b {
		if low <= x && x <= high {
			return true
		}
	}
	return false
}

// eucRows returns a function that reports whether every two-octet character of a text is in the
// table of 94 by 94 characters of the charset's original standard, and not in a vendor's
// extension of it. The parameters 'low' and 'high' are the lead octets of the first and the
// last row of this table.
func eucRows(low, high byte) func([]byte) bool {
	return pairs(func(lead, trail byte) bool { return low <= lead && lead <= high && trail >= 0xa1 })
}

// shiftJIS reports whether every character of b is in ASCII, in the single-octet katakana of
// JIS X 0201, or in JIS X 0208.
func shiftJIS(b []byte) bool {
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c < 0x80, 0xa1 <= c && c <= 0xdf:
		case 0x81 <= c && c <= 0x84, 0x88 <= c && c <= 0x9f, 0xe0 <= c && c <= 0xea:
			i++
		default:
			return false
		}
	}
	return true
}

// big5 reports whether every two-octet character of a text is in the original Big5 standard,
// and not in a vendor's extension of it.
var big5 = pairs(func(lead, trail byte) bool {
	switch {
	case lead == 0xc6:
		return trail <= 0x7e
	case lead == 0xf9:
		return trail <= 0xd5
	}
	return 0xa1 <= lead && lead <= 0xc5 || 0xc9 <= lead && lead <= 0xf8
})

func pairs(ok func(lead, trail byte) bool) func([]byte) bool {
	return func(b []byte) bool {
		for i := 0; i < len(b); i++ {
			if b[i] < 0x80 {
				continue
			}
			if i+1 == len(b) || !ok(b[i], b[i+1]) {
				return false
			}
			i++
		}
		return true
	}
}
