// SPDX-License-Identifier: MIT

package eml

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// Decoded returns the content with its transfer encoding decoded. If the content is not
// valid in this encoding, Decoded returns what it could decode, and a text about the first
// error.
func (p *Part) Decoded() (content []byte, problem string) {
	switch p.Encoding {
	case "base64":
		return decodeBase64(p.Content)
	case "quoted-printable":
		return decodeQuoted(p.Content)
	case "7bit", "8bit", "binary":
		return p.Content, ""
	}
	return p.Content, fmt.Sprintf("unknown Content-Transfer-Encoding %q", p.Encoding)
}

func decodeBase64(b []byte) (content []byte, problem string) {
	clean := make([]byte, 0, len(b))
	ended := false
	for _, c := range b {
		switch {
		case c == '\r' || c == '\n':
		case c == '=':
			ended = true
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			if ended && problem == "" {
				problem = "there is base64 after the padding"
			}
			clean = append(clean, c)
		default:
			if problem == "" {
				problem = fmt.Sprintf("the octet 0x%02X is not allowed in base64", c)
			}
		}
	}
	if len(clean)%4 == 1 {
		clean = clean[:len(clean)-1]
		if problem == "" {
			problem = "base64 has an incomplete group at its end"
		}
	}
	if padding := bytes.Count(b, []byte("=")); problem == "" && (len(clean)+padding)%4 != 0 {
		problem = "base64 has the wrong padding"
	}
	content = make([]byte, base64.RawStdEncoding.DecodedLen(len(clean)))
	n, err := base64.RawStdEncoding.Decode(content, clean)
	if err != nil && problem == "" {
		problem = err.Error()
	}
	return content[:n], problem
}

// decodeQuoted decodes quoted-printable. It does not change invalid sequences.
func decodeQuoted(b []byte) (content []byte, problem string) {
	for len(b) > 0 {
		line := b
		if end := bytes.IndexByte(b, '\n'); end >= 0 {
			line = b[:end+1]
		}
		b = b[len(line):]
		text := bytes.TrimRight(line, "\r\n")
		end := line[len(text):]
		if trimmed := bytes.TrimRight(text, " \t"); len(trimmed) < len(text) {
			if problem == "" {
				problem = "a quoted-printable line ends in a space or a tab"
			}
			text = trimmed
		}
		if bytes.HasSuffix(text, []byte("=")) {
			text, end = text[:len(text)-1], nil
		}
		for i := 0; i < len(text); i++ {
			if text[i] != '=' {
				content = append(content, text[i])
				continue
			}
			high, low := -1, -1
			if i+2 < len(text) {
				high, low = hex(text[i+1]), hex(text[i+2])
			}
			if high < 0 || low < 0 {
				if problem == "" {
					problem = `"=" is not followed by two hexadecimal digits`
				}
				content = append(content, '=')
				continue
			}
			content = append(content, byte(high<<4|low))
			i += 2
		}
		content = append(content, end...)
	}
	return content, problem
}

func hex(c byte) int {
	digit := strings.IndexByte("0123456789ABCDEFabcdef", c)
	if digit > 15 {
		digit -= 6
	}
	return digit
}

// Text returns the decoded content in UTF-8. The result 'problem' is a text about the first
// error, or "".
func (p *Part) Text() (text, problem string) {
	content, problem := p.Decoded()
	name := p.Params["charset"]
	if p.Type == "message/rfc822" || name == "" {
		return toUTF8(content, ""), problem
	}
	if _, known := Charset(name); !known {
		if problem == "" {
			problem = fmt.Sprintf("unknown charset %q", name)
		}
		return toUTF8(content, ""), problem
	}
	if problem == "" && !ValidIn(content, name) {
		problem = "the text is not valid in " + name
	}
	return toUTF8(content, name), problem
}

// Charset returns the encoding with this name. It returns nil for UTF-8 and US-ASCII.
func Charset(name string) (enc encoding.Encoding, known bool) {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "utf-8", "utf8", "us-ascii", "ascii":
		return nil, true
	}
	if enc, err := ianaindex.MIME.Encoding(name); err == nil && enc != nil {
		return enc, true
	}
	enc, err := htmlindex.Get(name)
	return enc, err == nil
}

// ValidIn reports whether the charset is known, and content is valid in it.
func ValidIn(content []byte, name string) bool {
	enc, known := Charset(name)
	if !known {
		return false
	}
	if enc == nil {
		lower := strings.ToLower(name)
		if strings.Contains(lower, "ascii") {
			return !bytes.ContainsFunc(content, func(r rune) bool { return r >= 0x80 })
		}
		return utf8.Valid(content)
	}
	text, err := enc.NewDecoder().Bytes(content)
	return err == nil && !bytes.ContainsRune(text, utf8.RuneError)
}

// toUTF8 converts content to UTF-8. If the charset of the content is "", unknown, UTF-8 or
// US-ASCII, it assumes UTF-8 or, if the content is not valid UTF-8, windows-1252. The result
// is always valid UTF-8.
func toUTF8(content []byte, charset string) string {
	var enc encoding.Encoding
	if charset != "" {
		enc, _ = Charset(charset)
	}
	if enc == nil {
		if utf8.Valid(content) {
			return string(content)
		}
		enc = charmap.Windows1252
	}
	text, err := enc.NewDecoder().Bytes(content)
	if err != nil {
		text = content
	}
	return strings.ToValidUTF8(string(text), "\uFFFD")
}

func charsetReader(charset string, in io.Reader) (io.Reader, error) {
	enc, known := Charset(charset)
	if !known {
		return nil, fmt.Errorf("unknown charset %q", charset)
	}
	if enc == nil {
		return in, nil
	}
	return enc.NewDecoder().Reader(in), nil
}
