// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// body is the lowest writer: it gives what is buffered to the connection.
// While a message goes out each block has its own deadline, and, once the
// message is longer than what may sit in buffers, a reply is listened for: a
// server that has had enough says so and stops reading, and its words are
// worth more than "broken pipe".
type body struct {
	s       *Session
	active  atomic.Bool
	early   atomic.Bool
	written int64
	err     error
	watch   chan error // the listener's read; nil: none

	sent, total, told int64 // octets of the message, for Progress
	progress          func(sent, total int64) bool
	out               io.Writer
}

// listenAfter is how much may be written before anybody listens.
const listenAfter = 64 << 10

var (
	errEarly    = errors.New("a reply before the end of the message")
	errCanceled = errors.New("canceled by Progress")
)

// Write is called by the session's bufio.Writer.
func (b *body) Write(p []byte) (int, error) {
	if b.active.Load() {
		if b.watch == nil && b.written >= listenAfter && !b.s.tx.bdat {
			if left, _ := b.s.waiting(true); left {
				b.err = errEarly
				return 0, b.err
			}
			b.listen()
		}
		_ = b.s.link.SetWriteDeadline(b.s.deadline(b.s.timeouts.DataBlock))
		if b.watch != nil && b.early.Load() {
			b.err = errEarly
			return 0, b.err
		}
	}
	n, err := b.s.conn().Write(p)
	b.written += int64(n)
	if err != nil {
		b.err = err
	}
	return n, err
}

// begin starts a message that goes through out.
func (b *body) begin(out io.Writer) io.Writer {
	t := &b.s.tx
	b.written, b.err, b.out = 0, nil, out
	b.sent, b.told, b.total, b.progress = 0, 0, t.size, t.env.Progress
	b.active.Store(true)
	if b.progress == nil {
		return out
	}
	return (*progress)(b)
}

// end is the last octet written, or the message given up.
func (b *body) end() {
	b.active.Store(false)
	b.out, b.progress = nil, nil
}

// listen reads from the connection while the message is being written.
func (b *body) listen() {
	s := b.s
	_ = s.link.SetReadDeadline(s.total)
	b.early.Store(false)
	watch := make(chan error, 1)
	b.watch = watch
	go func() {
		err := s.rd.Fill()
		b.early.Store(true)
		if b.active.Load() {
			_ = s.link.SetWriteDeadline(past) // wakes a write that waits
		}
		watch <- err
	}()
}

// hears reports whether the listener has heard something, or is about to: what
// has arrived before the final dot left is no reply to it.
func (b *body) hears() bool {
	for range hearTries {
		there := b.s.link.Readable()
		if b.early.Load() {
			return true
		}
		if !there {
			return false
		}
		time.Sleep(time.Millisecond) // the listener's goroutine has yet to run
	}
	return false
}

// hearTries bounds the wait for the listener's goroutine, which does not answer
// when what arrived is a message of TLS itself.
const hearTries = 100

// settle waits for the listener, within the read deadline. After nil the
// reader is the caller's again.
func (b *body) settle() error {
	if b.watch == nil {
		return nil
	}
	err := <-b.watch
	b.watch = nil
	return err
}

// progress is the body as the message's writer where somebody wants to know.
type progress body

func (p *progress) Write(data []byte) (int, error) {
	n, err := p.out.Write(data)
	p.sent += int64(n)
	if err == nil && p.sent-p.told >= writeBuffer {
		p.told = p.sent
		if !p.progress(p.sent, p.total) {
			err = errCanceled
		}
	}
	return n, err
}

// finished tells of the end, if it was not told yet.
func (b *body) finished() error {
	if b.progress != nil && (b.told != b.sent || b.sent == 0) {
		b.told = b.sent
		if !b.progress(b.sent, b.total) {
			return errCanceled
		}
	}
	return nil
}

// sourceFailed is the error of a message that could not be read to its end.
func sourceFailed(err error) *Error {
	if errors.Is(err, errCanceled) {
		return &Error{Op: OpBody, Kind: KindCanceled, Err: err}
	}
	return &Error{Op: OpBody, Kind: KindLocal, Err: err}
}
