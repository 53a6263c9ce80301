// SPDX-License-Identifier: MIT

//go:build unix

package conn

import (
	"io"
	"syscall"
)

// readNow reads octets that the kernel has already received. If there are none, it returns
// errNothingYet.
func (l *Link) readNow(p []byte) (int, error) {
	if l.poll == nil {
		return 0, errNothingYet
	}
	l.p = p
	err := l.poll.Read(l.try)
	l.p = nil
	if err != nil {
		return 0, err // the deadline has passed, or the connection was closed
	}
	return l.n, l.err
}

// Readable reports whether the kernel has received octets or the connection has ended. It
// can be called while another goroutine reads.
func (l *Link) Readable() (there bool) {
	if l.waits != nil {
		return l.waits.readable()
	}
	if l.poll != nil {
		_ = l.poll.Control(func(fd uintptr) {
			var one [1]byte
			_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
			there = err != syscall.EAGAIN && err != syscall.EINTR
		})
	}
	return there
}

func (l *Link) tryRead(fd uintptr) bool {
	for {
		n, err := syscall.Read(int(fd), l.p)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			l.n, l.err = 0, errNothingYet
		case err != nil:
			l.n, l.err = 0, err
		case n == 0:
			l.n, l.err = 0, io.EOF
		default:
			l.n, l.err = n, nil
		}
		return true
	}
}
