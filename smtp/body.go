// SPDX-License-Identifier: MIT

package smtp

import (
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// body writes to the connection what the session's bufio.Writer flushes. While it writes
// a message, each write has its own deadline. If the message is long, body also watches
// for a reply while it writes: a server that refuses the message may reply early and stop
// reading, and its reply says more than "broken pipe".
type body struct {
	s       *Session
	active  atomic.Bool // whether a message is being written
	listens bool        // whether body watches for an early reply
	early   atomic.Bool // whether an early reply has arrived
	written int64       // octets written
	longest int         // the largest number of octets that were written at once or discarded
	holds   bool        // whether a long message is written in blocks of several TLS records
	wroteAt time.Time   // when Write was last called, while 'holds' is set
	err     error
	watch   chan error // delivers the error of the listener's read; nil if there is no listener

	sent, total, told int64 // numbers of octets of the message; 'told' is the number last passed to Progress
	progress          func(sent, total int64) bool
	out               contentWriter
}

// writeBuffer is the size of the write buffer. It is also the maximum size of a TLS
// record, so TLS sends full records.
const writeBuffer = 16 << 10

// contentWriter converts a message for DATA or BDAT. Package message calls WriteClean for
// text that contentWriter need not check.
type contentWriter interface {
	io.Writer
	WriteClean(p []byte) (int, error)
}

// listenAfter is the number of octets after which body starts to watch for an early reply
// while it writes.
const listenAfter = 64 << 10

var (
	errEarly    = errors.New("the server replied before the end of the message")
	errCanceled = errors.New("canceled by Progress")
)

// Write writes to the connection, unless an early reply has arrived. The session's
// bufio.Writer calls it.
func (b *body) Write(p []byte) (int, error) {
	b.longest = max(b.longest, len(p))
	if b.active.Load() {
		if b.watch == nil && b.written >= listenAfter && b.listens {
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
	if b.holds && b.written >= listenAfter {
		if err := b.gather(); err != nil {
			return 0, err
		}
	}
	n, err := b.s.conn().Write(p)
	b.written += int64(n)
	if err != nil {
		b.err = err
	}
	return n, err
}

// begin starts a message of 'size' octets and returns the writer for it, which writes to
// 'out'. If 'listens' is true, body watches for an early reply. With BDAT, 'listens' is false,
// because each chunk has a reply.
func (b *body) begin(out contentWriter, size int64, progressed func(sent, total int64) bool, listens bool) io.Writer {
	b.written, b.err, b.out, b.listens = 0, nil, out, listens
	b.sent, b.told, b.total, b.progress = 0, 0, size, progressed
	b.active.Store(true)
	if b.progress == nil {
		return out
	}
	return (*progress)(b)
}

// hold makes Write collect the records of a long message over TLS, so that one system
// call writes several of them.
func (b *body) hold() { b.holds, b.wroteAt = b.s.tls != nil, time.Time{} }

// If the pause between two calls to Write is slowSource or longer, Write stops collecting
// records, since the server would otherwise wait for octets that the client already has.
const slowSource = time.Second

// gather makes Write collect the next record. But if the pause since the last call was at
// least slowSource, gather writes what was collected, and Write writes the next record at
// once.
func (b *body) gather() error {
	now := time.Now()
	fast := now.Sub(b.wroteAt) < slowSource
	b.wroteAt = now
	if fast {
		b.s.link.Hold()
		return nil
	}
	return b.release()
}

// release writes what Write has collected, unless an early reply has arrived.
func (b *body) release() error {
	if !b.holds {
		return nil
	}
	_ = b.s.link.SetWriteDeadline(b.s.deadline(b.s.timeouts.DataBlock))
	err := errEarly
	if b.watch == nil || !b.early.Load() {
		err = b.s.link.Release()
	}
	if err != nil && b.err == nil {
		b.err = err
	}
	return err
}

// end is called after the message, whether it was written completely or not.
func (b *body) end() {
	b.active.Store(false)
	if b.holds {
		b.holds = false
		b.s.link.Drop()
	}
	b.out, b.progress = nil, nil
}

// listen starts a goroutine, the listener, that reads from the connection while the
// message is being written.
func (b *body) listen() {
	s := b.s
	_ = s.link.SetReadDeadline(s.total)
	b.early.Store(false)
	watch := make(chan error, 1)
	b.watch = watch
	s.link.Go(func() {
		err := s.rd.Fill()
		b.early.Store(true)
		if b.active.Load() {
			_ = s.link.SetWriteDeadline(past) // ends a write that is blocked
		}
		watch <- err
	})
}

// hears reports whether an early reply has arrived: octets from the server before the
// final dot was sent. If octets have arrived, hears waits until the listener has read
// them.
func (b *body) hears() bool {
	for range hearTries {
		there := b.s.link.Readable()
		if b.early.Load() {
			return true
		}
		if !there {
			return false
		}
		time.Sleep(time.Millisecond) // gives the listener's goroutine time to run
	}
	return false
}

// hearTries is the maximum number of milliseconds that hears waits for the listener. The
// limit is necessary because the listener's read does not return if the octets are a TLS
// message without SMTP data.
const hearTries = 100

// settle waits until the listener has ended, and returns the error of the listener's
// read. The read ends at the read deadline at the latest. After settle, the caller may
// read from the connection again.
func (b *body) settle() error {
	if b.watch == nil {
		return nil
	}
	err := <-b.watch
	b.watch = nil
	return err
}

// progress is the writer for a message whose Envelope.Progress is set. It writes to 'out',
// and calls Progress.
type progress body

func (p *progress) Write(data []byte) (int, error) {
	n, err := p.out.Write(data)
	return n, p.wrote(n, err)
}

// WriteClean calls p.out.WriteClean and, as Write does, Progress.
func (p *progress) WriteClean(data []byte) (int, error) {
	n, err := p.out.WriteClean(data)
	return n, p.wrote(n, err)
}

// wrote counts n octets as written, and calls Progress if at least 16 KiB were written since
// the last call. It returns err, or errCanceled if Progress returned false.
func (p *progress) wrote(n int, err error) error {
	p.sent += int64(n)
	if err == nil && p.sent-p.told >= writeBuffer {
		p.told = p.sent
		if !p.progress(p.sent, p.total) {
			err = errCanceled
		}
	}
	return err
}

// finished calls Progress at the end of the message, unless Progress was already called
// with the final number.
func (b *body) finished() error {
	if b.progress != nil && (b.told != b.sent || b.sent == 0) {
		b.told = b.sent
		if !b.progress(b.sent, b.total) {
			return errCanceled
		}
	}
	return nil
}

// sourceFailed returns the error for a message that could not be read completely.
func sourceFailed(err error) *Error {
	if errors.Is(err, errCanceled) {
		return &Error{Op: OpBody, Kind: KindCanceled, Err: err}
	}
	return &Error{Op: OpBody, Kind: KindLocal, Err: err}
}
