// SPDX-License-Identifier: MIT

package message

import (
	"strings"

	"csmtp/smtp/internal/text"
)

// Lengths of a line without its CRLF (RFC 5322, section 2.1.1).
const (
	wantedLine = 78
	longest    = 998
)

// headerWriter writes fields and folds them.
type headerWriter struct {
	buf    []byte
	asked  []string // the names of the fields
	col    int
	packed bool // encoded words begin on this line in any case
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

// fold goes to the next line of the same field.
func (h *headerWriter) fold() {
	h.buf = append(h.buf, "\r\n "...)
	h.col = 1
}

// token writes a space and the pieces as one word, on the next line if it is
// too long for this one. What stands behind the colon goes to the next line
// only if that helps.
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

// short writes a field whose value fits behind its name.
func (h *headerWriter) short(name, value string) {
	h.asked = append(h.asked, name)
	h.buf = append(append(append(append(h.buf, name...), ": "...), value...), crlf...)
	h.col = 0
}

// structured writes a field of which every space is a place to fold.
func (h *headerWriter) structured(name, value string) {
	h.name(name)
	for t := range strings.FieldsSeq(value) {
		h.token(t)
	}
	h.end()
}

// unstructured writes free text (RFC 5322, section 2.2.1). value is UTF-8
// without control characters; cs is what its encoded words are said in.
func (h *headerWriter) unstructured(name, value string, cs *charset) {
	h.name(name)
	h.packed = true
	h.text(value, cs)
	h.packed = false
	h.end()
}

func (h *headerWriter) text(value string, cs *charset) {
	if n := len(value); n > 0 && h.col+1+n <= wantedLine && !isWSP(value[0]) && !isWSP(value[n-1]) && text.IsASCII(value) {
		h.token(value) // as all of what follows would write it
		return
	}
	if alreadyEncoded(value) && !longToken(value, longest-2) {
		for t := range strings.FieldsSeq(value) {
			h.token(t)
		}
		return
	}
	if text.IsASCII(value) {
		// Some readers take a fold behind the colon for a space of the text.
		if foldable(value, wantedLine-1) && h.col+1+breakAt(value) <= wantedLine {
			h.plain(value)
		} else if value != "" {
			h.words(value, cs)
		}
		return
	}
	// Words at both ends that are ASCII stay readable as they are.
	before, middle, after := split(value)
	if h.col+1+breakAt(before) > wantedLine {
		before, middle, after = "", value, ""
	}
	h.plain(before)
	h.words(middle, cs)
	h.plain(after)
}

// plain writes ASCII and folds where there is one space between two words:
// some readers make one space of whatever stands at a fold.
func (h *headerWriter) plain(value string) {
	for value != "" {
		n := breakAt(value)
		h.token(value[:n])
		if n == len(value) {
			return
		}
		value = value[n+1:]
	}
}

// breakAt finds the first single space of s, or its end.
func breakAt(s string) int {
	for i := 1; i < len(s)-1; i++ {
		if s[i] == ' ' && !isWSP(s[i-1]) && !isWSP(s[i+1]) {
			return i
		}
	}
	return len(s)
}

// foldable says that s can be written as it is: no space at its ends, which
// readers take away, and nothing longer than most between two places to fold.
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

// split cuts s at the single spaces before its first word and behind its last
// word that are not ASCII. What would not survive next to encoded words makes
// all of s the middle.
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

func isWSP(c byte) bool { return c == ' ' || c == '\t' }
