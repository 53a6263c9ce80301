// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"io"
)

// DotWriter carries message content in DATA: it makes every line end CRLF
// (bare CR and bare LF alike), doubles a dot at the start of a line (RFC 5321,
// section 4.5.2) and, on Close, ends with exactly one line holding a dot.
// Whatever the input and wherever it is cut, no bare CR or LF leaves it, so
// that nobody down the road can find another end in the message.
type DotWriter struct {
	w       *bufio.Writer
	midLine bool // something stands on the current line
	afterCR bool // CRLF was written for a CR: a following LF belongs to it
}

var _ io.WriteCloser = (*DotWriter)(nil)

// NewDotWriter returns a DotWriter at the start of a message.
func NewDotWriter(w *bufio.Writer) *DotWriter { return &DotWriter{w: w} }

// Reset starts another message.
func (d *DotWriter) Reset(w *bufio.Writer) { *d = DotWriter{w: w} }

// Write takes the next octets of the message. It counts what it was given,
// not what it wrote.
func (d *DotWriter) Write(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	total := len(p)
	if d.afterCR {
		d.afterCR = false
		if p[0] == '\n' {
			p = p[1:]
		}
	}
	for len(p) > 0 {
		if p[0] == '.' && !d.midLine {
			if err := d.w.WriteByte('.'); err != nil {
				return total - len(p), err
			}
		}
		n := cleanPrefix(p)
		if n > 0 {
			if _, err := d.w.Write(p[:n]); err != nil {
				return total - len(p), err
			}
			d.midLine = p[n-1] != '\n'
			p = p[n:]
			continue
		}
		n, err := d.line(p)
		if err != nil {
			return total - len(p), err
		}
		p = p[n:]
	}
	return total, nil
}

// cleanPrefix is the length of the longest start of p that goes out as it is,
// whether or not a line begins with it: every LF in it follows a CR, every CR
// comes before an LF, and no line after the first begins with a dot. It may
// stop after a line end for the sake of what follows.
func cleanPrefix(p []byte) int {
	n := 0
	for {
		i := bytes.IndexByte(p[n:], '\n')
		if i < 0 {
			// The last piece: a CR in it is for line to look at.
			if j := bytes.IndexByte(p[n:], '\r'); j >= 0 {
				return n + j
			}
			return len(p)
		}
		end := n + i
		if j := bytes.IndexByte(p[n:end], '\r'); j < 0 || n+j != end-1 {
			if j >= 0 {
				return n + j
			}
			return end
		}
		n = end + 1
		if n == len(p) || p[n] == '.' {
			return n
		}
	}
}

// line handles a p that begins with CR or LF and gives the octets taken.
func (d *DotWriter) line(p []byte) (int, error) {
	if _, err := d.w.WriteString("\r\n"); err != nil {
		return 0, err
	}
	d.midLine = false
	if p[0] == '\n' {
		return 1, nil
	}
	if len(p) == 1 {
		d.afterCR = true
		return 1, nil
	}
	if p[1] == '\n' {
		return 2, nil
	}
	return 1, nil
}

// Close ends the message. It does not flush the bufio.Writer, so that the
// terminator shares the last write with the text before it.
func (d *DotWriter) Close() error {
	end := ".\r\n"
	if d.midLine {
		end = "\r\n.\r\n"
	}
	d.midLine, d.afterCR = false, false
	_, err := d.w.WriteString(end)
	return err
}
