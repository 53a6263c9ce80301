// SPDX-License-Identifier: MIT

package message

import (
	"strings"
)

// Lengths of a line without its CRLF (RFC 5322, section 2.1.1).
const (
	wantedLine = 78
	longest    = 998
)

// headerWriter writes fields and folds them.
type headerWriter struct {
	buf    []byte
	asked  []string // the names of the written fields
	col    int
	packed bool // whether the first encoded word begins on the current line
}

// name starts a field.
func (h *headerWriter) name(n string) {
	h.asked = append(h.asked, n)
	h.buf = append(append(h.buf, n...), ':')
	h.col = len(n) + 1
}

func (h *headerWriter) end() {
	h.buf = append(h.buf, "\r\n"...)
	h.col = 0
}

// fold begins the next line of the field.
func (h *headerWriter) fold() {
	h.buf = append(h.buf, "\r\n "...)
	h.col = 1
}

// token writes a space and the pieces as one word. It begins a new line if the word does
// not fit. It moves the first word of a field to the next line only if the word fits
// there.
func (h *headerWriter) token(pieces ...string) {
	n := 0
	for _, t := range pieces {
		n += len(t)
	}
	if h.col+1+n > wantedLine && (n < wantedLine || h.col+1+n > longest || h.buf[len(h.buf)-1] != ':') {
		h.fold()
	} else {
		h.buf = append(h.buf, ' ')
		h.col++
	}
	for _, t := range pieces {
		h.buf = append(h.buf, t...)
	}
	h.col += n
}

// short writes a field that fits on one line.
func (h *headerWriter) short(name, value string) {
	h.asked = append(h.asked, name)
	h.buf = append(append(append(append(h.buf, name...), ": "...), value...), crlf...)
	h.col = 0
}

// structured writes a field that may be folded at each of its spaces.
func (h *headerWriter) structured(name, value string) {
	h.name(name)
	for t := range strings.FieldsSeq(value) {
		h.token(t)
	}
	h.end()
}

// breakAt returns the index of the first single space of s, or the length of s.
func breakAt(s string) int {
	for i := 1; i < len(s)-1; i++ {
		if s[i] == ' ' && !isWSP(s[i-1]) && !isWSP(s[i+1]) {
			return i
		}
	}
	return len(s)
}

// foldable reports whether s can be written without encoding: it has no space at its
// ends, which mail programs would remove, and each piece between two places to fold has
// at most 'most' octets.
func foldable(s string, most int) bool {
	if s == "" {
		return true
	}
	if isWSP(s[0]) || isWSP(s[len(s)-1]) {
		return false
	}
	for s != "" {
		n := breakAt(s)
		if n > most {
			return false
		}
		if n == len(s) {
			break
		}
		s = s[n+1:]
	}
	return true
}

// split divides s at the single space before the first word that is not ASCII, and at the
// single space after the last such word. If before or after cannot be written next to
// encoded words, middle is the whole of s.
func split(s string) (before, middle, after string) {
	nonASCII := func(r rune) bool { return r >= 0x80 }
	first := strings.LastIndexByte(s[:strings.IndexFunc(s, nonASCII)], ' ')
	last := strings.LastIndexFunc(s, nonASCII)
	if i := strings.IndexByte(s[last:], ' '); i >= 0 {
		last += i
	} else {
		last = len(s)
	}
	if first == 0 || last == len(s)-1 || strings.Contains(s, "=?") {
		return "", s, ""
	}
	if first > 0 {
		before = s[:first]
	}
	if last < len(s) {
		after = s[last+1:]
	}
	if !foldable(before, wantedLine-1) || !foldable(after, wantedLine-1) {
		return "", s, ""
	}
	return before, s[first+1 : last], after
}

func longToken(s string, most int) bool {
	for t := range strings.FieldsSeq(s) {
		if len(t) > most {
			return true
		}
	}
	return false
}

// suffix writes s directly after the previous text, without a space.
func (h *headerWriter) suffix(s string) {
	h.buf = append(h.buf, s...)
	h.col += len(s)
}

func quote(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		if s[i] == '"' || s[i] == '\\' {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	b.WriteByte('"')
	return b.String()
}
