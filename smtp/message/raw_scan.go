// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"csmtp/smtp/internal/text"
	"fmt"
)

// maxRawHeader is the maximum size of a header. The header is kept in memory.
const maxRawHeader = 16 << 20

// rawScanner is a writer to which a message with CRLF line ends is written. It keeps the
// header, checks the lines, and counts the octets of the body.
type rawScanner struct {
	header []byte  // including the empty line after it
	start  [5]byte // the first octets of the current line
	inBody bool
	body   rawBody
	line   int // the number of octets of the current line so far
	lineNo int64
	last   byte

	fromLine bool // whether any line so far begins with "From "
}

// scan reads the whole source.
func (s *rawScanner) scan() error { return s.body.source.writeCRLF(s) }

// Write scans the lines in p. The last line of p can be incomplete, but a CRLF must not be
// split between two calls.
func (s *rawScanner) Write(p []byte) (int, error) {
	if s.header == nil {
		n := len(p)
		if i := bytes.Index(p, []byte("\r\n\r\n")); i >= 0 {
			n = i + len("\r\n\r\n")
		}
		s.header = make([]byte, 0, n+len(crlf))
	}
	for rest := p; len(rest) > 0; {
		text, ended := rest, false
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			text, ended = rest[:i-1], true
			rest = rest[i+1:]
		} else {
			rest = nil
		}
		if err := s.take(text); err != nil {
			return 0, err
		}
		if ended {
			s.end()
		}
	}
	if len(p) > 0 {
		s.last = p[len(p)-1]
	}
	return len(p), nil
}

// The method take scans a line, or a part of a line, without its line end.
func (s *rawScanner) take(part []byte) error {
	room := longest - s.line
	if s.line < len(s.start) {
		n := s.line + copy(s.start[s.line:], part)
		s.fromLine = s.fromLine || n == len(s.start) && startsFrom(s.start[:])
	}
	s.line += len(part)
	nul := bytes.IndexByte(part, 0)
	switch {
	case !s.inBody && len(s.header)+len(part) > maxRawHeader:
		return rawRefused("has a header of more than 16 MiB")
	case nul >= 0 && nul <= room:
		return rawRefused(fmt.Sprintf("has a NUL in line %d; encode that part as base64", s.lineNo+1))
	case len(part) > room:
		return rawRefused(fmt.Sprintf("has more than 998 octets in line %d; encode that part as quoted-printable or base64", s.lineNo+1))
	}
	if !s.inBody {
		s.header = append(s.header, part...)
		return nil
	}
	s.body.length += int64(len(part))
	s.body.high = s.body.high || !text.IsASCII(part)
	return nil
}

// The method end scans a CRLF. The empty line after the header belongs to the header.
func (s *rawScanner) end() {
	if s.inBody {
		s.body.length += int64(len(crlf))
	} else {
		s.header = append(s.header, crlf...)
		s.inBody = s.line == 0
	}
	s.line = 0
	s.lineNo++
}

// whole returns the whole message, including its header, as a body.
func (s *rawScanner) whole() *rawBody {
	b := &s.body
	b.length += int64(len(s.header))
	b.open = b.length > 0 && s.last != '\n'
	return b
}

const rawField = FieldRaw

func rawRefused(reason string) error { return invalid(rawField, "", "the message "+reason, nil) }
