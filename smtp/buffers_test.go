// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"strings"
	"testing"
	"time"

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

// After Quit, Send, SendBatch and Noop return errors, because the buffers may belong to another
// session.
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

// panics is a message whose WriteTo writes so much that the session watches for an early
// reply, and then panics.
type panics struct{}

func (panics) WriteTo(w io.Writer) (int64, error) {
	_, _ = w.Write([]byte(strings.Repeat(strings.Repeat("x", 78)+"\r\n", 4000)))
	panic("message")
}

// TestSessionAfterPanic calls Quit, as a deferred call does, after the message has panicked.
// Another session must not get the buffers, because a goroutine still uses them.
func TestSessionAfterPanic(t *testing.T) {
	for _, batch := range []bool{false, true} {
		for _, useTLS := range []bool{false, true} {
			s := sinkSession(t, sinkPipelined, useTLS)
			s.SetTimeouts(Timeouts{Quit: 100 * time.Millisecond})
			rd, bw := s.rd, s.bw
			env := &Envelope{From: "a@test.example", Recipients: []Recipient{{Address: "b@test.example"}}}
			assert.PanicsWithValue(t, "message", func() {
				if batch {
					s.SendBatch([]Mail{{Envelope: env, Message: panics{}}})
				} else {
					_, _ = s.Send(env, panics{})
				}
			})
			assert.False(t, s.Usable())
			assert.NoError(t, s.Quit())
			assert.Same(t, rd, s.rd)
			assert.Same(t, bw, s.bw)
		}
	}
}
