// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"testing"
	"time"

	"csmtp/smtp/internal/conn"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noteReads is an io.Reader that records the slices that are passed to Read.
type noteReads struct {
	io.Reader
	all [][]byte
}

func (r *noteReads) Read(p []byte) (int, error) {
	r.all = append(r.all, p)
	return r.Reader.Read(p)
}

// Whatever a session has read and written, its released buffers contain only zeros.
func TestReleasedBuffersContainNoPassword(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		b := takeBuffers()
		rd, bw := b.rd, b.bw
		s := &Session{link: conn.New(t.Context(), discard{})}
		s.body.s, s.buffers = s, b
		src := &noteReads{Reader: strings.NewReader(strings.Repeat("334 secret\r\n", 2000))}
		rd.Reset(src)
		bw.Reset(&s.body)
		for range 1 + random.IntN(2000) {
			_, err := rd.Line()
			require.NoError(t, err)
		}
		for range 1 + random.IntN(5) {
			_, err := bw.WriteString(strings.Repeat("AUTH PLAIN secret\r\n", 1+random.IntN(2000)))
			require.NoError(t, err)
			switch random.IntN(4) {
			case 0:
				s.discard()
			case 1, 2:
				require.NoError(t, bw.Flush())
			}
		}
		b.release(s.body.longest)
		bw.Reset(nil)
		free := bw.AvailableBuffer()
		assert.Equal(t, make([]byte, cap(free)), free[:cap(free)])
		for _, p := range src.all {
			assert.Equal(t, make([]byte, len(p)), p)
		}
		assert.NotSame(t, rd, b.rd)
		assert.NotSame(t, bw, b.bw)
	}
}

// discard is a connection that discards what is written.
type discard struct{ net.Conn }

func (discard) Write(p []byte) (int, error)      { return len(p), nil }
func (discard) SetDeadline(time.Time) error      { return nil }
func (discard) SetWriteDeadline(time.Time) error { return nil }

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
