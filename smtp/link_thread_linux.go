// SPDX-License-Identifier: MIT

package smtp

import (
	"io"
	"net"
	"os"
	"syscall"
)

// threadWait is how long a reply is waited for in the kernel, on the thread
// that called, before the goroutine parks.
const threadWait = 2_000_000 // ns

// fdSetSize is FD_SETSIZE: how many descriptors select(2) knows.
const fdSetSize = 1024

// readOnThread reads for a goroutine that is locked to its thread. When such
// a one parks, the runtime needs two hand-overs between threads to come back,
// several times the cost of a reply on a fast network.
func (l *link) readOnThread(p []byte) (int, error) {
	l.waited = false
	n, err := l.readRaw(p, l.waitRead)
	if err != nil && err != io.EOF {
		err = l.readError(err)
	}
	return n, err
}

// tryWait waits for one reply, and then tells the runtime to.
func (l *link) tryWait(fd uintptr) bool {
	if !l.waited {
		l.waited = true
		waitReadable(fd)
	}
	l.tryRead(fd)
	return l.err != errNothingYet
}

// waitReadable does nothing for a descriptor that select(2) cannot take.
func waitReadable(fd uintptr) {
	var ready syscall.FdSet
	bits := uintptr(fdSetSize / len(ready.Bits))
	if fd >= fdSetSize {
		return
	}
	ready.Bits[fd/bits] |= 1 << (fd % bits)
	most := syscall.NsecToTimeval(threadWait)
	_, _ = syscall.Select(int(fd)+1, &ready, nil, nil, &most) // read tells what there is
}

// readError is as net's Read gives it.
func (l *link) readError(err error) error {
	if op, ok := err.(*net.OpError); ok {
		op.Op = "read"
		return op
	}
	if errno, ok := err.(syscall.Errno); ok {
		err = os.NewSyscallError("read", errno)
	}
	return &net.OpError{Op: "read", Net: l.LocalAddr().Network(), Source: l.LocalAddr(), Addr: l.RemoteAddr(), Err: err}
}
