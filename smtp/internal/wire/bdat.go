// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// ChunkSize is the size of every chunk except the last.
const ChunkSize = 64 << 10

// ErrBareLineEnd is the error for a bare CR or LF in a message for which Binary has not been
// called.
var ErrBareLineEnd = errors.New("the message contains a bare CR or LF: only BODY=BINARYMIME allows this (RFC 3030, section 3)")

// ChunkWriter writes message content in BDAT commands (RFC 3030). It does not change the
// content, not even line ends. It writes each command and its chunk to a bufio.Writer, and
// then calls the function 'sent', which flushes the bufio.Writer and reads replies.
type ChunkWriter struct {
	w    *bufio.Writer
	buf  []byte
	head [32]byte
	sent func(last bool, size int) error

	binary  bool
	afterCR bool // whether the last octet that 'lines' checked was CR
}

var _ io.WriteCloser = (*ChunkWriter)(nil)

// NewChunkWriter returns a ChunkWriter that writes to w and calls 'sent' after each chunk.
func NewChunkWriter(w *bufio.Writer, sent func(last bool, size int) error) *ChunkWriter {
	return &ChunkWriter{w: w, sent: sent, buf: make([]byte, 0, ChunkSize)}
}

// Reset starts another message.
func (c *ChunkWriter) Reset(w *bufio.Writer) {
	c.w, c.buf, c.binary, c.afterCR = w, c.buf[:0], false, false
}

// Binary allows bare CR and LF. If Binary has not been called, a bare CR or LF is an error: a
// relay can send the message on with DATA, and the next server could then interpret the bare
// CR or LF as part of the end of the message.
func (c *ChunkWriter) Binary() { c.binary = true }

// lines returns ErrBareLineEnd if the next octets of the message, p, contain a bare CR or LF.
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
		// A CR at the end of line is allowed: either an LF follows it in p, or p ends here
		// and the next call checks that an LF follows.
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

// CheckLines returns ErrBareLineEnd if a whole message contains a bare CR or LF.
func CheckLines(content []byte) error {
	var c ChunkWriter
	err := c.lines(content)
	if err == nil && c.afterCR {
		err = ErrBareLineEnd
	}
	return err
}

// Write writes the next octets of the message. It sends a full chunk only when more octets
// follow. If none follow, the chunk is the last one, and Close sends it.
func (c *ChunkWriter) Write(p []byte) (int, error) {
	if !c.binary {
		if err := c.lines(p); err != nil {
			return 0, err
		}
	}
	return c.write(p)
}

// WriteClean writes p as Write does, but does not check p: the caller ensures that CR and LF
// occur in p only as CRLF.
func (c *ChunkWriter) WriteClean(p []byte) (int, error) {
	if len(p) == 0 || c.afterCR {
		return c.Write(p)
	}
	return c.write(p)
}

func (c *ChunkWriter) write(p []byte) (int, error) {
	total := len(p)
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

// Close sends the remaining octets as the last chunk.
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
