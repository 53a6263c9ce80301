// SPDX-License-Identifier: MIT

// Package wire reads lines of limited length from an SMTP connection, and writes message
// content for DATA and BDAT. It does not interpret commands or replies.
package wire

import (
	"bytes"
	"errors"
	"io"
)

// MaxLine is the length of the longest line that a Reader returns, without its line end.
// RFC 5321, section 4.5.3.1.5, limits reply lines to 512 octets, but servers send longer
// ones.
const MaxLine = 8 << 10

// ErrLineTooLong is the error for a line longer than MaxLine. The Reader cannot be used
// afterwards.
var ErrLineTooLong = errors.New("line longer than 8192 octets")

// Reader reads lines from a connection through one fixed buffer. Lines end with CRLF or with
// a bare LF.
type Reader struct {
	src  io.Reader
	buf  []byte
	r, w int // buf[r:w] was received but not yet returned
	seen int // buf[r:r+seen] contains no LF
	used int // only buf[:used] has been written to since the last Wipe
}

// NewReader returns a Reader that reads from src.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, MaxLine+2)}
}

// Reset makes r read from src, and discards the buffered octets.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.r, r.w, r.seen = src, 0, 0, 0
}

// Wipe overwrites what was received with zeros. The Reader can be used again after Reset.
func (r *Reader) Wipe() {
	r.Reset(nil)
	clear(r.buf[:r.used])
	r.used = 0
}

// Buffered returns the number of octets that were received but not yet returned.
func (r *Reader) Buffered() int { return r.w - r.r }

// HasLine reports whether Line would return without reading from the connection.
func (r *Reader) HasLine() bool { return r.find() >= 0 }

// find returns the index of the first LF in buf[r.r:r.w], or -1.
func (r *Reader) find() int {
	from := r.r + r.seen
	if i := bytes.IndexByte(r.buf[from:r.w], '\n'); i >= 0 {
		return r.seen + i
	}
	r.seen = r.w - r.r
	return -1
}

// Fill reads from the connection until at least one octet has arrived.
func (r *Reader) Fill() error {
	if r.r == r.w {
		r.r, r.w, r.seen = 0, 0, 0
	} else if r.w == len(r.buf) {
		if r.r == 0 {
			return ErrLineTooLong
		}
		r.w = copy(r.buf, r.buf[r.r:r.w])
		r.r = 0
	}
	for range 100 {
		n, err := r.src.Read(r.buf[r.w:])
		r.w += n
		r.used = max(r.used, r.w)
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// Line returns the next line without its line end. The line is valid until the next call to
// any method. Line returns io.ErrUnexpectedEOF if the connection ends within the line, and
// io.EOF if it ends before the line.
func (r *Reader) Line() ([]byte, error) {
	for {
		if i := r.find(); i >= 0 {
			line := r.buf[r.r : r.r+i]
			r.r += i + 1
			r.seen = 0
			if i > 0 && line[i-1] == '\r' {
				line = line[:i-1]
			}
			if len(line) > MaxLine {
				return nil, ErrLineTooLong
			}
			return line, nil
		}
		if err := r.Fill(); err != nil {
			if err == io.EOF && r.Buffered() > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}
