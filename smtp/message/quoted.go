// SPDX-License-Identifier: MIT

package message

import "io"

// maxQuoted is the maximum length of a line of quoted-printable without its CRLF (RFC 2045,
// section 6.7, rule 5).
const maxQuoted = 76

// quotedWriter encodes text with CRLF line ends as quoted-printable.
type quotedWriter struct {
	w   io.Writer // nil: everything remains in buf
	buf []byte
	col int
}

const quotedBuffer = 4096

// asIs marks the octets that need no encoding within a line.
var asIs = func() (t [256]bool) {
	for c := byte(' '); c < 0x7f; c++ {
		t[c] = c != '='
	}
	t['\t'] = true
	return t
}()

// writeQuoted encodes text as quoted-printable, and writes it to w.
func writeQuoted(w io.Writer, text []byte) error {
	q := quotedWriter{w: w, buf: make([]byte, 0, quotedBuffer+2*maxQuoted)}
	return q.encode(text)
}

// quoted encodes a small text.
func quoted(text []byte) []byte {
	q := quotedWriter{buf: make([]byte, 0, len(text)+len(text)/3)}
	q.encode(text) // cannot fail
	return q.buf
}

func (q *quotedWriter) encode(text []byte) error {
	for i := 0; i < len(text); i++ {
		i += q.run(text[i:])
		c := text[i]
		end := i+1 == len(text) || text[i+1] == '\r'
		switch {
		case c == '\r':
			q.buf = append(q.buf, '\r', '\n')
			q.col = 0
			i++
			if err := q.flush(quotedBuffer); err != nil {
				return err
			}
			continue
		case q.col == 0 && (c == '.' || c == 'F' && startsFrom(text[i:])):
			// Some mail systems change a dot or "From " at the beginning of a line, so
			// these are encoded.
			q.octet(c, 3, end)
		case c == '=' || c >= 0x7f || c < ' ' && c != '\t' || end && (c == ' ' || c == '\t'):
			q.octet(c, 3, end)
		default:
			q.octet(c, 1, end)
		}
		if err := q.flush(quotedBuffer); err != nil {
			return err
		}
	}
	return q.flush(1)
}

// The method run writes octets from the beginning of text, up to the first octet that needs
// encoding or does not fit on the line. It returns their number. It does not write the first
// or the last octet of a line, because encode must check these.
func (q *quotedWriter) run(text []byte) int {
	if q.col == 0 {
		return 0
	}
	n, most := 0, min(len(text)-1, maxQuoted-1-q.col)
	for n < most && asIs[text[n]] {
		n++
	}
	if n > 0 && text[n] == '\r' {
		n--
	}
	q.buf = append(q.buf, text[:n]...)
	q.col += n
	return n
}

// octet writes c in n octets: 3 if c must be encoded, and otherwise 1. If they do not fit on
// the line, octet writes a soft line break first, and then encodes c if it is a dot or an F.
// The parameter 'end' is true if c is the last octet of a line of the text.
func (q *quotedWriter) octet(c byte, n int, end bool) {
	most := maxQuoted - 1 // room for the = of a soft line break
	if end {
		most = maxQuoted
	}
	if q.col+n > most {
		q.buf = append(q.buf, "=\r\n"...)
		q.col = 0
		if c == '.' || c == 'F' {
			n = 3
		}
	}
	if n == 1 {
		q.buf = append(q.buf, c)
	} else {
		q.buf = append(q.buf, '=', upperHex[c>>4], upperHex[c&15])
	}
	q.col += n
}

func (q *quotedWriter) flush(least int) error {
	if q.w == nil || len(q.buf) < least {
		return nil
	}
	_, err := q.w.Write(q.buf)
	q.buf = q.buf[:0]
	return err
}

func startsFrom(b []byte) bool { return len(b) >= 5 && string(b[:5]) == "From " }

// quotedLen returns the number of octets that writeQuoted writes.
func quotedLen(text []byte) int64 {
	c := countWriter{w: io.Discard}
	writeQuoted(&c, text)
	return c.n
}
