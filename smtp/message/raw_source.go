// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxRawHeader bounds what of a raw message is held in memory.
const maxRawHeader = 16 << 20

// rawSource is where a raw message is read from.
type rawSource struct {
	at     io.ReaderAt
	length int64
	file   *file // instead of at
}

// writeCRLF writes the whole message with CRLF line ends.
func (s *rawSource) writeCRLF(w io.Writer) error {
	lines := &crlfWriter{w: w}
	if s.file != nil {
		return s.file.copyTo(func(r io.Reader) (int64, error) { return copyBlocks(lines, r) })
	}
	n, err := copyBlocks(lines, io.NewSectionReader(s.at, 0, s.length))
	var se *sourceError
	switch {
	case errors.As(err, &se):
		return invalid(rawField, "", "the message cannot be read: "+se.Error(), se.err)
	case err != nil:
		return err
	case n != s.length:
		return invalid(rawField, "", fmt.Sprintf("the message ended after %d of %d octets", n, s.length), ErrChanged)
	}
	return nil
}

// crlfWriter makes CRLF of every CR, LF and CRLF.
type crlfWriter struct {
	w   io.Writer
	cr  bool // the last octet was a CR, whose line end is already written
	buf []byte
}

func (c *crlfWriter) Write(p []byte) (int, error) {
	const block = 16 << 10
	for rest := p; len(rest) > 0; {
		n := min(len(rest), block)
		c.convert(rest[:n])
		rest = rest[n:]
		if _, err := c.w.Write(c.buf); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (c *crlfWriter) convert(p []byte) {
	c.buf = c.buf[:0]
	if c.cr && p[0] == '\n' {
		p = p[1:]
	}
	c.cr = false
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		line := p
		if i >= 0 {
			line = p[:i]
		}
		// Nearly always the only CR of a line is its last octet.
		for {
			k := bytes.IndexByte(line, '\r')
			if k < 0 || k == len(line)-1 {
				break
			}
			c.buf = append(append(c.buf, line[:k]...), crlf...)
			line = line[k+1:]
		}
		switch {
		case i >= 0:
			c.buf = append(append(c.buf, bytes.TrimSuffix(line, []byte{'\r'})...), crlf...)
			p = p[i+1:]
		case len(line) > 0 && line[len(line)-1] == '\r':
			c.buf = append(append(c.buf, line[:len(line)-1]...), crlf...)
			c.cr = true
			return
		default:
			c.buf = append(c.buf, line...)
			return
		}
	}
}

// rawScanner reads a message with CRLF line ends for the first time: it keeps
// the header and surveys the rest.
type rawScanner struct {
	header []byte // with the empty line
	inBody bool
	body   rawBody
	line   int
	lineNo int64
	last   byte
}

func (s *rawScanner) Write(p []byte) (int, error) {
	for _, c := range p {
		if !s.inBody {
			if len(s.header) >= maxRawHeader {
				return 0, rawRefused("has a header of more than 16 MiB")
			}
			s.header = append(s.header, c)
		} else {
			s.body.length++
			if c >= 0x80 {
				s.body.high = true
			}
		}
		if c == 0 {
			return 0, rawRefused(fmt.Sprintf("has a NUL in line %d; encode that part as base64", s.lineNo+1))
		}
		if c == '\r' { // there is none but before an LF
			continue
		}
		if c != '\n' {
			if s.line++; s.line > longest {
				return 0, rawRefused(fmt.Sprintf("has more than 998 octets in line %d; encode that part as quoted-printable or base64", s.lineNo+1))
			}
			continue
		}
		if !s.inBody && s.line == 0 {
			s.inBody = true
		}
		s.line = 0
		s.lineNo++
	}
	if len(p) > 0 {
		s.last = p[len(p)-1]
	}
	return len(p), nil
}

// whole is the body together with the header.
func (s *rawScanner) whole(src *rawSource) *rawBody {
	n := int64(len(s.header)) + s.body.length
	return &rawBody{source: src, length: n, open: n > 0 && s.last != '\n'}
}

// rawBody is the message behind its header.
type rawBody struct {
	source *rawSource
	skip   int64 // octets of the header, with CRLF line ends
	length int64
	high   bool
	open   bool // does not end with a line end
}

func (b *rawBody) size() int64     { return b.length }
func (b *rawBody) lineStart() bool { return !b.open }

func (b *rawBody) writeTo(w io.Writer) error {
	return b.source.writeCRLF(&skipWriter{w, b.skip})
}

// skipWriter leaves out the first octets.
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
