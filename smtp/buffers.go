// SPDX-License-Identifier: MIT

package smtp

import (
	"bufio"
	"sync"

	"csmtp/smtp/internal/wire"
)

// buffers are the buffers of a session.
type buffers struct {
	rd *wire.Reader
	bw *bufio.Writer
}

var unusedBuffers = sync.Pool{New: func() any {
	return &buffers{wire.NewReader(nil), bufio.NewWriterSize(nil, writeBuffer)}
}}

func takeBuffers() buffers { return *unusedBuffers.Get().(*buffers) }

// release wipes the buffers, which can contain a password, and makes them available to other
// sessions. The session must have ended. The parameter usedBefore is the largest number of octets
// that the write buffer has contained, apart from those that it contains now.
func (b *buffers) release(usedBefore int) {
	used := *b
	*b = buffers{new(wire.Reader), new(bufio.Writer)}
	used.rd.Wipe()
	written := max(usedBefore, used.bw.Buffered())
	used.bw.Reset(nil)
	free := used.bw.AvailableBuffer()
	clear(free[:min(written, cap(free))])
	unusedBuffers.Put(&used)
}

// discard empties the write buffer without writing its octets.
func (s *Session) discard() {
	s.body.longest = max(s.body.longest, s.bw.Buffered())
	s.bw.Reset(&s.body)
}
