// SPDX-License-Identifier: MIT

// Package wire is the octets on an SMTP connection: lines with a limit coming
// in, transparent message content going out. It knows no command and no reply.
package wire

import (
	"bytes"
	"errors"
	"io"
)

// MaxLine is the longest line a Reader gives, without its line end. RFC 5321,
// section 4.5.3.1.5, promises 512 octets; servers send more.
const MaxLine = 8 << 10

// ErrLineTooLong is given for a line above MaxLine. The Reader is then out of
// step for good.
var ErrLineTooLong = errors.New("line longer than 8192 octets")

// Reader takes lines from a connection through one fixed buffer. Lines end
// with CRLF; LF alone is tolerated.
type Reader struct {
	src  io.Reader
	buf  []byte
	r, w int // buf[r:w] is not yet given out
	seen int // octets of buf[r:w] known to hold no LF
}

// NewReader returns a Reader on src.
func NewReader(src io.Reader) *Reader {
	return &Reader{src: src, buf: make([]byte, MaxLine+2)}
}

// Reset makes r read from src, dropping what is buffered.
func (r *Reader) Reset(src io.Reader) {
	r.src, r.r, r.w, r.seen = src, 0, 0, 0
}

// Buffered is the number of octets received and not yet given out.
func (r *Reader) Buffered() int { return r.w - r.r }

// HasLine tells whether Line would answer without reading from the connection.
func (r *Reader) HasLine() bool { return r.find() >= 0 }

// find gives the place of the first LF in buf[r.r:r.w], or -1.
func (r *Reader) find() int {
	from := r.r + r.seen
	if i := bytes.IndexByte(r.buf[from:r.w], '\n'); i >= 0 {
		return r.seen + i
	}
	r.seen = r.w - r.r
	return -1
}

// Fill reads from the connection once, for at least one octet.
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
		if n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

// Line gives the next line without its line end, valid until the next call of
// any method. A connection that ends within a line gives io.ErrUnexpectedEOF,
// one that ends before it io.EOF.
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
