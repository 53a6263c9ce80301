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
	encoded  bool // text is what leaves
}

// smallText is encoded at once rather than to be counted and again to be sent.
const smallText = 64 << 10

// newTextBody chooses the encoding. Without eight, octets above 127 are
// encoded; strict is for text that is signed as it stands, and so has to
// survive gateways that trim spaces or quote a From (RFC 8551, section 3.1.3).
func newTextBody(text []byte, eight, strict bool) *textBody {
	b := &textBody{text: text, length: int64(len(text))}
	high, plain := survey(text)
	switch {
	case plain && high == 0 && !(strict && fragile(text)):
		b.encoding = sevenBit
	case plain && eight && high > 0:
		b.encoding = eightBit
	default:
		b.encoding, b.length = base64Encoding, base64Len(int64(len(text)))
		if 3*high < len(text) || high == 0 {
			// What people may have to read as it is gets the benefit of the doubt.
			b.quote(high == 0)
		}
	}
	return b
}

// quote goes over to quoted-printable, always or if that is not much longer.
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

// survey counts the octets above 127, and says whether the text could go as
// it is: no NUL, no line above 998 octets, nothing that looks like one of our
// boundaries.
func survey(text []byte) (high int, plain bool) {
	plain = bytes.IndexByte(text, 0) < 0 && linesFit(text) && !bytes.Contains(text, []byte("--"+boundaryMark))
	return countHigh(text), plain
}

// linesFit says that no line, without its line end, is above 998 octets.
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

func fragile(text []byte) bool {
	return bytes.Contains(text, []byte(" \r\n")) || bytes.Contains(text, []byte("\t\r\n")) ||
		bytes.HasPrefix(text, []byte("From ")) || bytes.Contains(text, []byte("\nFrom "))
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

// joinLines puts a CRLF behind every line, and makes one of each CR, LF and
// CRLF within them.
func joinLines(lines []string) []byte {
	n := 0
	for _, l := range lines {
		n += len(l) + 2
	}
	b := make([]byte, 0, n)
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

// wholeLines puts lines that are one text together, with CRLF line ends, the
// last line's too.
func wholeLines(text []string) []byte {
	var b []byte
	for _, s := range text {
		b = appendCRLF(b, s, strings.IndexByte)
	}
	if len(b) > 0 && b[len(b)-1] != '\n' {
		b = append(b, '\r', '\n')
	}
	return b
}
