// SPDX-License-Identifier: MIT

package critic

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

var (
	bareCR     = kind{"bare-cr", Error, "bare CR", "RFC 5322, section 2.3"}
	bareLF     = kind{"bare-lf", Error, "bare LF", "RFC 5322, section 2.3"}
	nul        = kind{"nul", Error, "NUL", "RFC 5322, section 4"}
	lineTooBig = kind{"line-too-long", Error, "line > 998", "RFC 5322, section 2.1.1"}
	lineLong   = kind{"line-long", Note, "line > 78", "RFC 5322, section 2.1.1"}
	noLastCRLF = kind{"no-last-line-end", Error, "no line end after the last line", "RFC 5321, section 4.1.1.4"}
	empty      = kind{"empty", Error, "empty", "RFC 5322, section 3.6"}
	bit8Header = kind{"8bit-header", Error, "8-bit header", "RFC 6532, section 3"}
	bit8NoUTF8 = kind{"8bit-header-invalid", Error, "header not UTF-8", "RFC 6532, section 3.1"}
	bit8NoBody = kind{"8bit-undeclared", Error, "8-bit undeclared", "RFC 6152, section 3"}
	hugeKind   = kind{"huge", Note, "large", ""}
)

// octets checks the octets, the lines and the size of the whole message.
func (r *report) octets() {
	raw := r.message.Raw
	if len(bytes.TrimSpace(raw)) == 0 {
		r.add(empty, "", "The message is empty.")
		return
	}
	line, start, inHeader := 1, 0, true
	eightBit := false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				r.add(bareCR, lineNumber(line), "A CR is not followed by LF. Servers refuse the message or change it.")
			}
		case c == '\n':
			text := raw[start:i]
			if i == 0 || raw[i-1] != '\r' {
				r.add(bareLF, lineNumber(line), "An LF is not preceded by CR. Servers refuse the message or change it.")
			} else {
				text = text[:len(text)-1]
			}
			if inHeader && len(text) == 0 {
				inHeader = false
			}
			r.line(text, line)
			line, start = line+1, i+1
		case c == 0:
			r.add(nul, lineNumber(line), "The message contains a NUL octet.")
		case c >= 0x80 && !inHeader:
			eightBit = true
		}
	}
	if start < len(raw) {
		r.line(raw[start:], line)
		r.add(noLastCRLF, lineNumber(line), "The message does not end in CRLF.")
	}
	if eightBit && r.Envelope != nil && !r.Envelope.has("BODY=8BITMIME") && !r.Envelope.has("BODY=BINARYMIME") {
		r.add(bit8NoBody, "", "The body contains octets above 127, but MAIL did not declare BODY=8BITMIME.")
	}
	if len(raw) > 25<<20 {
		r.add(hugeKind, "", "The message is %d MiB long. Many servers accept at most 25 MiB.", len(raw)>>20)
	}
}

func lineNumber(n int) string { return fmt.Sprintf("line %d", n) }

// line checks the length of a line. The line is passed without its line end.
func (r *report) line(text []byte, n int) {
	switch {
	case len(text) > 998:
		r.add(lineTooBig, lineNumber(n), "A line has %d octets. At most 998 are allowed, not counting CRLF.", len(text))
	case utf8.RuneCount(text) > 78:
		r.add(lineLong, lineNumber(n), "A line has %d characters. At most 78 are recommended.", utf8.RuneCount(text))
	}
}

// eightBitField checks a field that contains octets above 127.
func (r *report) eightBitField(name, raw, where string) {
	if !strings.ContainsFunc(raw, func(c rune) bool { return c >= 0x80 }) {
		return
	}
	switch {
	case !utf8.ValidString(raw):
		r.add(bit8NoUTF8, where, "%s contains octets above 127 that are not UTF-8. Use encoded-words (RFC 2047).", name)
	case r.Envelope == nil:
		r.add(bit8Header, where, "%s contains octets above 127, which require SMTPUTF8. Use encoded-words (RFC 2047).", name)
	case !r.Envelope.has("SMTPUTF8"):
		r.add(bit8Header, where, "%s contains octets above 127, but MAIL did not declare SMTPUTF8. Use encoded-words (RFC 2047).", name)
	}
}
