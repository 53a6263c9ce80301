// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReleasedBuffersContainNoPassword(t *testing.T) {
	b := takeBuffers()
	rd, bw := b.rd, b.bw
	rd.Reset(strings.NewReader("334 secret\r\n"))
	bw.Reset(io.Discard)
	_, err := rd.Line()
	assert.NoError(t, err)
	bw.WriteString("AUTH PLAIN secret\r\n")
	assert.NoError(t, bw.Flush())
	free := bw.AvailableBuffer()
	whole := free[:cap(free)]
	assert.Contains(t, string(whole), "secret")
	b.release()
	assert.Equal(t, make([]byte, len(whole)), whole)
	assert.NotSame(t, rd, b.rd)
	assert.NotSame(t, bw, b.bw)
}

// TestSessionAfterQuit calls the methods of a session that has ended: its buffers belong to
// another session.
func TestSessionAfterQuit(t *testing.T) {
	for _, useTLS := range []bool{false, true} {
		s := sinkSession(t, sinkPipelined, useTLS)
		require.NoError(t, s.Quit())
		require.NoError(t, s.Quit())
		for _, chunking := range []bool{false, true} {
			env := &Envelope{From: "a@test.example", Recipients: []Recipient{{Address: "b@test.example"}}, Chunking: chunking}
			_, err := s.Send(env, text("x\r\n"))
			assert.Error(t, err)
			for _, d := range s.SendBatch([]Mail{{Envelope: env, Message: text("x\r\n")}, {Envelope: env, Message: text("y\r\n")}}) {
				assert.Error(t, d.Err)
			}
		}
		assert.Error(t, s.Noop())
		assert.False(t, s.Usable())
		assert.NoError(t, s.Close())
	}
}
