// SPDX-License-Identifier: MIT

// Package conn implements the network connection that TLS or SMTP uses. A connection waits
// in the kernel or in the runtime's poller, can be read without waiting, and can be ended
// by another goroutine. The package does not depend on SMTP.
package conn

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Link is a network connection that another goroutine can end, and that can be read without
// waiting. All deadlines must be set with the methods of the Link, because after End these
// methods no longer change the deadline.
type Link struct {
	net.Conn
	ctx   context.Context
	mu    sync.Mutex
	ended bool

	// First, if not nil, is called once, with the octets that the next Read receives. If
	// First returns an error, Read returns that error.
	First func(p []byte) error

	probing bool // whether Read must return without waiting
	dry     bool // whether Read must return without any system call

	lost   atomic.Bool  // whether a read or a write has found that the connection has ended
	helper atomic.Int32 // the number of running goroutines that the method Go has started

	out     sync.Mutex // serializes writes: crypto/tls also writes while it reads, to reply to TLS messages
	holding bool       // whether Write collects octets in 'held'
	held    *[]byte    // the collected octets, in a buffer from 'blocks'; nil if there are none

	waits selfWaiting // Conn if it implements selfWaiting, otherwise nil
	poll  syscall.RawConn
	try   func(fd uintptr) bool
	p     []byte
	n     int
	err   error
}

// selfWaiting is a connection that waits without the runtime's poller.
type selfWaiting interface {
	readNow(p []byte) (int, error) // returns errNothingYet instead of waiting
	readable() bool                // reports whether readNow would return octets or an error
	interrupt()                    // ends waiting calls; it is called after the deadline has been set to Past

	// keepProcessor sets the function that reports whether a read is allowed to keep its
	// processor of the Go runtime for a few milliseconds while it waits.
	keepProcessor(may func() bool)

	// slowly reports whether the last reply was so slow that reads do not keep their
	// processor. expectSlow makes it return true until a fast reply has arrived.
	slowly() bool
	expectSlow()

	peerCloses() // records that the peer closes the connection

	// afterSilence makes a read call f once, on a new goroutine, if the read is still waiting
	// when the duration d has passed. If f is nil, afterSilence cancels the earlier request.
	afterSilence(d time.Duration, f func())
}

// Past is a deadline that ends reads and writes at once.
var Past = time.Unix(1, 0)

// noDeadline lets a read or write wait for ever.
var noDeadline time.Time

// New returns a Link for conn. After ctx is done, the Link writes nothing.
func New(ctx context.Context, conn net.Conn) *Link {
	l := &Link{Conn: conn, ctx: ctx}
	l.waits, _ = conn.(selfWaiting)
	if sc, ok := conn.(syscall.Conn); ok {
		if poll, err := sc.SyscallConn(); err == nil {
			l.poll, l.try = poll, l.tryRead
		}
	}
	return l
}

// KeepProcessor lets a read keep its processor of the Go runtime for a few milliseconds while
// it waits. Before each wait, the function spare is called; if it returns false, the read does
// not keep its processor. KeepProcessor has an effect only on connections made by OnThread or
// Connect, and only on Linux.
func (l *Link) KeepProcessor(spare func() bool) {
	if l.waits != nil && spare != nil {
		l.waits.keepProcessor(func() bool { return l.helper.Load() == 0 && spare() })
	}
}

// WaitsItself reports whether the connection waits without the runtime's poller (see OnThread).
func (l *Link) WaitsItself() bool { return l.waits != nil }

// ExpectSlow says that the server is expected to reply slowly. Reads then do not keep their
// processor until a fast reply has arrived.
func (l *Link) ExpectSlow() {
	if l.waits != nil {
		l.waits.expectSlow()
	}
}

// PeerCloses records that the peer has announced that it closes the connection. Close then closes
// the descriptor, and does not shut down the connection.
func (l *Link) PeerCloses() {
	if l.waits != nil {
		l.waits.peerCloses()
	}
}

// Slow reports whether the last reply was so slow that reads do not keep their processor. Before
// the first reply, it reports whether ExpectSlow was called. It returns false for a connection
// that waits in the runtime's poller.
func (l *Link) Slow() bool { return l.waits != nil && l.waits.slowly() }

// AfterSilence calls f once, on a new goroutine, if a read is still waiting when the duration d
// has passed. The call can be up to 0.1 s late. If the connection waits in the runtime's poller,
// f is called even if no read is waiting. The function cancel prevents a call that has not
// begun. Only the goroutine that reads may call AfterSilence and cancel.
func (l *Link) AfterSilence(d time.Duration, f func()) (cancel func()) {
	if l.waits == nil {
		timer := time.AfterFunc(d, f)
		return func() { timer.Stop() }
	}
	l.waits.afterSilence(d, f)
	return func() { l.waits.afterSilence(0, nil) }
}

// Go calls f on a new goroutine. f can use the Link. Until f returns, reads do not keep
// their processor, because f needs one too.
func (l *Link) Go(f func()) {
	l.helper.Add(1)
	go func() {
		defer l.helper.Add(-1)
		f()
	}()
}

// Control calls f with the descriptor of the connection. If the connection runs inside TLS
// to a proxy, it has no descriptor, and Control does nothing.
func (l *Link) Control(f func(fd uintptr)) {
	if c, ok := l.Conn.(interface{ control(func(uintptr)) error }); ok {
		_ = c.control(f)
	} else if l.poll != nil {
		_ = l.poll.Control(f)
	}
}

// End ends all waiting reads and writes, and makes later ones fail.
func (l *Link) End() {
	l.mu.Lock()
	l.ended = true
	_ = l.Conn.SetDeadline(Past)
	if l.waits != nil {
		l.waits.interrupt()
	}
	l.mu.Unlock()
}

func (l *Link) SetDeadline(t time.Time) error      { return l.until(t, l.Conn.SetDeadline) }
func (l *Link) SetReadDeadline(t time.Time) error  { return l.until(t, l.Conn.SetReadDeadline) }
func (l *Link) SetWriteDeadline(t time.Time) error { return l.until(t, l.Conn.SetWriteDeadline) }

// Probe calls the function read. During this call, l.Read does not wait: if the parameter
// kernel is set, l.Read returns the octets that the operating system has already received, and
// otherwise l.Read returns none. Probe returns the error of the function read, or nil if there
// was nothing to read.
func (l *Link) Probe(kernel bool, read func() error) error {
	if kernel && l.waits == nil {
		// If the previous deadline has passed, the runtime's poller refuses every read.
		_ = l.SetReadDeadline(noDeadline)
	}
	l.probing, l.dry = true, !kernel
	err := read()
	l.probing, l.dry = false, false
	if err == errNothingYet {
		return nil
	}
	return err
}

// The method until sets a deadline, unless End was called.
func (l *Link) until(t time.Time, set func(time.Time) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return os.ErrDeadlineExceeded
	}
	return set(t)
}

// Write writes to the connection, unless ctx is done. If a callback on this goroutine has
// canceled ctx, Write must not send anything. Another goroutine then calls End, but this may
// be too late for this call to Write. Write therefore checks ctx itself.
func (l *Link) Write(p []byte) (int, error) {
	l.out.Lock()
	defer l.out.Unlock()
	if !l.holding {
		return l.write(p)
	}
	if l.held == nil {
		l.held = blocks.Get().(*[]byte)
	}
	*l.held = append(*l.held, p...)
	if len(*l.held) < blockSize {
		return len(p), nil
	}
	return len(p), l.writeHeld()
}

// Hold makes the following calls to Write collect octets and write them in blocks, until
// Release or Drop is called. Package crypto/tls calls Write for each record of a long
// message, and a system call for each record takes more time than encrypting the record.
func (l *Link) Hold() {
	l.out.Lock()
	l.holding = true
	l.out.Unlock()
}

// Release ends the effect of Hold, and writes the collected octets.
func (l *Link) Release() error {
	l.out.Lock()
	defer l.out.Unlock()
	l.holding = false
	if l.held == nil {
		return nil
	}
	return l.writeHeld()
}

// Drop ends the effect of Hold, and discards the collected octets. If there were any, the
// connection cannot be used afterwards.
func (l *Link) Drop() {
	l.out.Lock()
	l.holding = false
	l.free()
	l.out.Unlock()
}

// blockSize is the number of collected octets at which Write writes them: the size of four
// TLS records.
const blockSize = 4 * (16<<10 + 22)

var blocks = sync.Pool{New: func() any {
	p := make([]byte, 0, blockSize+16<<10+22)
	return &p
}}

func (l *Link) writeHeld() error {
	_, err := l.write(*l.held)
	l.free()
	return err
}

func (l *Link) free() {
	if l.held != nil {
		*l.held = (*l.held)[:0]
		blocks.Put(l.held)
		l.held = nil
	}
}

func (l *Link) write(p []byte) (int, error) {
	if l.ctx.Err() != nil {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := l.Conn.Write(p)
	l.note(err)
	return n, err
}

func (l *Link) Read(p []byte) (int, error) {
	n, err := l.read(p)
	l.note(err)
	return n, err
}

// The method note sets l.lost if err means that the connection has ended.
func (l *Link) note(err error) {
	if err == nil || err == errNothingYet {
		return
	}
	var ne net.Error
	if !errors.As(err, &ne) || !ne.Timeout() {
		l.lost.Store(true)
	}
}

// Lost reports whether a read or a write has found that the connection has ended.
func (l *Link) Lost() bool { return l.lost.Load() }

func (l *Link) read(p []byte) (int, error) {
	switch {
	case l.dry:
		return 0, errNothingYet
	case l.probing && l.waits != nil:
		return l.waits.readNow(p)
	case l.probing:
		return l.readNow(p)
	}
	n, err := l.Conn.Read(p)
	if first := l.First; first != nil && n > 0 {
		l.First = nil
		if bad := first(p[:n]); bad != nil {
			return 0, bad
		}
	}
	return n, err
}

// nothingYet is the error of a read that would have to wait. Because it is a temporary
// error, crypto/tls allows another read after it.
type nothingYet struct{}

func (nothingYet) Error() string   { return "nothing to read yet" }
func (nothingYet) Timeout() bool   { return true }
func (nothingYet) Temporary() bool { return true }

var errNothingYet net.Error = nothingYet{}
