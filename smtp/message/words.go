// SPDX-License-Identifier: MIT

package message

import (
	"encoding/base64"
	"io"
	"mime"
	"strings"
	"unicode/utf8"

	"csmtp/smtp/internal/text"
)

// An encoded word has at most 75 octets, and a line that contains one has at most 76
// (RFC 2047, section 2).
const (
	maxWord     = 75
	maxWordLine = 76
)

// The method words writes s as encoded words, and folds the field between them where necessary.
// The words are in the charset cs, or in UTF-8 if cs cannot represent s.
func (h *headerWriter) words(s string, cs *charset) {
	label := "UTF-8"
	var cuts []int // the ends of the characters; nil: s is UTF-8
	if cs.enc != nil {
		if b, c, ok := encodeChars(s, cs); ok {
			s, cuts, label = b, c, cs.name
		}
	}
	total, b := qLen(s), (len(s)+2)/3*4
	useB := total > b
	total = min(total, b)
	overhead := len(label) + len("=??B??=")
	for pos, k := 0, 0; pos < len(s); {
		room := min(maxWord, maxWordLine-h.col-1) - overhead
		// Begin a new line for each further word, and if little room is left. Also begin a
		// new line if s then fits into one word: some mail programs show a space between two
		// words.
		if pos > 0 || room < 16 || room < total && total <= maxWord-overhead && !h.packed {
			h.fold()
			room = maxWord - overhead
		} else {
			h.buf = append(h.buf, ' ')
			h.col++
		}
		var end int
		end, k = fill(s, pos, cuts, k, room, useB)
		start := len(h.buf)
		h.buf = append(h.buf, "=?"...)
		h.buf = append(h.buf, label...)
		if useB {
			h.buf = append(h.buf, "?B?"...)
			h.buf = base64.StdEncoding.AppendEncode(h.buf, []byte(s[pos:end]))
		} else {
			h.buf = append(h.buf, "?Q?"...)
			h.buf = appendQ(h.buf, s[pos:end])
		}
		h.buf = append(h.buf, "?="...)
		h.col += len(h.buf) - start
		pos = end
	}
}

// fill returns the end of the longest piece of s that begins at pos, consists of whole
// characters, and has at most 'room' octets when encoded. k is the index in cuts of the
// character at pos. The second result is k for the next piece.
func fill(s string, pos int, cuts []int, k, room int, useB bool) (int, int) {
	used := 0
	for end := pos; ; k++ {
		if end == len(s) {
			return end, k
		}
		next := end
		if cuts != nil {
			next = cuts[k]
		} else {
			_, n := utf8.DecodeRuneInString(s[end:])
			next += n
		}
		if useB {
			used = (next - pos + 2) / 3 * 4
		} else {
			used += qLen(s[end:next])
		}
		if used > room && end > pos {
			return end, k
		}
		end = next
	}
}

// encodeChars returns s encoded in cs, and the index at which each character ends. The last
// result is false if cs cannot represent s.
func encodeChars(s string, cs *charset) (string, []int, bool) {
	e := cs.enc.NewEncoder()
	out := make([]byte, 0, len(s))
	cuts := make([]int, 0, len(s))
	var dst [16]byte
	for i, r := range s {
		e.Reset()
		n, _, err := e.Transform(dst[:], []byte(s[i:i+utf8.RuneLen(r)]), true)
		if err != nil {
			return "", nil, false
		}
		out = append(out, dst[:n]...)
		cuts = append(cuts, len(out))
	}
	if cs.strict != nil && !cs.strict(out) {
		return "", nil, false
	}
	return string(out), cuts, true
}

// qSafe reports whether the Q encoding leaves c unchanged, even in a phrase (RFC 2047,
// section 5, rule 3).
func qSafe(c byte) bool {
	return text.IsAlnum(c) || c == '!' || c == '*' || c == '+' || c == '-' || c == '/'
}

func qLen(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if qSafe(s[i]) || s[i] == ' ' {
			n++
		} else {
			n += 3
		}
	}
	return n
}

const upperHex = "0123456789ABCDEF"

func appendQ(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
			b = append(b, '_')
		case qSafe(c):
			b = append(b, c)
		default:
			b = append(b, '=', upperHex[c>>4], upperHex[c&15])
		}
	}
	return b
}

// alreadyEncoded reports whether s consists only of encoded words.
func alreadyEncoded(s string) bool {
	if !strings.HasPrefix(s, "=?") || !strings.HasSuffix(s, "?=") {
		return false
	}
	for w := range strings.FieldsSeq(s) {
		if !isEncodedWord(w) {
			return false
		}
	}
	return true
}

func isEncodedWord(w string) bool {
	if len(w) < len("=?x?B??=") || !strings.HasPrefix(w, "=?") || !strings.HasSuffix(w, "?=") {
		return false
	}
	label, rest, _ := strings.Cut(w[2:len(w)-2], "?")
	enc, data, found := strings.Cut(rest, "?")
	if !found || label == "" || strings.Contains(data, "?") {
		return false
	}
	for i := 0; i < len(w); i++ {
		if w[i] <= ' ' || w[i] >= 0x7f {
			return false
		}
	}
	for i := 0; i < len(label); i++ {
		if !isToken(label[i]) {
			return false
		}
	}
	switch enc {
	case "B", "b":
		_, err := base64.StdEncoding.DecodeString(data)
		return err == nil
	case "Q", "q":
		return true
	}
	return false
}

var wordDecoder = mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
	c, err := lookupCharset(label)
	if err != nil {
		return nil, err
	}
	if c.enc == nil {
		return r, nil
	}
	return c.enc.NewDecoder().Reader(r), nil
}}

// decodeWords decodes encoded words in any known charset.
func decodeWords(s string) (string, error) { return wordDecoder.DecodeHeader(s) }

// unstructured writes a field of free text (RFC 5322, section 2.2.1). value is UTF-8
// without control characters. cs is the charset for encoded words.
func (h *headerWriter) unstructured(name, value string, cs *charset) {
	h.name(name)
	h.packed = true
	h.text(value, cs)
	h.packed = false
	h.end()
}

func (h *headerWriter) text(value string, cs *charset) {
	if n := len(value); n > 0 && h.col+1+n <= wantedLine && !isWSP(value[0]) && !isWSP(value[n-1]) && text.IsASCII(value) {
		h.token(value) // the usual case; the code below would write the same, but more slowly
		return
	}
	if alreadyEncoded(value) && !longToken(value, longest-2) {
		for t := range strings.FieldsSeq(value) {
			h.token(t)
		}
		return
	}
	if text.IsASCII(value) {
		// The first word must fit on the first line: some mail programs show a fold after
		// the colon as a space.
		if foldable(value, wantedLine-1) && h.col+1+breakAt(value) <= wantedLine {
			h.plain(value)
		} else if value != "" {
			h.words(value, cs)
		}
		return
	}
	// ASCII words at both ends are not encoded, so that people can read them.
	before, middle, after := split(value)
	if h.col+1+breakAt(before) > wantedLine {
		before, middle, after = "", value, ""
	}
	h.plain(before)
	h.words(middle, cs)
	h.plain(after)
}

// The method plain writes ASCII, and folds only at a single space between two words, because
// some mail programs replace all white space at a fold with one space.
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
