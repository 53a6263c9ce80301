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
	packed bool // whether the first encoded word must begin on the current line
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

// token writes a space and then the pieces as one word. If the word does not fit on the
// line, token begins a new line. It does so before the first word of a field only if the word
// fits on the new line, or if the first line would otherwise have more than 998 octets.
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

// The method short writes a field that fits on one line.
func (h *headerWriter) short(name, value string) {
	h.asked = append(h.asked, name)
	h.buf = append(append(append(append(h.buf, name...), ": "...), value...), crlf...)
	h.col = 0
}

// structured writes a field that can be folded at each of its spaces.
func (h *headerWriter) structured(name, value string) {
	h.name(name)
	for t := range strings.FieldsSeq(value) {
		h.token(t)
	}
	h.end()
}

// breakAt returns the index of the first space of s that has no space or TAB next to it. If
// there is none, it returns the length of s.
func breakAt(s string) int {
	for i := 1; i < len(s)-1; i++ {
		if s[i] == ' ' && !isWSP(s[i-1]) && !isWSP(s[i+1]) {
			return i
		}
	}
	return len(s)
}

// foldable reports whether s can be folded without encoding it. s must not begin or end with
// a space or TAB, which mail programs would remove. Each piece between two places at which a
// fold is allowed must have at most 'most' octets.
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

// split divides s at the space before the first word that is not ASCII, and at the space after
// the last such word. split returns the three parts. The part 'middle' must be encoded. If the
// part 'before' or the part 'after' cannot be written without encoding, 'middle' is the whole
// of s.
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
