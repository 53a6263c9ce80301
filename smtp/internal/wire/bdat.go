// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// ChunkSize is the content of one BDAT but the last.
const ChunkSize = 64 << 10

// ErrBareLineEnd is of a CR or LF alone in a message of lines.
var ErrBareLineEnd = errors.New("a CR or LF alone, where lines end with CRLF: only BODY=BINARYMIME may carry it (RFC 3030, section 3)")

// ChunkWriter carries message content in BDAT commands (RFC 3030), octet for
// octet as it comes: the ends of lines are the caller's. Each command and its
// chunk are written to the bufio.Writer; Sent is called after each of them,
// to flush and to read replies.
type ChunkWriter struct {
	w    *bufio.Writer
	buf  []byte
	head [32]byte
	sent func(last bool, size int) error

	binary  bool
	afterCR bool // the last octet of lines was CR
}

var _ io.WriteCloser = (*ChunkWriter)(nil)

// NewChunkWriter returns a ChunkWriter that calls sent after each chunk.
func NewChunkWriter(w *bufio.Writer, sent func(last bool, size int) error) *ChunkWriter {
	return &ChunkWriter{w: w, sent: sent, buf: make([]byte, 0, ChunkSize)}
}

// Reset starts another message.
func (c *ChunkWriter) Reset(w *bufio.Writer) {
	c.w, c.buf, c.binary, c.afterCR = w, c.buf[:0], false, false
}

// Binary lets CR and LF stand anywhere. Else one alone is an error: a relay may
// carry the message on by DATA, and there it could be taken for its end.
func (c *ChunkWriter) Binary() { c.binary = true }

// lines takes the next octets of a message of lines.
func (c *ChunkWriter) lines(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	if c.afterCR && p[0] != '\n' {
		return ErrBareLineEnd
	}
	for at := 0; ; {
		n := bytes.IndexByte(p[at:], '\n')
		line := p[at:]
		if n >= 0 {
			line = p[at : at+n]
			if at+n == 0 && !c.afterCR || at+n > 0 && p[at+n-1] != '\r' {
				return ErrBareLineEnd
			}
		}
		// The CR that ends the line is good; so is one that may still get its LF.
		if cr := bytes.IndexByte(line, '\r'); cr >= 0 && cr != len(line)-1 {
			return ErrBareLineEnd
		}
		if n < 0 {
			break
		}
		at += n + 1
	}
	c.afterCR = p[len(p)-1] == '\r'
	return nil
}

// CheckLines is the same for a message that is there as a whole.
func CheckLines(content []byte) error {
	var c ChunkWriter
	err := c.lines(content)
	if err == nil && c.afterCR {
		err = ErrBareLineEnd
	}
	return err
}

// Write takes the next octets of the message. A full chunk is held back until
// more comes, so that no message ends with an empty BDAT 0 LAST that could
// have been avoided.
func (c *ChunkWriter) Write(p []byte) (int, error) {
	total := len(p)
	if !c.binary {
		if err := c.lines(p); err != nil {
			return 0, err
		}
	}
	for len(p) > 0 {
		if len(c.buf) == ChunkSize {
			if err := c.emit(false); err != nil {
				return total - len(p), err
			}
		}
		n := min(ChunkSize-len(c.buf), len(p))
		c.buf = append(c.buf, p[:n]...)
		p = p[n:]
	}
	return total, nil
}

// Close sends what is left as the last chunk.
func (c *ChunkWriter) Close() error {
	if !c.binary && c.afterCR {
		return ErrBareLineEnd
	}
	return c.emit(true)
}

func (c *ChunkWriter) emit(last bool) error {
	size := len(c.buf)
	h := append(c.head[:0], "BDAT "...)
	h = strconv.AppendInt(h, int64(size), 10)
	if last {
		h = append(h, " LAST"...)
	}
	h = append(h, "\r\n"...)
	if _, err := c.w.Write(h); err != nil {
		return err
	}
	if _, err := c.w.Write(c.buf); err != nil {
		return err
	}
	c.buf = c.buf[:0]
	return c.sent(last, size)
}
