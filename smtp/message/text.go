// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
	"strings"
)

// transferEncoding is a Content-Transfer-Encoding.
type transferEncoding string

const (
	sevenBit        transferEncoding = "7bit"
	eightBit        transferEncoding = "8bit"
	binaryEncoding  transferEncoding = "binary"
	quotedPrintable transferEncoding = "quoted-printable"
	base64Encoding  transferEncoding = "base64"
)

// textBody is text in memory with CRLF line ends.
type textBody struct {
	text     []byte
	encoding transferEncoding
	length   int64
	encoded  bool // whether text is already encoded
}

// smallText is the size of the longest text that is kept in memory as quoted-printable. A longer
// text is encoded twice: to compute the size, and to write it.
const smallText = 64 << 10

// signing is the kind of signature of the message, if any.
type signing int

const (
	unsigned signing = iota
	byDKIM           // the signature ignores spaces at the end of a line
	bySMIME
)

// newTextBody returns text as a body, and chooses its encoding. If the parameter 'eight' is
// false, octets above 127 are encoded. Signed text with "From " at the beginning of a line is
// encoded, because some gateways change this "From ". With S/MIME, text with spaces at the end
// of a line is encoded too, because some gateways remove these spaces (RFC 8551, section
// 3.1.3).
func newTextBody(text []byte, eight bool, signed signing) textBody {
	b := textBody{text: text, length: int64(len(text))}
	high, plain := survey(text)
	switch {
	case plain && high == 0 && !fragile(text, signed):
		b.encoding = sevenBit
	case plain && eight && high > 0:
		b.encoding = eightBit
	default:
		b.encoding, b.length = base64Encoding, base64Len(int64(len(text)))
		if 3*high < len(text) || high == 0 {
			// Prefer quoted-printable for text that people can read in encoded form.
			b.quote(high == 0)
		}
	}
	return b
}

// quote changes the encoding from base64 to quoted-printable. If 'always' is not set, it does so
// only if the result is at most one eighth longer than with base64.
func (b *textBody) quote(always bool) {
	var short []byte
	var n int64
	if len(b.text) <= smallText {
		short = quoted(b.text)
		n = int64(len(short))
	} else {
		n = quotedLen(b.text)
	}
	if !always && n > b.length+b.length/8 {
		return
	}
	b.encoding, b.length = quotedPrintable, n
	if short != nil {
		b.text, b.encoded = short, true
	}
}

// survey returns the number of octets above 127, and whether the text can be sent without
// encoding: it has no NUL, no line with more than 998 octets, and nothing that looks like
// a boundary.
func survey(text []byte) (high int, plain bool) {
	plain = bytes.IndexByte(text, 0) < 0 && linesFit(text) && !bytes.Contains(text, []byte("--"+boundaryMark))
	return countHigh(text), plain
}

// linesFit reports whether every line has at most 998 octets without its line end.
func linesFit(text []byte) bool {
	for len(text) > longest {
		n := bytes.IndexByte(text, '\n')
		if n < 0 {
			return len(text) <= longest
		}
		if len(bytes.TrimSuffix(text[:n], crlf[:1])) > longest {
			return false
		}
		text = text[n+1:]
	}
	return true
}

// fragile reports whether gateways can change the text in a way that breaks the signature.
func fragile(text []byte, signed signing) bool {
	return signed == bySMIME && (bytes.Contains(text, []byte(" \r\n")) || bytes.Contains(text, []byte("\t\r\n"))) ||
		signed != unsigned && (startsFrom(text) || bytes.Contains(text, []byte("\nFrom ")))
}

func (b *textBody) size() int64 { return b.length }

func (b *textBody) lineStart() bool { return b.length == 0 || b.encoding != base64Encoding }

func (b *textBody) writeTo(w io.Writer) error {
	switch {
	case b.encoded:
	case b.encoding == quotedPrintable:
		return writeQuoted(w, b.text)
	case b.encoding == base64Encoding:
		return writeBase64(w, b.text)
	}
	_, err := w.Write(b.text)
	return err
}

// joinLines appends the lines to the empty b, each followed by CRLF. It also converts every
// CR, LF and CRLF within a line to CRLF.
func joinLines(b []byte, lines []string) []byte {
	n := 0
	for _, l := range lines {
		n += len(l) + 2
	}
	if cap(b) < n {
		b = make([]byte, 0, n) // faster than slices.Grow, which also clears memory that is already zero
	}
	for _, l := range lines {
		b = append(append(b, l...), crlf...)
	}
	if hasCRLF(b) {
		return b
	}
	b = b[:0]
	for _, l := range lines {
		b = append(appendCRLF(b, l, strings.IndexByte), crlf...)
	}
	return b
}

// wholeLines appends the given pieces to the empty b without adding line ends between them.
// It converts line ends to CRLF, and ends the last line with CRLF if necessary.
func wholeLines(b []byte, text []string) []byte {
	for _, s := range text {
		b = appendCRLF(b, s, strings.IndexByte)
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		b = append(b, '\r', '\n')
	}
	return b
}
