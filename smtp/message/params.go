// SPDX-License-Identifier: MIT

package message

import (
	"strconv"
	"unicode/utf8"

	"csmtp/smtp/internal/text"
)

// param writes a parameter of a MIME field as "; name=value". If the value is not ASCII or
// is too long for a line, param encodes it as RFC 2231 specifies. It quotes a value that is
// not a token. It also quotes a value with one of the characters *'%, which RFC 2231 uses,
// because some parsers would otherwise decode it.
func (h *headerWriter) param(name, value string) {
	h.suffix(";")
	switch {
	case allOf(value, isAttributeChar) && len(name)+len(value) < wantedLine-4:
		h.token(name, "=", value)
	case text.IsASCII(value) && len(name)+len(quote(value)) < wantedLine-14:
		h.token(name, "=", quote(value))
	case text.IsASCII(value):
		h.continued(name, value)
	default:
		h.extended(name, value)
	}
}

// The method continued writes an ASCII value as several parameters (RFC 2231, section 3).
func (h *headerWriter) continued(name, value string) {
	for i := 0; value != ""; i++ {
		if i > 0 {
			h.suffix(";")
		}
		n := min(len(value), 50)
		for len(quote(value[:n])) > 60 { // an escaped octet takes two octets
			n--
		}
		h.token(name, "*", strconv.Itoa(i), "=", quote(value[:n]))
		value = value[n:]
	}
}

// The method extended writes a UTF-8 value with percent-encoding (RFC 2231, section 4). A long
// value is divided into several parameters.
func (h *headerWriter) extended(name, value string) {
	// Besides the value, a line has a space, the name, a number of up to three digits
	// between two asterisks, "=" and a semicolon.
	room := wantedLine - 1 - len(" *000*=;") - len(name)
	var sections [][]byte
	b := []byte("UTF-8''")
	for i := 0; i < len(value); {
		_, n := utf8.DecodeRuneInString(value[i:])
		was := len(b)
		for j := i; j < i+n; j++ {
			if c := value[j]; isAttributeChar(c) {
				b = append(b, c)
			} else {
				b = append(b, '%', upperHex[c>>4], upperHex[c&15])
			}
		}
		if len(b) > room && was > 0 {
			sections = append(sections, b[:was:was])
			b = append([]byte(nil), b[was:]...)
		}
		i += n
	}
	sections = append(sections, b)
	for i, s := range sections {
		word := name + "*"
		if len(sections) > 1 {
			word += strconv.Itoa(i) + "*"
		}
		word += "=" + string(s)
		if i > 0 {
			h.suffix(";")
		}
		if h.col+1+len(word) < wantedLine-1 {
			h.token(word)
		} else {
			h.fold()
			h.suffix(word)
		}
	}
}

// isAttributeChar reports whether c is an attribute-char (RFC 2231, section 7).
func isAttributeChar(c byte) bool {
	return isToken(c) && c != '*' && c != '\'' && c != '%'
}

// encodedParam writes a parameter as encoded words in quotes, unless it is short ASCII. RFC
// 2047 does not allow this form, but all mail programs use it for the "name" parameter of
// Content-Type, and old mail programs understand only this form.
func (h *headerWriter) encodedParam(name, value string) {
	if text.IsASCII(value) && len(name)+len(value) < wantedLine-16 {
		h.param(name, value)
		return
	}
	h.suffix(";")
	w := headerWriter{col: len(name) + 2, packed: true}
	w.words(value, utf8Charset)
	words := string(w.buf[1:])
	h.fold()
	h.suffix(name + `="` + words + `"`)
}
