// SPDX-License-Identifier: MIT

package smtp

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// link is the connection below TLS. Deadlines are set here, where ending a
// session from another goroutine cannot lose against a step that sets its own.
// It can also be read without waiting.
type link struct {
	net.Conn
	ctx   context.Context
	mu    sync.Mutex
	ended bool

	sniffing bool // the next octets may be TLS where a greeting is due

	probing bool // Read takes what is there and does not wait
	dry     bool // a probing Read leaves the kernel alone

	waits selfWaiting // Conn, where it is one
	poll  syscall.RawConn
	try   func(fd uintptr) bool
	p     []byte
	n     int
	err   error
}

// selfWaiting is a connection that does without the runtime's poller.
type selfWaiting interface {
	readNow(p []byte) (int, error) // errNothingYet where it would wait
	readable() bool                // readNow would not wait
	interrupt()                    // ends what waits, when the deadline has been set to the past
}

// past is a deadline that ends what is under way.
var past = time.Unix(1, 0)

// noDeadline lets a read or write wait for ever.
var noDeadline time.Time

func newLink(ctx context.Context, conn net.Conn) *link {
	l := &link{Conn: conn, ctx: ctx}
	l.waits, _ = conn.(selfWaiting)
	if sc, ok := conn.(syscall.Conn); ok {
		if poll, err := sc.SyscallConn(); err == nil {
			l.poll, l.try = poll, l.tryRead
		}
	}
	return l
}

// end stops every read and write, now and later.
func (l *link) end() {
	l.mu.Lock()
	l.ended = true
	_ = l.Conn.SetDeadline(past)
	if l.waits != nil {
		l.waits.interrupt()
	}
	l.mu.Unlock()
}

func (l *link) SetDeadline(t time.Time) error      { return l.until(t, l.Conn.SetDeadline) }
func (l *link) SetReadDeadline(t time.Time) error  { return l.until(t, l.Conn.SetReadDeadline) }
func (l *link) SetWriteDeadline(t time.Time) error { return l.until(t, l.Conn.SetWriteDeadline) }

// until sets a deadline unless the link has ended.
func (l *link) until(t time.Time, set func(time.Time) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return os.ErrDeadlineExceeded
	}
	return set(t)
}

// Write writes nothing once the session was cancelled. end comes from another
// goroutine and may come late: whoever cancels from a callback of this one is
// to find that nothing more was sent.
func (l *link) Write(p []byte) (int, error) {
	if l.ctx.Err() != nil {
		return 0, os.ErrDeadlineExceeded
	}
	return l.Conn.Write(p)
}

func (l *link) Read(p []byte) (int, error) {
	switch {
	case l.dry:
		return 0, errNothingYet
	case l.probing && l.waits != nil:
		return l.waits.readNow(p)
	case l.probing:
		return l.readNow(p)
	}
	n, err := l.Conn.Read(p)
	if l.sniffing && n > 0 {
		l.sniffing = false
		if looksLikeTLS(p[:n]) {
			return 0, errTLSFirst
		}
	}
	return n, err
}

// errTLSFirst is said at once: a TLS record has no line end to wait for.
var errTLSFirst = errors.New("the server speaks TLS where its greeting is due")

// nothingYet is a read that would have waited. crypto/tls takes a temporary
// error for one after which it may be asked again.
type nothingYet struct{}

func (nothingYet) Error() string   { return "nothing to read yet" }
func (nothingYet) Timeout() bool   { return true }
func (nothingYet) Temporary() bool { return true }

var errNothingYet net.Error = nothingYet{}
