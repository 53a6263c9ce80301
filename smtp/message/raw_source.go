// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
)

// rawSource is the memory or the file that contains a raw message.
type rawSource struct {
	text []byte
	file *file // instead of text
}

// smallRaw is the size of the longest text that is converted to CRLF line ends once, and kept
// in this form. A longer text is converted each time it is read.
const smallRaw = 64 << 10

// settle converts the line ends of a text that is not longer than smallRaw.
func (s *rawSource) settle() {
	if len(s.text) <= smallRaw && !hasCRLF(s.text) {
		s.text = appendCRLF(make([]byte, 0, len(s.text)+len(s.text)/16), s.text, bytes.IndexByte)
	}
}

// writeCRLF writes the whole message with CRLF line ends.
func (s *rawSource) writeCRLF(w io.Writer) error {
	if s.file != nil {
		return s.file.copyTo(func(r io.Reader) (int64, error) { return copyAll(&crlfWriter{w: w}, r) })
	}
	lines := crlfWriter{w: w}
	_, err := lines.Write(s.text)
	return err
}

// rawBody is the body of a raw message.
type rawBody struct {
	source rawSource
	skip   int64 // the size of the header with CRLF line ends, which writeTo skips
	length int64
	high   bool
	open   bool // whether the line end at the end of the body is missing
}

func (b *rawBody) size() int64     { return b.length }
func (b *rawBody) lineStart() bool { return !b.open }

func (b *rawBody) writeTo(w io.Writer) error {
	return b.source.writeCRLF(&skipWriter{w, b.skip})
}

// skipWriter discards the first skip octets, and writes the other octets to w.
type skipWriter struct {
	w    io.Writer
	skip int64
}

func (s *skipWriter) Write(p []byte) (int, error) {
	n := min(int64(len(p)), s.skip)
	s.skip -= n
	if n < int64(len(p)) {
		if _, err := s.w.Write(p[n:]); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
