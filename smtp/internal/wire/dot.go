// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"io"
)

// DotWriter writes message content for DATA. It converts every line end, including bare
// CR and bare LF, to CRLF, and doubles a dot at the beginning of a line (RFC 5321,
// section 4.5.2). Close writes the line with a single dot. The output never contains a
// bare CR or LF, which some servers could interpret as the end of the message.
type DotWriter struct {
	w       *bufio.Writer
	midLine bool // whether the current line is not empty
	afterCR bool // whether CRLF was written for a CR, so that a following LF is ignored
}

var _ io.WriteCloser = (*DotWriter)(nil)

// NewDotWriter returns a DotWriter at the start of a message.
func NewDotWriter(w *bufio.Writer) *DotWriter { return &DotWriter{w: w} }

// Reset starts another message.
func (d *DotWriter) Reset(w *bufio.Writer) { *d = DotWriter{w: w} }

// piece is the size of the pieces into which Write divides an input that it cannot write
// unchanged as a whole. Write checks each piece separately.
const piece = 4 << 10

// Write writes the next octets of the message. The number that it returns counts octets of
// p, not of the output.
func (d *DotWriter) Write(p []byte) (int, error) {
	total := len(p)
	size := total
	for len(p) > 0 {
		if d.afterCR {
			d.afterCR = false
			if p[0] == '\n' {
				p = p[1:]
				continue
			}
		}
		n := min(size, len(p))
		if d.clean(p[:n]) {
			if _, err := d.w.Write(p[:n]); err != nil {
				return total - len(p), err
			}
			d.midLine = p[n-1] != '\n'
			p = p[n:]
			continue
		}
		if n > piece {
			size = piece
			continue
		}
		n, err := d.mend(p[:n])
		if err != nil {
			return total - len(p), err
		}
		p = p[n:]
	}
	return total, nil
}

// WriteClean writes p as Write does, but does not check p: the caller ensures that CR and LF
// occur in p only as CRLF, and that p contains no dots.
func (d *DotWriter) WriteClean(p []byte) (int, error) {
	if len(p) == 0 || d.afterCR {
		return d.Write(p)
	}
	d.midLine = p[len(p)-1] != '\n'
	return d.w.Write(p)
}

// clean reports whether p can be written unchanged: every line end in it is CRLF, and no
// line begins with a dot.
func (d *DotWriter) clean(p []byte) bool {
	if !d.midLine && p[0] == '.' {
		return false
	}
	lines, n := 0, 0
	for {
		i := bytes.IndexByte(p[n:], '\n')
		if i < 0 {
			break
		}
		n += i
		if n == 0 || p[n-1] != '\r' {
			return false
		}
		n++
		lines++
		if n < len(p) && p[n] == '.' {
			return false
		}
	}
	return bytes.Count(p, []byte{'\r'}) == lines
}

// mend converts octets from the beginning of p, and writes the result to d.w. Because each
// octet can become two, it converts at most half as many octets as fit into the buffer of d.w.
// mend returns the number of converted octets.
func (d *DotWriter) mend(p []byte) (int, error) {
	room := d.w.Available() / 2
	if room == 0 {
		if err := d.w.Flush(); err != nil {
			return 0, err
		}
		room = d.w.Available() / 2
	}
	p = p[:min(len(p), room)]
	out := d.w.AvailableBuffer()
	for at := 0; at < len(p); {
		if !d.midLine && p[at] == '.' {
			out = append(out, '.')
		}
		line := p[at:]
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		if i := bytes.IndexByte(line, '\r'); i >= 0 {
			line = line[:i]
		}
		out = append(out, line...)
		at += len(line)
		if at == len(p) {
			d.midLine = d.midLine || len(line) > 0
			break
		}
		out = append(out, "\r\n"...)
		d.midLine = false
		cr := p[at] == '\r'
		at++
		if cr {
			if at == len(p) {
				d.afterCR = true
			} else if p[at] == '\n' {
				at++
			}
		}
	}
	_, err := d.w.Write(out)
	return len(p), err
}

// Close ends the message. It does not flush the bufio.Writer: the end of the message is sent
// together with the text before it when the caller flushes.
func (d *DotWriter) Close() error {
	end := ".\r\n"
	if d.midLine {
		end = "\r\n.\r\n"
	}
	d.midLine, d.afterCR = false, false
	_, err := d.w.WriteString(end)
	return err
}
