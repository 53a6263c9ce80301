// SPDX-License-Identifier: MIT

package message

import (
	"bytes"
	"io"
	"strings"
)

var crlf = []byte("\r\n")

// hasCRLF reports whether p contains CR and LF only as CRLF.
func hasCRLF(p []byte) bool {
	lines := 0
	for rest := p; ; lines++ {
		i := bytes.IndexByte(rest, '\n')
		if i < 0 {
			break
		}
		if i == 0 || rest[i-1] != '\r' {
			return false
		}
		rest = rest[i+1:]
	}
	return bytes.Count(p, crlf[:1]) == lines
}

// appendCRLF appends p to b, and writes CRLF for every CR, LF and CRLF of p. The parameter
// index is strings.IndexByte or bytes.IndexByte.
func appendCRLF[S string | []byte](b []byte, p S, index func(S, byte) int) []byte {
	for len(p) > 0 {
		end := index(p, '\n')
		line := p
		if end >= 0 {
			line = p[:end]
		}
		p = p[len(line):]
		for {
			k := index(line, '\r')
			if k < 0 {
				break
			}
			if end >= 0 && k == len(line)-1 { // the usual case: the CR of this line's CRLF
				line = line[:k]
				break
			}
			b = append(append(b, line[:k]...), crlf...)
			line = line[k+1:]
		}
		b = append(b, line...)
		if end >= 0 {
			b = append(b, crlf...)
			p = p[1:]
		}
	}
	return b
}

// crlfWriter writes CRLF for every CR, LF and CRLF.
type crlfWriter struct {
	w   io.Writer
	cr  bool // whether the last octet was a CR, for which a CRLF was already written
	buf []byte
}

func (c *crlfWriter) Write(p []byte) (int, error) {
	const block = 16 << 10
	for rest := p; len(rest) > 0; {
		n := min(len(rest), block)
		if n > 1 && rest[n-1] == '\r' {
			n-- // an LF may follow; keep the CR for the next block
		}
		out := rest[:n]
		if c.cr || !hasCRLF(out) {
			out = c.convert(out)
		}
		rest = rest[n:]
		if _, err := c.w.Write(out); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

func (c *crlfWriter) convert(p []byte) []byte {
	if c.cr && p[0] == '\n' {
		p = p[1:]
	}
	c.cr = len(p) > 0 && p[len(p)-1] == '\r'
	if c.buf == nil {
		c.buf = make([]byte, 0, len(p)+len(p)/16)
	}
	c.buf = appendCRLF(c.buf[:0], p, bytes.IndexByte)
	return c.buf
}

// nextField returns the first field of the header, and the rest of the header. The result
// 'field' includes its folds, but not its last CRLF. It is nil if there is no field.
func nextField(header []byte) (field, rest []byte) {
	for start := 0; start < len(header); {
		end := start
		for {
			i := bytes.Index(header[end:], crlf)
			if i < 0 {
				return nil, nil
			}
			end += i
			if end+2 == len(header) || !isWSP(header[end+2]) {
				break
			}
			end += 2
		}
		if end > start {
			return header[start:end], header[end+2:]
		}
		start = end + 2
	}
	return nil, nil
}

func unfold(value []byte) string {
	return strings.Trim(strings.ReplaceAll(string(value), "\r\n", ""), " \t")
}
