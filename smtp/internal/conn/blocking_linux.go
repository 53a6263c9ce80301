// SPDX-License-Identifier: MIT

package conn

import (
	"io"
	"net"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// blocking is a connection whose reads and writes wait in the kernel, and not in the runtime's
// poller. A goroutine that runs a call from C is locked to its thread. If it waited in the
// poller, the runtime would have to switch threads twice. On a fast network, this takes several
// times as long as the wait for a reply.
//
// A wait consists of system calls that each wait for at most the duration 'slice'. After each
// call, the deadline is checked again, because another goroutine can change it.
//
// When a goroutine waits in a system call, the Go runtime gives its processor to other
// goroutines, usually within 20 µs. After the call, the goroutine has to get a processor again.
// On a fast network, this takes longer than the wait for a reply. If 'keep' allows it, the first
// system call of a read is therefore a raw one, which the runtime does not notice. It waits for
// at most the duration 'moment'. After a reply that took longer, reads do not wait in a raw call
// until a reply has again arrived within this duration.
//
// The receive timeout of the socket limits the raw call. A wait in a call that the runtime
// notices therefore needs two system calls: ppoll with a longer time limit, and recv. After
// several waits of this kind in a row, the receive timeout is set to the longer limit, so that
// one recv is enough. While it has this value, reads make no raw call. After several waits in a
// row for which a raw call was allowed, it is set to the shorter limit again.
type blocking struct {
	file          *os.File // its method Close leaves the descriptor open until no call uses it
	raw           syscall.RawConn
	local, remote net.Addr
	in, out       way
	ended         atomic.Bool  // whether interrupt or Close was called
	closing       atomic.Bool  // whether the peer closes the connection
	keep          func() bool  // reports whether a read is allowed to keep its processor; nil: never
	slow          atomic.Bool  // whether the latest reply took longer than 'moment', or is expected to; see expectSlow
	wrote         atomic.Int64 // when the latest write began, in nanoseconds since 'started'; updated only while 'slow' is set
	patient       bool         // whether the receive timeout of the socket is 'slice', not 'moment'
	others        int          // how many of the latest waits in a row wanted the other timeout
	silent        func()       // if not nil, a read that is still waiting at the time silentAt calls it on a new goroutine
	silentAt      time.Time
}

// way is one direction of a blocking connection.
type way struct {
	deadline atomic.Int64 // in nanoseconds since 'started'; 0: none
	use      func(fd uintptr) bool
	p        []byte
	n        int
	err      error
	at       bool // whether the call must return without waiting
	late     bool // whether the present read has waited longer than 'moment'
}

// slice is the longest time that one system call waits.
const slice = 100 * time.Millisecond

// moment is the timeout of the raw system call with which a read begins. The kernel extends
// the timeout to the next tick of its timer, which comes within 4 ms at 250 Hz, and within
// 10 ms at 100 Hz. Go's garbage collector cannot stop the goroutines before this call ends.
const moment = time.Millisecond

// enough is the number of waits in a row after which the receive timeout changes.
const enough = 16

// started is the time from which deadlines are counted.
var started = time.Now()

func (c *blocking) LocalAddr() net.Addr  { return c.local }
func (c *blocking) RemoteAddr() net.Addr { return c.remote }

func (c *blocking) keepProcessor(may func() bool) { c.keep = may }

func (c *blocking) slowly() bool { return c.slow.Load() }
func (c *blocking) expectSlow()  { c.slow.Store(true) }

// afterSilence needs no timer, because a read looks at the clock after each system call that
// has returned no octets.
func (c *blocking) afterSilence(d time.Duration, f func()) {
	c.silent = f
	if f != nil {
		c.silentAt = time.Now().Add(d)
	}
}

func (c *blocking) control(f func(uintptr)) error { return c.raw.Control(f) }

func (c *blocking) SetDeadline(t time.Time) error {
	_ = c.SetReadDeadline(t)
	return c.SetWriteDeadline(t)
}

func (c *blocking) SetReadDeadline(t time.Time) error  { return c.in.until(t) }
func (c *blocking) SetWriteDeadline(t time.Time) error { return c.out.until(t) }

func (w *way) until(t time.Time) error {
	at := int64(0)
	if !t.IsZero() {
		at = max(1, int64(t.Sub(started)))
	}
	w.deadline.Store(at)
	return nil
}

// left returns the time until the deadline, or the constant 'slice' if there is no deadline.
func (w *way) left() time.Duration {
	at := w.deadline.Load()
	if at == 0 {
		return slice
	}
	return time.Duration(at) - time.Since(started)
}

// interrupt shuts down the connection, which wakes all waiting calls. The connection cannot
// be used afterwards.
func (c *blocking) interrupt() {
	c.ended.Store(true)
	_ = c.raw.Control(func(fd uintptr) { _ = syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
}

func (c *blocking) peerCloses() { c.closing.Store(true) }

// Close shuts down the connection and wakes all waiting calls. When the last of these calls
// has ended, the descriptor is closed.
func (c *blocking) Close() error {
	// The shutdown ends the connection even if a forked child has a copy of the descriptor. If the
	// peer closes the connection, that ends it too, and no call waits.
	if c.closing.Load() {
		c.ended.Store(true)
	} else {
		c.interrupt()
	}
	if err := c.file.Close(); err != nil {
		return c.failed("close", net.ErrClosed)
	}
	return nil
}

func (c *blocking) Read(p []byte) (int, error) { return c.through(&c.in, c.raw.Read, "read", p, false) }

// readNow reads octets that the kernel has already received. If there are none, it returns
// errNothingYet.
func (c *blocking) readNow(p []byte) (int, error) {
	return c.through(&c.in, c.raw.Read, "read", p, true)
}

func (c *blocking) readable() (there bool) {
	_ = c.raw.Control(func(fd uintptr) {
		var one [1]byte
		_, err := rawTransfer(sysRecvfrom, fd, one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		there = err != syscall.EAGAIN && err != syscall.EINTR
	})
	return there
}

func (c *blocking) Write(p []byte) (int, error) {
	return c.through(&c.out, c.raw.Write, "write", p, false)
}

// through performs one read or write. The parameter 'held' is c.raw.Read or c.raw.Write: these
// keep the descriptor open until the call has ended. If the parameter 'at' is set, the call
// does not wait.
func (c *blocking) through(w *way, held func(func(uintptr) bool) error, op string, p []byte, at bool) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	w.p, w.at, w.n, w.late, w.err = p, at, 0, false, nil
	err := held(w.use)
	w.p = nil
	if err != nil { // the descriptor was closed
		return 0, c.failed(op, net.ErrClosed)
	}
	if w.err != nil && w.err != io.EOF && w.err != errNothingYet {
		return w.n, c.failed(op, w.err)
	}
	return w.n, w.err
}

// failed returns err wrapped in a net.OpError, as package net does.
func (c *blocking) failed(op string, err error) error {
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError(op, errno)
	}
	return &net.OpError{Op: op, Net: c.local.Network(), Source: c.local, Addr: c.remote, Err: err}
}

func (c *blocking) read(fd uintptr) bool {
	w := &c.in
	for !c.ended.Load() || w.at {
		n, err := c.receive(fd)
		switch {
		case err == syscall.EAGAIN && w.at:
			w.err = errNothingYet
		case err == syscall.EAGAIN || err == syscall.EINTR:
			if c.silent != nil && !time.Now().Before(c.silentAt) {
				go c.silent()
				c.silent = nil
			}
			continue
		case err == os.ErrDeadlineExceeded || err != nil && !c.ended.Load():
			w.err = err
		case n > 0:
			w.n = n
		case c.ended.Load():
			w.err = os.ErrDeadlineExceeded
		default:
			w.err = io.EOF
		}
		return true
	}
	w.err = os.ErrDeadlineExceeded
	return true
}

// receive tries to read once. Unless c.in.at is set, receive waits for octets for at most the
// duration 'slice'. If no octets arrive, receive returns EAGAIN. If the deadline has passed, it
// returns os.ErrDeadlineExceeded.
func (c *blocking) receive(fd uintptr) (int, error) {
	w := &c.in
	if w.at {
		return rawTransfer(sysRecvfrom, fd, w.p, syscall.MSG_DONTWAIT)
	}
	left := w.left()
	if left <= 0 {
		return 0, os.ErrDeadlineExceeded
	}
	if left >= slice {
		brief := !c.slow.Load() && c.keep != nil && c.keep()
		c.choose(fd, brief)
		if brief && !c.patient {
			// This call waits for at most the duration 'moment'.
			n, err := rawTransfer(sysRecvfrom, fd, w.p, 0)
			if err == syscall.EAGAIN {
				c.slow.Store(true)
				w.late = true
			}
			return n, err
		}
	}
	before := time.Now()
	if left >= slice && c.patient {
		// This call waits for at most the duration 'slice'.
		n, _, errno := syscall.Syscall6(sysRecvfrom, fd, uintptr(unsafe.Pointer(&w.p[0])), uintptr(len(w.p)), 0, 0, 0)
		if errno != syscall.EINTR {
			c.waited(before, errno != syscall.EAGAIN)
		}
		if errno != 0 {
			return 0, errno
		}
		return int(n), nil
	}
	there := ready(fd, pollIn, min(left, slice))
	c.waited(before, there)
	if !there {
		return 0, syscall.EAGAIN
	}
	return rawTransfer(sysRecvfrom, fd, w.p, syscall.MSG_DONTWAIT)
}

// choose changes the receive timeout of the socket from 'moment' to 'slice', or back, when
// enough waits in a row wanted the other timeout. The parameter 'brief' says whether the next
// wait wants 'moment'.
func (c *blocking) choose(fd uintptr, brief bool) {
	if brief != c.patient {
		c.others = 0
		return
	}
	c.others++
	if c.others < enough {
		return
	}
	c.others = 0
	timeout := slice
	if brief {
		timeout = moment
	}
	if limitReads(fd, timeout) == nil {
		c.patient = !brief
	}
}

// waited records whether a read has waited longer than the duration 'moment'. The wait began at
// the time 'before'. The parameter 'there' says whether it ended before its time limit. While
// 'slow' is set, the time is counted from the latest write if that was earlier. Otherwise, the
// rest of a slow reply, which can be read without a wait, would count as a fast reply.
func (c *blocking) waited(before time.Time, there bool) {
	w := &c.in
	if w.late {
		return
	}
	since := int64(before.Sub(started))
	if c.slow.Load() {
		since = min(since, c.wrote.Load())
	}
	w.late = !there || time.Since(started)-time.Duration(since) > moment
	c.slow.Store(w.late)
}

// write writes all octets. It waits only while the send buffer of the socket is full.
func (c *blocking) write(fd uintptr) bool {
	w := &c.out
	if c.slow.Load() {
		c.wrote.Store(int64(time.Since(started)))
	}
	for w.n < len(w.p) {
		left := w.left()
		if left <= 0 || c.ended.Load() {
			w.err = os.ErrDeadlineExceeded
			return true
		}
		n, err := rawTransfer(sysSendto, fd, w.p[w.n:], syscall.MSG_NOSIGNAL|syscall.MSG_DONTWAIT)
		switch {
		case err == syscall.EAGAIN:
			ready(fd, pollOut, min(left, slice))
		case err == syscall.EINTR:
		case err != nil && c.ended.Load():
			w.err = os.ErrDeadlineExceeded
			return true
		case err != nil:
			w.err = err
			return true
		default:
			w.n += n
		}
	}
	return true
}

// rawTransfer calls recv(2) or send(2) in a raw system call, which the runtime does not
// notice.
func rawTransfer(call, fd uintptr, p []byte, flags int) (int, error) {
	n, _, errno := syscall.RawSyscall6(call, fd, uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), uintptr(flags), 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// Events of poll(2).
const (
	pollIn  = 0x1
	pollOut = 0x4
)

type pollFD struct {
	fd            int32
	event, result int16
}

// ready waits until the event occurs or the connection fails, and then returns true. If
// neither happens within the time 'most', ready returns false.
func ready(fd uintptr, event int16, most time.Duration) bool {
	ask := pollFD{fd: int32(fd), event: event}
	wait := syscall.NsecToTimespec(int64(most))
	n, _, _ := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&ask)), 1, uintptr(unsafe.Pointer(&wait)), 0, 0, 0)
	return int(n) > 0
}
