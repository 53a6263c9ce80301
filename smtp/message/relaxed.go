// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
)

// This file implements the "relaxed" canonicalization of RFC 6376, section 3.4.

// relaxField appends the canonical form of a field. raw is "Name: value" with its folds
// but without its last CRLF.
func relaxField(b, raw []byte) []byte {
	name, value, _ := bytes.Cut(raw, []byte(":"))
	b = append(append(b, bytes.ToLower(bytes.TrimRight(name, " \t"))...), ':')
	space := false
	start := len(b)
	for _, c := range value {
		switch c {
		case '\r', '\n':
		case ' ', '\t':
			space = true
		default:
			if space && len(b) > start {
				b = append(b, ' ')
			}
			space = false
			b = append(b, c)
		}
	}
	return b
}

// relaxedBody writes the canonical form of a body to w. The canonical form has no empty lines
// at the end of the body and no spaces at the end of a line. relaxedBody therefore writes
// line ends and spaces only when another octet follows.
type relaxedBody struct {
	w      io.Writer
	buf    [1024]byte
	n      int
	lines  int64 // CRLFs held back
	space  bool
	cr     bool
	filled bool // whether the body is not empty
}

func (r *relaxedBody) Write(p []byte) (int, error) {
	for i := 0; i < len(p); i++ {
		c := p[i]
		if r.cr {
			r.cr = false
			if c == '\n' {
				r.space = false
				r.lines++
				continue
			}
			r.put('\r')
		}
		switch c {
		case '\r':
			r.cr = true
		case ' ', '\t':
			r.space = true
		default:
			r.put(c)
			// Copy the rest of the word in one step.
			end := i + 1
			for end < len(p) && p[end] > ' ' {
				end++
			}
			if end > i+1 {
				r.run(p[i+1 : end])
				i = end - 1
			}
		}
	}
	return len(p), nil
}

// put writes the line ends and spaces that were held back, and then an octet.
func (r *relaxedBody) put(c byte) {
	r.filled = true
	for ; r.lines > 0; r.lines-- {
		r.run(crlf)
	}
	if r.space {
		r.space = false
		r.octet(' ')
	}
	r.octet(c)
}

func (r *relaxedBody) octet(c byte) {
	if r.n == len(r.buf) {
		r.w.Write(r.buf[:]) // w is a hash, whose Write never fails
		r.n = 0
	}
	r.buf[r.n] = c
	r.n++
}

func (r *relaxedBody) run(p []byte) {
	if len(p) > len(r.buf)-r.n {
		r.w.Write(r.buf[:r.n])
		r.n = 0
	}
	if len(p) > len(r.buf) {
		r.w.Write(p)
		return
	}
	r.n += copy(r.buf[r.n:], p)
}

// end writes the CRLF at the end of the body, unless the body is empty.
func (r *relaxedBody) end() {
	if r.cr {
		r.put('\r')
	}
	if r.filled {
		r.run(crlf)
	}
	r.w.Write(r.buf[:r.n])
	r.n = 0
}
