// SPDX-License-Identifier: MIT

package wire

import (
	"bufio"
	"io"
	"strconv"
)

// ChunkSize is the content of one BDAT but the last.
const ChunkSize = 64 << 10

// ChunkWriter carries message content in BDAT commands (RFC 3030), octet for
// octet as it comes: the ends of lines are the caller's. Each command and its
// chunk are written to the bufio.Writer; Sent is called after each of them,
// to flush and to read replies.
type ChunkWriter struct {
	w    *bufio.Writer
	buf  []byte
	head [32]byte
	sent func(last bool, size int) error
}

var _ io.WriteCloser = (*ChunkWriter)(nil)

// NewChunkWriter returns a ChunkWriter that calls sent after each chunk.
func NewChunkWriter(w *bufio.Writer, sent func(last bool, size int) error) *ChunkWriter {
	return &ChunkWriter{w: w, sent: sent, buf: make([]byte, 0, ChunkSize)}
}

// Reset starts another message.
func (c *ChunkWriter) Reset(w *bufio.Writer) { c.w, c.buf = w, c.buf[:0] }

// Write takes the next octets of the message. A full chunk is held back until
// more comes, so that no message ends with an empty BDAT 0 LAST that could
// have been avoided.
func (c *ChunkWriter) Write(p []byte) (int, error) {
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

// Close sends what is left as the last chunk.
func (c *ChunkWriter) Close() error { return c.emit(true) }

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
